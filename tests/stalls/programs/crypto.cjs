// A native operation that computes: it has a mark, and the calling line is captured at its end.
const { pbkdf2Sync } = require('crypto');
setImmediate(function derive() {
  pbkdf2Sync('password', 'salt', 300000, 64, 'sha512'); // GUILTY
});
