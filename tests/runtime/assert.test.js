// Assertions fail with messages that show the difference.
'use strict';

const assert = require('assert');

function message(fn) {
  try {
    fn();
  } catch (error) {
    assert.strictEqual(error.code, 'ERR_ASSERTION');
    return error.message;
  }
  throw new Error('nothing was thrown');
}

assert.strictEqual(message(() => assert.strictEqual(1, 2)), 'Expected values to be strictly equal:\n\n1 !== 2\n');
assert.strictEqual(message(() => assert.ok(1 === 2)), 'The expression evaluated to a falsy value:\n\n  assert.ok(1 === 2)\n');
assert.strictEqual(message(() => assert.deepStrictEqual({ a: 1, b: [1] }, { a: 1, b: [2] })),
  'Expected values to be strictly deep-equal:\n+ actual - expected\n\n  {\n    a: 1,\n    b: [\n+     1\n-     2\n    ]\n  }\n');
assert.match(message(() => assert.throws(() => {}, TypeError)), /^Missing expected exception \(TypeError\)\.$/);
assert.match(message(() => assert.throws(() => { throw new Error('a'); }, /b/)), /did not match the regular expression \/b\//);
assert.strictEqual(message(() => assert.strictEqual(1, 2, 'got %s', 'x')), 'got x\n\n1 !== 2\n');

assert.throws(() => { throw Object.assign(new Error('text'), { code: 'E' }); }, { message: /^te/, code: 'E' });
assert.deepEqual([1, '2', new Set([1])], ['1', 2, new Set(['1'])]);
assert.partialDeepStrictEqual({ a: 1, b: { c: [1, 2, 3], d: 4 } }, { b: { c: [1, 3] } });
assert.notDeepStrictEqual(new Map([[1, {}]]), new Map([[1, []]]));
assert.strict.notDeepEqual([1], ['1']);
new assert.Assert({ skipPrototype: true }).deepStrictEqual({ a: 1 }, Object.assign(Object.create(null), { a: 1 }));

const first = { n: 1 };
const second = { n: 1 };
first.self = first;
second.self = second;
assert.deepStrictEqual(first, second);

assert.rejects(Promise.reject(new RangeError('r')), RangeError).then(() =>
  assert.rejects(assert.rejects(Promise.resolve()), { message: 'Missing expected rejection.' }));
