// util.inspect, format and deep equality, as programs see them.
'use strict';

const assert = require('assert');
const util = require('util');

function shows(value, expected, options) {
  assert.strictEqual(util.inspect(value, options), expected);
}

// Layout.
shows({ a: 1, b: 'x', c: [1, 2, [3, [4, [5]]]] }, "{ a: 1, b: 'x', c: [ 1, 2, [ 3, [Array] ] ] }");
shows(Array.from({ length: 20 }, (_, i) => i * 10), `[
    0,  10,  20,  30,  40,  50,
   60,  70,  80,  90, 100, 110,
  120, 130, 140, 150, 160, 170,
  180, 190
]`);
shows([1, , 3], '[ 1, <1 empty item>, 3 ]'); // eslint-disable-line no-sparse-arrays
shows("it's", '"it\'s"');
shows({ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: [Object] } } }');
shows({ a: 1 }, '{ a: \x1b[33m1\x1b[39m }', { colors: true });
shows(1234567.891, '1_234_567.891', { numericSeparator: true });

// Kinds of objects.
class Base {}
class Derived extends Base { x = 1; }
shows(new Derived(), 'Derived { x: 1 }');
shows(Derived, '[class Derived extends Base]');
shows(Object.create(null), '[Object: null prototype] {}');
shows(new Map([['k', new Set([1])]]), "Map(1) { 'k' => Set(1) { 1 } }");
shows(new Map([[1, 2]]).entries(), '[Map Entries] { [ 1, 2 ] }');
shows(new Uint8Array(3), 'Uint8Array(3) [ 0, 0, 0 ]');
shows(Promise.resolve(4), 'Promise { 4 }');
shows(new Promise(() => {}), 'Promise { <pending> }');
shows(new Proxy({ a: 1 }, {}), 'Proxy [ { a: 1 }, {} ]', { showProxy: true });
shows(Object(Symbol('s')), '[Symbol: Symbol(s)]');
shows({ get g() { return 1; }, set s(v) {} }, '{ g: [Getter], s: [Setter] }');
shows({ get g() { return 1; } }, '{ g: [Getter: 1] }', { getters: true });
const circle = { name: 'c' };
circle.self = circle;
shows(circle, "<ref *1> { name: 'c', self: [Circular *1] }");
shows({ [util.inspect.custom]: (depth, options, inspect) => inspect({ depth, same: inspect === util.inspect }) }, '{ depth: 2, same: true }');

// Errors tell class, code and cause.
const error = new TypeError('outer', { cause: new Error('inner') });
error.code = 'E_OUTER';
const text = util.inspect(error);
assert.match(text, /^TypeError: outer\n {4}at .*/);
assert.match(text, /code: 'E_OUTER',\n {2}\[cause\]: Error: inner\n/);

// A patched prototype changes nothing.
const { push } = Array.prototype;
Array.prototype.push = () => { throw new Error('patched'); };
try {
  shows([[1]], '[ [ 1 ] ]');
} finally {
  Array.prototype.push = push;
}

// format
assert.strictEqual(util.format('%s %d %i %j %% %o', 'a', 1.5, 1.5, { x: 1 }, 'z', 'more'), "a 1.5 1 {\"x\":1} % 'z' more");
assert.strictEqual(util.format('%s', { toString: () => 'own' }), 'own');
assert.strictEqual(util.format(1, 2, '3'), '1 2 3');

// Deep equality.
assert.ok(util.isDeepStrictEqual(new Map([[{ a: 1 }, new Set([[1]])]]), new Map([[{ a: 1 }, new Set([[1]])]])));
assert.ok(!util.isDeepStrictEqual([0], [-0]));
assert.ok(!util.isDeepStrictEqual({ a: undefined }, { b: undefined }));

// The rest.
assert.deepStrictEqual({ ...util.parseEnv('A=1\nexport B="x\\ny" # note') }, { A: '1', B: 'x\ny' });
assert.deepStrictEqual({ ...util.parseArgs({ args: ['-v', '--out=f'], options: { v: { type: 'boolean', short: 'v' }, out: { type: 'string' } } }).values }, { v: true, out: 'f' });
assert.strictEqual(String(new util.MIMEType('Text/Plain; Charset="utf-8"')), 'text/plain;charset=utf-8');
assert.strictEqual(util.stripVTControlCharacters('\x1b[31mred\x1b[39m'), 'red');
