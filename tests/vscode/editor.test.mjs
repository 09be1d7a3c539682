// The extension in the real VS Code: F5, steps from callback to callback, the views, a stall, js-debug beside it.
import assert from 'node:assert';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needsInstalled } from '../lib/needs.mjs';
import { root, startInspected } from '../lib/rondo.mjs';
import { editorMark, openVSCode, packageExtension } from '../lib/vscode.mjs';

const needs = needsInstalled('code-server', editorMark);
let extension;
before(() => { if (!needs.skip) extension = packageExtension(); });

/** The editor on a copy of the fixtures; a failure leaves a picture in the temporary folder. */
function check(name, act, configure = () => undefined, settings = {}) {
  test(name, { ...needs, timeout: 180_000 }, async (t) => {
    const above = mkdtempSync(join(tmpdir(), 'rondo-editor-'));
    t.after(() => rmSync(above, { recursive: true, force: true }));
    // Its name is on the pictures.
    const folder = join(above, 'visits');
    cpSync(join(root, 'tests', 'vscode', 'fixtures'), folder, { recursive: true });
    const configurations = await configure(t, folder);
    if (configurations) {
      mkdirSync(join(folder, '.vscode'));
      writeFileSync(join(folder, '.vscode', 'launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
    }
    const editor = await openVSCode({ folder, packages: [extension], settings: { 'workbench.colorTheme': 'Default Dark Modern', 'debug.toolBarLocation': 'docked', ...settings } });
    try {
      await act(editor, folder);
      assert.deepStrictEqual(await editor.toasts(), [], 'no message is in the way');
    } catch (error) {
      await editor.page.screenshot({ path: join(tmpdir(), `rondo-editor-failed-${process.pid}.png`) });
      throw error;
    } finally {
      await editor.close();
    }
  });
}

/** Makes room in the side bar for the views of the extension. */
async function fold(editor, ...views) {
  for (const view of views) await editor.fold(view, false);
}

/** Where the program stands, and as what; the number of the callback makes it unlike the stop before. */
async function stop(editor) {
  return `${await editor.stopped()} | ${(await editor.reason()).replace(/\s+/g, ' ')}`;
}

/** Steps to the next callback: another stop than the one before. */
async function step(editor) {
  const previous = await stop(editor);
  await editor.page.keyboard.press('Control+Alt+F10');
  return editor.until(`a stop after ${previous}`, async () => {
    const now = await stop(editor);
    // What the editor shows of a stop comes in parts.
    await editor.page.waitForTimeout(250);
    return now !== previous && now === await stop(editor) && now;
  });
}

const FUNCTIONS = ['tick', 'onData', 'readLog', 'onRead'];

/** Steps until each kind of callback has been seen, at most so often; the last is the file's. */
async function stepAcross(editor) {
  const stops = [];
  const missing = () => FUNCTIONS.filter((name) => !stops.some((text) => new RegExp(`\\b${name} `).test(text)));
  for (let count = 0; count < 30 && missing().length > 0; count++) stops.push(await step(editor));
  assert.deepStrictEqual(missing(), [], stops.join('\n'));
  return stops;
}

check('F5 without a launch.json, a breakpoint, and steps across timer, socket and file', async (editor) => {
  await editor.open('visits.js');
  await editor.breakpoint(28);
  await editor.page.keyboard.press('F5');
  await editor.choose(/^Rondo/);
  assert.match(await editor.stopped('tick'), /tick visits\.js 28:3/);
  await fold(editor, 'Watch', 'Breakpoints');
  await editor.row('Event Loop', /^Turn \d+\s*timers · setTimeout/);
  const stops = await stepAcross(editor);
  assert.match(stops.find((text) => text.startsWith('onData')), /poll · read callback #\d+ of 127\.0\.0\.1/);
  assert.match(stops.find((text) => text.startsWith('onRead')), /poll · fs callback #\d+/);
  await editor.row('Event Loop', /^Turn \d+\s*poll · fs/);
  await editor.row('Event Loop', 'Why the process lives');
  await editor.page.locator('.statusbar', { hasText: 'loop stands still' }).waitFor();
  await editor.picture('vscode-stepping');
  await editor.page.keyboard.press('F5');
  await editor.stopped('tick');
  await editor.removeBreakpoint(28);
  await editor.page.keyboard.press('F5');
  await editor.page.locator('.statusbar', { hasText: /lag .* · \d+ %/ }).waitFor();
});

check('a stall is in the view, in the problems and under the code; the timeline draws', async (editor) => {
  await editor.open('report.js');
  await editor.command('Rondo: Debug Current File');
  await editor.page.locator('.pane-header .title', { hasText: /^Event Loop$/i }).waitFor();
  await fold(editor, 'Watch', 'Breakpoints', 'Variables', 'Call Stack');
  await editor.fold('Stalls', true);
  const stall = await editor.row('Stalls', 'crypto.pbkdf2Sync');
  assert.match((await stall.innerText()).replace(/\s+/g, ' '), /report\.js:6/);
  await stall.click();
  await editor.expand('Stalls', 'crypto.pbkdf2Sync');
  await editor.row('Stalls', 'setInterval callback');
  await editor.row('Stalls', /victims/i);
  const held = /held the event loop \d+×, longest \d/;
  await editor.until('a stall among the problems', async () => (await editor.problems()).find((text) => held.test(text)));
  await editor.page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  await editor.panel('Event Loop');
  const frame = editor.page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await frame.locator('#canvas').waitFor();
  await frame.locator('#empty').waitFor({ state: 'hidden' });
  const painted = () => frame.locator('#canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    // A stall is drawn in a strong red.
    for (let at = 0; at < data.length; at += 4) if (data[at] > 200 && data[at + 1] < 110 && data[at + 2] < 110) return true;
    return false;
  });
  await editor.until('a stall on the timeline', painted);
  await editor.picture('vscode-stall');
});

check('break on stall stops at the guilty line, and no longer once it is told not to', async (editor) => {
  await editor.open('held.js');
  await editor.command('Rondo: Break on Stall');
  await editor.command('Rondo: Debug Current File');
  assert.match(await editor.stopped('hold'), /hold held\.js 6:\d+/);
  assert.match(await editor.reason(), /setInterval callback .* has held the loop for/);
  await editor.command('Rondo: Stop Breaking on Stall');
  await editor.page.keyboard.press('F5');
  await fold(editor, 'Watch', 'Breakpoints', 'Variables');
  await editor.fold('Stalls', true);
  // It goes on through one stall after another.
  await editor.row('Stalls', /held\.js:6.*\d×/);
  assert.deepStrictEqual((await editor.rows('Call Stack')).filter((row) => row.includes('hold')), [], 'it runs');
}, undefined, { 'rondo.stallThreshold': 1000 });

check('the walkthrough shows the loop before there is one', async (editor) => {
  await editor.command('Welcome: Open Walkthrough...');
  await editor.choose(/See the event loop/i);
  const walkthrough = editor.page.locator('.gettingStartedContainer');
  await walkthrough.getByText('Look at the loop').click();
  await walkthrough.getByText('Show Event Loop').click();
  await editor.page.locator('.pane-header .title', { hasText: /^Event Loop$/i }).waitFor();
  await editor.page.locator('.welcome-view-content', { hasText: 'No event loop is watched.' }).waitFor();
});

const NOWHERE = join(tmpdir(), 'rondo-is-not-here');
test('a wrong rondo.path is told once, whoever needs the program', { ...needs, timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rondo-editor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'tests', 'vscode', 'fixtures'), folder, { recursive: true });
  const editor = await openVSCode({ folder, packages: [extension], settings: { 'rondo.path': NOWHERE } });
  t.after(() => editor.close());
  await editor.open('visits.js');
  const told = async () => (await editor.toasts()).filter((text) => text.includes(`“${NOWHERE}”`)).length;
  await editor.until('the language server is missed', told);
  await editor.command('Rondo: Debug Current File');
  await editor.command('Rondo: Restart Language Server');
  await editor.command('Rondo: Profile Current File');
  await editor.page.waitForTimeout(1500);
  const toasts = await editor.toasts();
  assert.deepStrictEqual([toasts.length, await told()], [1, 1], toasts.join('\n'));
  assert.strictEqual(await editor.page.locator('.monaco-dialog-box').count(), 0, 'no dialog says it again');
});

const attached = async (t, folder) => {
  const running = await startInspected([join(folder, 'visits.js')], { timeoutMs: 150_000 });
  t.after(() => running.stop());
  const port = Number(running.address.split(':')[1]);
  return [{ type: 'node', request: 'attach', name: 'js-debug', port }, { type: 'rondo', request: 'attach', name: 'rondo', port }];
};

check('beside the JavaScript debugger: its breakpoints and stops, our views and steps; then both debug one process', async (editor) => {
  await editor.open('visits.js');
  await editor.breakpoint(28);
  await editor.page.keyboard.press('F5');
  await editor.stopped('tick');
  await fold(editor, 'Watch', 'Breakpoints', 'Variables');
  await editor.command('Rondo: Attach Loop View');
  await editor.row('Event Loop', /^Turn \d+\s*timers · setTimeout/);
  await editor.page.locator('.statusbar', { hasText: 'loop stands still' }).waitFor();
  await stepAcross(editor);
  await editor.row('Event Loop', /^Turn \d+\s*poll · fs/);

  await editor.command('Debug: Select and Start Debugging');
  await editor.choose(/^rondo/);
  const sessions = /js-debug PAUSED.*\|.*rondo (POLL|TIMERS)|rondo (POLL|TIMERS).*\|.*js-debug PAUSED/;
  const both = () => editor.rows('Call Stack').then((rows) => rows.join(' | '));
  await editor.until('two sessions', async () => /rondo PAUSED/.test(await both()));
  await editor.page.keyboard.press('Control+Alt+F10');
  await editor.until('a stop in both', async () => sessions.test(await both()));
}, attached);
