// The real Chrome DevTools on a running program: what it shows is read back from its own page.
import assert from 'node:assert';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDevTools } from '../lib/devtools.mjs';
import { needs } from '../lib/needs.mjs';
import { root, startInspected } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const WAIT = { timeout: 20_000 };
/** More steps than any function of the program has statements. */
const STEPS_MAX = 8;

/** Opens a file of the target in the Sources panel by its quick-open box. */
async function openFile(page, name, text) {
  await page.keyboard.press('Control+p');
  await page.getByRole('combobox').last().waitFor(WAIT);
  await page.keyboard.type(name);
  await page.getByRole('option', { name: new RegExp(name) }).first().waitFor(WAIT);
  await page.keyboard.press('Enter');
  await page.locator('.cm-content').filter({ hasText: text }).waitFor(WAIT);
}

/** Waits until the call stack as DevTools shows it has `names`: of functions, or of the rows that name an async parent. */
async function stackHas(page, names) {
  let stack;
  // The async parents are drawn after the frames above them.
  for (let tries = 0; tries < 200; tries++) {
    stack = (await page.locator('.call-frame-item').allInnerTexts()).map((text) => text.split('\n')[0].trim());
    if (names.every((name) => stack.includes(name))) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`the call stack has not all of ${names}, but: ${stack}`);
}

/** The innermost frame as DevTools shows it, such as `later ticker.js:12`; '' while the program runs. */
const place = (page) => page.evaluate(() => {
  const find = (root) => {
    const found = root.querySelector('.call-frame-item');
    if (found) return found;
    for (const element of root.querySelectorAll('*')) {
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  return find(document)?.innerText.split('\n').map((part) => part.trim()).join(' ') ?? '';
});

/** Where in the line: a `return` is two stops, before its value and at its end. */
const column = (page) => page.getByText(/^Line \d+, column \d+$/).innerText();

/** Waits until the program is paused somewhere else than at `before`, `columnBefore`. */
async function moved(page, before, columnBefore) {
  for (let tries = 0; tries < 200; tries++) {
    const now = await place(page);
    if (now !== '' && (now !== before || await column(page) !== columnBefore)) return now;
    await page.waitForTimeout(50);
  }
  throw new Error(`still at ${before}`);
}

/** Steps over, line by line, until the innermost frame is another function's; the result is where that is. */
async function stepOut(page) {
  const start = await place(page);
  const name = start.split(' ')[0];
  let now = start;
  for (let steps = 0; steps < STEPS_MAX && now.split(' ')[0] === name; steps++) {
    const from = await column(page);
    await page.keyboard.press('F10');
    now = await moved(page, now, from);
  }
  return now;
}

/** The example server in a folder that could be anybody's, so that pictures show no other path. */
function exampleServer() {
  const folder = join(mkdtempSync(join(tmpdir(), 'rondo-')), 'push-server');
  mkdirSync(folder);
  for (const name of ['push-server.js', 'push-server.html', 'push-server.notes.txt']) {
    cpSync(join(root, 'runtime', 'examples', name), join(folder, name));
  }
  return folder;
}

/** The function and file of a place, without its line. */
const functionOf = (where) => where.replace(/:\d+$/, '');

/** Steps until `name` is reached; everything on the way must be the server's own. */
async function stepInto(page, name) {
  const seen = [];
  for (let steps = 0; steps < STEPS_MAX && !seen.at(-1)?.startsWith(`${name} `); steps++) seen.push(await stepOut(page));
  assert.ok(seen.every((where) => functionOf(where).endsWith(' push-server.js')), `internal code stopped a step: ${seen}`);
  assert.strictEqual(functionOf(seen.at(-1)), `${name} push-server.js`, String(seen));
}

test('the example server, callback by callback: timer, socket, file, tick, microtask', needs('chromium'), async (t) => {
  const folder = exampleServer();
  const rondo = await startInspected([join(folder, 'push-server.js')], { timeoutMs: 120_000, env: { PORT: '0' }, cwd: folder });
  t.after(rondo.stop);
  const [base] = await rondo.until(/http:\/\/127\.0\.0\.1:\d+/);
  const devtools = await openDevTools(rondo.address, { viewport: { width: 1400, height: 1900 } });
  t.after(devtools.close);
  const { page } = devtools;
  await openFile(page, 'push-server.js', 'TICK_MS');
  const waiting = new AbortController();
  t.after(() => waiting.abort());
  const ask = (path) => fetch(base + path, { signal: waiting.signal }).catch(() => {});

  // A breakpoint in the timer: off again at once, so that only steps stop from here on.
  const source = readFileSync(join(folder, 'push-server.js'), 'utf8').split('\n');
  const line = 1 + source.findIndex((text) => text.includes("push('tick'"));
  const gutter = page.locator('.cm-lineNumbers .cm-gutterElement', { hasText: new RegExp(`^${line}$`) });
  await gutter.click();
  assert.strictEqual(await moved(page, ''), `tick push-server.js:${line}`);
  await gutter.click();
  await page.setViewportSize({ width: 1400, height: 900 });

  ask('/');
  await stepInto(page, 'onRequest');
  await stepInto(page, 'pageRead');
  // Who read the file, and for which request.
  await stackHas(page, ['sendPage', 'onRequest']);
  if (process.env.RONDO_PICTURES) {
    await page.screenshot({ path: join(process.env.RONDO_PICTURES, 'devtools-stepping.png'), clip: { x: 225, y: 0, width: 1175, height: 560 } });
  }

  ask('/events');
  await stepInto(page, 'onRequest');
  await stepInto(page, 'announceClients');

  writeFileSync(join(folder, 'push-server.notes.txt'), 'changed');
  await stepInto(page, 'notesChanged');
  await stepInto(page, 'readNotes');
  // At its `await` a step goes on in the continuation, which is a microtask behind the file.
  const before = await place(page);
  const from = await column(page);
  await page.keyboard.press('F10');
  const after = await moved(page, before, from);
  assert.strictEqual(functionOf(after), 'readNotes push-server.js');
});

test('a breakpoint in a timer, then step by step into the next callbacks', needs('chromium'), async (t) => {
  const rondo = await startInspected([join(folder, 'ticker.js')], { timeoutMs: 120_000 });
  t.after(rondo.stop);
  const devtools = await openDevTools(rondo.address);
  t.after(devtools.close);
  const { page } = devtools;
  await openFile(page, 'ticker.js', 'function tick');

  await page.locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^7$/ }).click();
  assert.strictEqual(await moved(page, ''), 'tick ticker.js:7');
  // Off again, so that only steps stop from here on.
  await page.locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^7$/ }).click();

  assert.strictEqual(await stepOut(page), 'later ticker.js:12', 'past the end of tick is the first statement of the timer');
  // The scheduler, below an async parent that says what it did.
  await stackHas(page, ['setTimeout', 'tick']);

  assert.strictEqual(await stepOut(page), 'onStat ticker.js:18', 'then what the file operation calls back');
  assert.strictEqual(await stepOut(page), 'onTick ticker.js:23', 'then the tick in the drain behind it');
  assert.strictEqual(await stepOut(page), 'tick ticker.js:7', 'then the first timer again');

  // DevTools can leave a paused program, which then goes on.
  await devtools.close();
  assert.strictEqual(rondo.child.exitCode, null);
});
