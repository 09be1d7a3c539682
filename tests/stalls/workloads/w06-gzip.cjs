// Compression on the loop's thread.
const { gzipSync } = require('zlib');
const bytes = Buffer.alloc(24 << 20, 'words that repeat, and some that do not ');
for (let at = 0; at < bytes.length; at += 97) bytes[at] = (at * 31) & 255;
const timer = setInterval(function pack() { // SCHEDULER
  clearInterval(timer);
  gzipSync(bytes); // GUILTY
}, 20);
