// The prompt: results, several lines, await, errors, commands, completion, history, the editor, errors of later callbacks.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const repl = require('repl');
const { PassThrough } = require('stream');
const { spawnSync } = require('child_process');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-repl-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// What a session on standard input prints.
function session(lines, args = ['repl']) {
  const ran = spawnSync(process.execPath, args, { input: `${lines.join('\n')}\n`, encoding: 'utf8', cwd: folder, timeout: 50_000 });
  assert.strictEqual(ran.status, 0, ran.stderr);
  return ran.stdout;
}

assert.strictEqual(
  session(['1 + 1', '_ + 1', 'function f() {', 'return 7 }', 'f()', 'const z = await 8', 'z', '{ a: 1 }', 'let q = ;', '.nope']),
  '> 2\n> 3\n> | undefined\n> 7\n> undefined\n> 8\n> { a: 1 }\n' +
  "> let q = ;\n        ^\n\nUncaught SyntaxError: Unexpected token ';'\n> Invalid REPL keyword\n> ");

// Which lines go on: brackets, templates, comments, strings that say so; a typing error does not.
assert.strictEqual(session(['[1,', '2]', '`a', 'b`', '/* x', '*/ 3', "'a\\", "b'", 'Math.max(1', ', 2)']),
  "> | [ 1, 2 ]\n> | 'a\\nb'\n> | 3\n> | 'ab'\n> | 2\n> ");
assert.match(session(['f(1 2)', '4']), /^> f\(1 2\)\n +\^\n\nUncaught SyntaxError: missing \) after argument list\n> 4\n> $/);

// Await: declarations stay, the last expression is the result, errors are shown.
assert.match(session(['let x = await 1; x + 1', 'x', 'const { a, b } = await { a: 2, b: 3 }', 'a + b', "await Promise.reject(new Error('no'))",
  'async function g() { return 5 }; await g()', 'await g() + 1']), /^> 2\n> 1\n> undefined\n> 5\n> Uncaught Error: no\n {4}at REPL5:1:\d+\n> 5\n> 6\n> $/);

// Errors: only what was typed is in the stack; what is no error, too; later callbacks; `_` and `_error`.
assert.match(session(["(() => { throw new TypeError('t') })()", "throw 'text'", 'throw { a: 1 }', '_error.a', '_ = 1', '5', '_']),
  /^> Uncaught TypeError: t\n {4}at REPL1:1:16\n> Uncaught 'text'\n> Uncaught \{ a: 1 \}\n> 1\n> Expression assignment to _ now disabled\.\n1\n> 5\n> 1\n> $/);
assert.match(session(["setTimeout(() => { throw new Error('later') }, 1); await new Promise((resolve) => setTimeout(resolve, 50, 'still here'))"]),
  /Uncaught Error: later\n[^]*'still here'/);

// Commands.
fs.writeFileSync(path.join(folder, 'loaded.js'), '#!/usr/bin/env rondo\nconst loaded = 40;\nfunction two() {\n  return 2;\n}\nloaded + two()\n');
assert.strictEqual(session(['.load loaded.js', '.load none.js', '1', '.save saved.js', '.save no/such/folder/x.js']),
  '> 42\n> Failed to load: none.js\n> 1\n> Session saved to: saved.js\n> Failed to save: no/such/folder/x.js\n> ');
assert.match(fs.readFileSync(path.join(folder, 'saved.js'), 'utf8'), /function two\(\)[^]*\n1\n$/);
assert.match(session(['.help']), /\.editor +Enter editor mode\n[^]*\.load/);
assert.strictEqual(session(['function h() {', '.break', '1']), '> | > 1\n> ');
assert.match(session(['x', 'module.id'], ['-i', '-e', 'var x = 6']), /Welcome to Rondo[^]*> 6\n> '<repl>'\n/);

// A terminal that is a stream: keys in, screen out.
function terminal(options = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = '';
  output.setEncoding('utf8').on('data', (text) => { screen += text; });
  const server = repl.start({ input, output, terminal: true, useColors: false, ...options });
  return { server, take: () => { const text = screen; screen = ''; return text; } };
}
const complete = (server, line) => {
  let answer;
  server.complete(line, (error, result) => { answer = result; });
  return answer;
};

const { server, take } = terminal();
server.write('let mine = { alpha: 1, get beta() { throw new Error("called") } }\n');
assert.deepStrictEqual(complete(server, 'mine.al'), [['mine.alpha'], 'mine.al']);
assert.ok(complete(server, 'mine.')[0].includes('mine.beta'));
assert.deepStrictEqual(complete(server, 'mine.beta.x'), [[], 'mine.beta.x']);
assert.deepStrictEqual(complete(server, 'x = Math.ma'), [['Math.max'], 'Math.ma']);
assert.deepStrictEqual(complete(server, '.ed'), [['.editor'], '.ed']);
assert.deepStrictEqual(complete(server, 'require("child'), [['child_process'], 'child']);
assert.deepStrictEqual(complete(server, 'import("node:fs/p'), [['node:fs/promises'], 'node:fs/p']);
assert.ok(complete(server, 'deb')[0].includes('debugger'));
assert.ok(complete(server, `require('${folder}/loa`)[0].includes(`${folder}/loaded`));

// The editor takes lines as they are until Ctrl+D; Ctrl+C throws them away.
server.write('.editor\n');
server.write('const five = 5\n');
server.write('five * 2');
take();
server.write(undefined, { ctrl: true, name: 'd' });
assert.match(take(), /10/);
server.write('.editor\n');
server.write('throw 1\n');
server.write(undefined, { ctrl: true, name: 'c' });
take();
server.write('five\n');
assert.match(take(), /\b5\r?\n/);

// The history is in the file after each line, and there in the next session.
const file = path.join(folder, 'history');
const first = terminal();
first.server.setupHistory(file, () => {});
first.server.write('1 + 1\n');
first.server.write('2 + 2\n');
assert.strictEqual(fs.readFileSync(file, 'utf8'), '1 + 1\n2 + 2\n');
const second = terminal();
second.server.setupHistory(file, () => {});
second.server.write(undefined, { name: 'up' });
assert.strictEqual(second.server.line, '2 + 2');
second.server.write(undefined, { name: 'up' });
assert.strictEqual(second.server.line, '1 + 1');

// Ctrl+C ends the wait for a promise.
second.server.write(undefined, { ctrl: true, name: 'u' });
second.server.write('await new Promise(() => {})\n');
second.take();
second.server.write(undefined, { ctrl: true, name: 'c' });
assert.match(second.take(), /Uncaught:\nError \[ERR_SCRIPT_EXECUTION_INTERRUPTED\]/);

// An evaluator of the program's own decides what goes on.
const own = terminal({ terminal: false, eval: (code, context, name, callback) => callback(code.includes(';') ? null : new repl.Recoverable(new SyntaxError()), code) });
own.server.write('a\n');
own.server.write('b;\n');
assert.match(own.take(), /\| 'a\\nb;\\n'/);
for (const { server: one } of [first, second, own]) one.close();
server.close();
