// The extension in the real VS Code: F5, steps from callback to callback, the views, a stall.
import assert from 'node:assert';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needsInstalled } from '../lib/needs.mjs';
import { root } from '../lib/rondo.mjs';
import { editorMark, openVSCode, packageExtension } from '../lib/vscode.mjs';

const needs = needsInstalled('code-server', editorMark);
let extension;
before(() => { if (!needs.skip) extension = packageExtension(); });

/** The editor on a copy of the fixtures; a failure leaves a picture in the temporary folder. */
function check(name, files, act) {
  test(name, { ...needs, timeout: 120_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rondo-editor-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(root, 'tests', 'vscode', 'fixtures'), folder, { recursive: true });
    for (const [file, content] of Object.entries(await files(t, folder))) {
      mkdirSync(join(folder, '.vscode'), { recursive: true });
      writeFileSync(join(folder, '.vscode', file), JSON.stringify(content));
    }
    const editor = await openVSCode({ folder, packages: [extension], settings: { 'workbench.colorTheme': 'Default Dark Modern', 'debug.toolBarLocation': 'docked' } });
    try {
      await act(editor, folder);
    } catch (error) {
      await editor.page.screenshot({ path: join(tmpdir(), `rondo-editor-failed-${process.pid}.png`) });
      throw error;
    } finally {
      await editor.close();
    }
  });
}

async function makeRoom(editor) {
  for (const view of ['Watch', 'Breakpoints']) await editor.fold(view, false);
}

/** The next stop is another one: the frame's text differs. */
async function step(editor, previous) {
  await editor.page.keyboard.press('Control+Alt+F10');
  const deadline = Date.now() + 15_000;
  for (;;) {
    const now = await editor.stopped();
    if (now !== previous || Date.now() > deadline) return now;
    await editor.page.waitForTimeout(100);
  }
}

check('F5 without a launch.json, a breakpoint, and steps across timer, socket and file', () => ({}), async (editor) => {
  await editor.open('visits.js');
  await editor.breakpoint(28);
  await editor.page.keyboard.press('F5');
  await editor.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Rondo' }).first().waitFor();
  await editor.page.keyboard.type('Rondo');
  await editor.page.keyboard.press('Enter');
  let stop = await editor.stopped('tick');
  assert.match(stop, /tick visits\.js 28:3/);
  await makeRoom(editor);
  assert.match((await editor.rows('Event Loop')).join('\n'), /^Turn \d+ ?timers · setTimeout/m);
  const seen = new Set();
  for (let count = 0; count < 25 && !seen.has('onRead'); count++) {
    stop = await step(editor, stop);
    seen.add(stop.split(' ')[0]);
    if (seen.has('onRead')) break;
  }
  assert.deepStrictEqual(['tick', 'onData', 'readLog', 'onRead'].filter((name) => !seen.has(name)), [], [...seen].join());
  assert.match(await editor.reason(), /poll · fs callback #\d+/);
  await editor.page.waitForTimeout(500);
  await editor.picture('vscode-stepping');
});

check('a stall is in the view and under the code; the timeline draws', () => ({}), async (editor) => {
  await editor.open('report.js');
  await editor.page.locator('.squiggly-warning, .squiggly-info, .squiggly-hint').first().waitFor({ timeout: 20_000 });
  await editor.command('Rondo: Debug Current File');
  await editor.page.locator('.pane-header .title', { hasText: /^Event Loop$/i }).waitFor();
  await makeRoom(editor);
  await editor.fold('Variables', false);
  await editor.fold('Call Stack', false);
  await editor.fold('Stalls', true);
  const stall = await editor.row('Stalls', 'crypto.pbkdf2Sync');
  assert.match((await stall.innerText()).replace(/\s+/g, ' '), /report\.js:6/);
  await stall.click();
  await editor.page.keyboard.press('ArrowRight');
  await editor.row('Stalls', 'setInterval callback');
  await editor.panel('Event Loop');
  const frame = editor.page.frameLocator('iframe.webview').frameLocator('#active-frame');
  await frame.locator('#canvas').waitFor();
  await frame.locator('#empty').waitFor({ state: 'hidden' });
  await editor.page.waitForTimeout(3000);
  await editor.picture('vscode-stall');
});
