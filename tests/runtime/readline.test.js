// Lines from a stream, and a line edited with the keys of a terminal.
'use strict';

const assert = require('assert');
const readline = require('readline');
const { PassThrough } = require('stream');

async function iterates() {
  const input = new PassThrough();
  const lines = [];
  input.write('one\ntw');
  input.end('o\r\nthree');
  for await (const line of readline.createInterface({ input })) lines.push(line);
  assert.deepStrictEqual(lines, ['one', 'two', 'three']);
}

function edits() {
  const input = new PassThrough();
  const output = new PassThrough();
  const rl = readline.createInterface({ input, output, terminal: true, completer: (line) => [['hello', 'help'], line] });
  const lines = [];
  rl.on('line', (line) => lines.push(line));
  const type = (text) => input.emit('data', Buffer.from(text));
  type('abc');
  type('\x1b[D\x1b[D');
  type('X');
  type('\r');
  type('foo bar');
  type('\x17');
  type('baz\r');
  type('\x1b[A\x1b[A\r');
  type('\x1b[1;5D');
  type('he');
  type('\t');
  type('p\x01>\r');
  type('undone');
  type('\x1f\x1f');
  type('\r');
  rl.close();
  assert.deepStrictEqual(lines, ['aXbc', 'foo baz', 'aXbc', '>help', 'undo']);
  assert.throws(() => rl.prompt(true) ?? rl.resume(), { code: 'ERR_USE_AFTER_CLOSE' });
}

async function asks() {
  const input = new PassThrough();
  const rl = require('readline/promises').createInterface({ input });
  const answer = rl.question('name? ');
  input.write('rondo\n');
  assert.strictEqual(await answer, 'rondo');
  rl.close();
  await assert.rejects(async () => rl.question('again? '), { code: 'ERR_USE_AFTER_CLOSE' });
}

edits();
iterates().then(asks);
