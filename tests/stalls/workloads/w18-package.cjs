// The slow line is in a package of a package. GUILTY is in packages/inner/index.js
const fs = require('fs');
const outer = require('./packages/outer');
setTimeout(() => {
  fs.readFile(__filename, 'utf8', function checked(error, text) { // SCHEDULER
    outer(text);
  });
}, 20);
