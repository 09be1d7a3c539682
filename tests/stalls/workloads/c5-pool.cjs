// More work than the pool has threads: everything waits in its queue, and the loop does not. W12 of the study: nobody stalls.
const crypto = require('crypto');
const dns = require('dns');
const fs = require('fs');
let left = 64 + 64 + 64;
const done = () => { if (--left === 0) console.log('done'); };
setTimeout(function batch() {
  for (let i = 0; i < 64; i++) {
    crypto.pbkdf2('secret', 'salt', 10_000, 32, 'sha512', done);
    dns.lookup('localhost', done);
    fs.readFile(__filename, done);
  }
}, 20);
