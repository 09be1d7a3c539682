// `events.once` of what has only half of an emitter, as pools of workers have.
'use strict';
const assert = require('assert');
const { once } = require('events');

const emitter = new (require('events'))();
const half = { on: (...args) => emitter.on(...args), once: (...args) => emitter.once(...args) };
let ended = false;
(async () => {
  const got = once(half, 'x');
  emitter.emit('x', 1, 2);
  assert.deepStrictEqual(await got, [1, 2]);
  const failed = once(half, 'y');
  emitter.emit('error', new RangeError('no'));
  await assert.rejects(failed, RangeError);
  const whole = once(emitter, 'z');
  emitter.emit('z');
  await whole;
  assert.strictEqual(emitter.listenerCount('z'), 0);
  assert.strictEqual(emitter.listenerCount('error'), 1, 'only what the half one can\'t take back');
  ended = true;
})();
process.on('exit', () => assert.ok(ended));
