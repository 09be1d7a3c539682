// Runs one case of `cases.js` and prints what it logged when the process ends.
'use strict';

const { cases } = require('./cases.js');
const lines = [];
process.on('exit', () => require('fs').writeSync(1, `${lines.join('\n')}\n`));
const limit = setTimeout(() => { lines.push('still running after 5 s'); process.exit(1); }, 5000);
limit.unref();
cases[process.argv[2]]((text) => { lines.push(String(text)); });
