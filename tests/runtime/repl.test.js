// The prompt: results, several lines, await, errors.
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');

const input = ['1 + 1', '_ + 1', 'function f() {', 'return 7 }', 'f()', 'const z = await 8', 'z', '{ a: 1 }', 'let q = ;', '.nope', ''].join('\n');
const ran = spawnSync(process.execPath, ['repl'], { input, encoding: 'utf8' });
assert.strictEqual(ran.status, 0, ran.stderr);
assert.strictEqual(ran.stdout, "> 2\n> 3\n> | undefined\n> 7\n> undefined\n> 8\n> { a: 1 }\n> Uncaught SyntaxError: Unexpected token ';'\n> Invalid REPL keyword\n> ");
