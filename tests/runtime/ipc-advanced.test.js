// fork() with `serialization: 'advanced'`: values that JSON does not have, long messages, what was sent before the end.
'use strict';
const assert = require('assert');
const { fork } = require('child_process');

const LONG = 4 * 1024 * 1024;

if (process.argv[2] === 'child') {
  process.on('message', (message) => {
    process.send({ ...message, undefined, error: new TypeError('t') });
    for (let i = 0; i < 3; i++) process.send(new Uint8Array(LONG).fill(i));
    process.disconnect();
  });
} else {
  const sent = { map: new Map([[1, new Set([2])]]), big: 10n, bytes: Buffer.from('hi'), shorts: new Uint16Array([1, 2]), date: new Date(0) };
  const child = fork(__filename, ['child'], { serialization: 'advanced' });
  const received = [];
  child.on('message', (message) => received.push(message));
  child.send(sent);
  child.on('close', (code) => {
    assert.strictEqual(code, 0);
    const { error, ...rest } = received[0];
    assert.ok(error instanceof TypeError);
    assert.deepStrictEqual(rest, { ...sent, undefined });
    assert.deepStrictEqual(received.slice(1).map((bytes) => [bytes.length, bytes[0], bytes[LONG - 1]]), [[LONG, 0, 0], [LONG, 1, 1], [LONG, 2, 2]]);
  });
}
