// `rondo top` in a real terminal: what it shows, its keys, small and resized screens, targets that are not there or go away.
import assert from 'node:assert';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../lib/needs.mjs';
import { program, run, start, startInspected } from '../lib/rondo.mjs';
import { Terminal } from './terminal.mjs';

const stalling = join(dirname(fileURLToPath(import.meta.url)), 'stalling.js');
const tmux = needs('tmux');

async function target(context) {
  const running = await startInspected([stalling], { timeoutMs: 60_000 });
  context.after(running.stop);
  return running;
}

const top = (context, columns, rows, where) => new Terminal(context, columns, rows, [program(), 'top', where]);

/** A port at which nobody listens. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

test('at 80×24: turns, sites, stalls as they happen, keys; q leaves', tmux, async (context) => {
  const { address } = await target(context);
  const terminal = top(context, 80, 24, address);
  await terminal.until(/stalling\.js:9 hold/);
  for (const shown of [/rondo top/, /turns/, /busy/, /beat/, /quick/, /late p99/, /4 timers/, /stalls \(\d/, /JavaScript/, /q quit/, /\? help/]) await terminal.until(shown);
  const screen = terminal.screen();
  assert.ok(screen.split('\n').every((line) => line.length <= 80), screen);
  terminal.press('?');
  await terminal.until(/forget what was counted/);
  terminal.press('Escape');
  await terminal.until(/forget what was counted/, { absent: true });
  terminal.press('q');
  assert.strictEqual(await terminal.ended(), 0);
});

test('keys: sort, stand still, scroll the stalls, clear; Ctrl-C leaves', tmux, async (context) => {
  const { address } = await target(context);
  const terminal = top(context, 120, 36, address);
  await terminal.until(/stalling\.js:9 hold/);
  await terminal.until(/total▾/);
  terminal.press('s');
  await terminal.until(/count▾/);
  terminal.press('S', 'S');
  await terminal.until(/stalls▾/);
  terminal.press('Space');
  await terminal.until(/paused/);
  terminal.press('Tab', 'Down', 'PageUp', 'Home');
  terminal.press('Space');
  await terminal.until(/paused/, { absent: true });
  terminal.press('c');
  await terminal.until(/stalls \([0-2]\)/);
  terminal.press('C-c');
  assert.strictEqual(await terminal.ended(), 0);
});

test('at 40×10, larger, too small, and back', tmux, async (context) => {
  const { address } = await target(context);
  const terminal = top(context, 40, 10, address);
  await terminal.until(/stalls \([1-9]/);
  assert.ok(terminal.screen().split('\n').every((line) => line.length <= 40));
  terminal.resize(120, 36);
  const large = await terminal.until(/handles/);
  assert.match(large, /late/);
  terminal.resize(30, 8);
  await terminal.until(/needs 40×10/);
  terminal.resize(80, 24);
  await terminal.until(/quick/);
  terminal.press('Escape');
  assert.strictEqual(await terminal.ended(), 0);
});

test('by PID: the inspector is started; a target that vanishes is told, and found again', tmux, async (context) => {
  const port = await freePort();
  const running = start(program(), [`--inspect-port=${port}`, stalling], { timeoutMs: 60_000 });
  context.after(running.stop);
  await running.until(/on/);
  const terminal = top(context, 80, 24, String(running.child.pid));
  await terminal.until(/stalling\.js:9 hold/);
  await running.stop();
  await terminal.until(/not connected/);
  const again = start(program(), [`--inspect=${port}`, stalling], { timeoutMs: 60_000 });
  context.after(again.stop);
  await again.until(/on/);
  await terminal.until(/not connected/, { absent: true });
  terminal.press('q');
  assert.strictEqual(await terminal.ended(), 0);
});

test('by PORT', tmux, async (context) => {
  const { address } = await target(context);
  const terminal = top(context, 80, 24, address.split(':').at(-1));
  await terminal.until(/beat/);
  terminal.press('q');
  assert.strictEqual(await terminal.ended(), 0);
});

test('what can’t be shown is said in one sentence', tmux, async (context) => {
  const piped = await run(program(), ['top', '127.0.0.1:1']);
  assert.deepStrictEqual([piped.code, piped.stdout], [1, '']);
  assert.match(piped.stderr, /^rondo top: needs a terminal to draw on/);
  const wrong = await run(program(), ['top', '--nonsense']);
  assert.deepStrictEqual([wrong.code, wrong.stdout], [9, '']);
  const cases = [
    [`127.0.0.1:${await freePort()}`, /rondo top: .*Start the program with --inspect, or give its PID/s],
    [String(process.pid), /rondo top: process \d+ is .*, not rondo/s],
    ['4194304999', /rondo top: .*no inspector listens at port/s],
    ['nowhere', /rondo top: 'nowhere' is no PID, PORT or HOST:PORT/s],
  ];
  for (const [where, message] of cases) {
    const terminal = top(context, 100, 24, where);
    assert.strictEqual(await terminal.ended(), 1, where);
    assert.match(terminal.everything().replace(/\s+/g, ' '), message);
  }
});
