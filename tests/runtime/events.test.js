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
  const other = new (require('events'))();
  const failed = once(other, 'y');
  other.emit('error', new RangeError('no'));
  await assert.rejects(failed, RangeError);
  const whole = once(emitter, 'z');
  emitter.emit('z');
  await whole;
  assert.deepStrictEqual([other.listenerCount('y'), emitter.listenerCount('z')], [0, 0]);
  ended = true;
})();
process.on('exit', () => assert.ok(ended));
