// What a debugger hears of the console comes from the user's line.
'use strict';
const assert = require('assert');
const { Session } = require('inspector');

const session = new Session();
session.connect();
const heard = [];
session.on('Runtime.consoleAPICalled', ({ params }) => heard.push(params));
session.post('Runtime.enable');

function userFunction() {
  console.debug('one', 2);
  console.error('three');
  console.time('t');
  console.timeEnd('t');
}
userFunction();
console.assert(false, 'x');
console.log(...Array.from({ length: 12 }, (_, i) => i));

const mine = heard.filter(({ args }) => args.length > 0);
assert.deepStrictEqual(mine.map(({ type }) => type), ['debug', 'error', 'timeEnd', 'assert', 'log']);
for (const { stackTrace } of mine) assert.match(stackTrace.callFrames[0].url, /console-inspector\.test\.js$/);
for (const { stackTrace } of mine.slice(0, 3)) assert.strictEqual(stackTrace.callFrames[0].functionName, 'userFunction');
assert.match(mine[2].args[0].value, /^t: [\d.]+ ?m?s$/);
assert.strictEqual(mine[4].args.length, 12);
assert.strictEqual(console.log.name, 'log');

// A stack of console.trace begins at the user's line, too.
let traced = '';
const { write } = process.stderr;
process.stderr.write = (text, ...rest) => {
  traced += text;
  (rest.at(-1))?.();
  return true;
};
(function tracer() {
  console.trace('here');
})();
process.stderr.write = write;
assert.match(traced, /^Trace: here\n {4}at tracer \(/);
