// The real VS Code workbench (code-server from npm), headless in Chromium, with the extension installed.
//   node tests/lib/vscode.mjs --install      installs code-server, about two minutes
//   node tests/lib/vscode.mjs --package      makes the extension's package of the programs in target/release
// code-server's own install scripts download from GitHub, so they are skipped and its native modules are built here.
// Needs ripgrep, and libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev to build them. js-debug is built in.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { program, root } from './rondo.mjs';

const cache = join(process.env.RONDO_TOOLS_CACHE ?? join(homedir(), '.cache', 'rondo-tools'), 'code-server');
const vscode = join(cache, 'node_modules', 'code-server', 'lib', 'vscode');
const entry = join(cache, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
const extension = join(root, 'vscode-extension');
/** The Node that code-server is made for: with a newer one it hangs while it unpacks an extension. */
const NODE = '20';
const nodeFolder = join(cache, 'node');
const node = join(nodeFolder, 'node_modules', 'node', 'bin', 'node');

/** Exists once code-server and its Node are installed whole. */
export const editorMark = join(cache, '.ready-with-node');

const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });

export function installEditor() {
  if (existsSync(editorMark)) return;
  if (!existsSync(join(cache, '.ready'))) installCodeServer();
  mkdirSync(nodeFolder, { recursive: true });
  writeFileSync(join(nodeFolder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }');
  npm(nodeFolder, 'install', `node@${NODE}`, '--no-audit', '--no-fund');
  execFileSync(node, ['--version'], { stdio: 'ignore' });
  writeFileSync(editorMark, '');
}

function installCodeServer() {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{ "private": true }');
  npm(cache, 'install', 'code-server@4', '--ignore-scripts', '--no-audit', '--no-fund');
  npm(vscode, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund');
  npm(join(vscode, 'extensions'), 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund');
  for (const module of ['@vscode/spdlog', 'native-watchdog', 'node-pty', '@parcel/watcher', '@vscode/deviceid', 'kerberos']) {
    try { npm(vscode, 'rebuild', module); } catch { /* node-pty's own last step fails after its binary is built */ }
  }
  npm(cache, 'rebuild', 'argon2');
  const bin = join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin');
  const ripgrep = execFileSync('sh', ['-c', 'command -v rg'], { encoding: 'utf8' }).trim();
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'rg'), { force: true });
  symlinkSync(ripgrep, join(bin, 'rg'));
  const asar = join(vscode, 'node_modules.asar');
  if (!existsSync(asar)) symlinkSync('node_modules', asar);
  writeFileSync(join(cache, '.ready'), '');
}

/** Packages the extension with the programs under test; the result is the package's path. */
export function packageExtension() {
  if (!existsSync(join(extension, 'node_modules'))) execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: extension, stdio: 'pipe' });
  const out = join(extension, `rondo-${process.platform}-${process.arch}.vsix`);
  rmSync(out, { force: true });
  execFileSync('npm', ['run', 'package', '--', '--bin', join(program(), '..')], { cwd: extension, stdio: 'pipe', timeout: 180_000 });
  return out;
}

const freePort = () => new Promise((done, fail) => {
  const server = createServer().on('error', fail).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

async function startServer({ folder, packages, settings }) {
  const data = mkdtempSync(join(tmpdir(), 'rondo-vscode-'));
  mkdirSync(join(data, 'User'));
  writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify({
    'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false, 'telemetry.telemetryLevel': 'off', 'extensions.autoUpdate': false,
    'workbench.tips.enabled': false, 'chat.commandCenter.enabled': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'typescript.disableAutomaticTypeAcquisition': true, 'remote.autoForwardPorts': false, 'debug.console.wordWrap': false, ...settings,
  }));
  const common = ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions'), '--config', join(data, 'config.yaml')];
  writeFileSync(join(data, 'config.yaml'), 'auth: none\n');
  for (const file of packages) execFileSync(node, [entry, ...common, '--install-extension', resolve(file)], { stdio: 'pipe', timeout: 120_000 });
  const port = await freePort();
  const server = spawn(node, [entry, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry',
    '--disable-update-check', '--disable-workspace-trust', resolve(folder)], { stdio: 'pipe', detached: true });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => { log += text; });
  const stop = async () => {
    // Its extension hosts and terminals are in its process group.
    try { process.kill(-server.pid, 'SIGTERM'); } catch { /* it has ended */ }
    await new Promise((done) => {
      if (server.exitCode !== null || server.signalCode !== null) done();
      server.once('exit', done);
      setTimeout(done, 5000).unref();
    });
    try { process.kill(-server.pid, 'SIGKILL'); } catch { /* all of it has ended */ }
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(resolve(folder))}`;
  const deadline = Date.now() + 30_000;
  while (!await fetch(url).then(() => true, () => false)) {
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`code-server did not start: ${log}`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  return { url, stop, data };
}

/** The editor on a folder, with packages installed: a Playwright `page`, and what a user does most. */
export async function openVSCode({ folder, packages = [], settings = {}, viewport = { width: 1500, height: 950 } }) {
  const server = await startServer({ folder, packages, settings });
  let browser;
  try {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    });
    const page = await browser.newPage({ viewport });
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await page.locator('.statusbar').waitFor({ timeout: 60_000 });
    return new Editor(page, browser, server);
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

class Editor {
  constructor(page, browser, server) {
    this.page = page;
    this.data = server.data;
    this.close = async () => {
      await browser.close();
      await server.stop();
    };
  }

  async #pick(key, text, row) {
    await this.page.keyboard.press(key);
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(text);
    // The list is filtered a moment later: what is first before that is something else.
    await this.page.locator('.quick-input-list .monaco-list-row').first().filter({ hasText: row }).waitFor();
    await this.page.keyboard.press('Enter');
    // A command may ask something by the same input.
    await this.until(`${text} is taken`, async () => !await input.isVisible() || await input.inputValue() !== text);
  }

  /** Runs a command of the palette by its whole name. */
  command(name) {
    return this.#pick('F1', `>${name}`, name);
  }

  /** Opens a file of the folder by name. */
  async open(file) {
    await this.#pick('Control+P', file, file);
    await this.page.locator('.tab.active', { hasText: file.split(':')[0] }).waitFor();
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  async #toggleBreakpoint(line, state) {
    await this.#pick('Control+G', `:${line}`, String(line));
    await this.page.keyboard.press('F9');
    const glyph = '.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified, .codicon-debug-stackframe-dot';
    await this.page.locator('.monaco-editor').locator(glyph).first().waitFor({ state });
  }

  /** Goes to a line (from 1) of the open file and sets a breakpoint there, the only one. */
  breakpoint(line) {
    return this.#toggleBreakpoint(line, 'visible');
  }

  /** Takes the only breakpoint away. */
  removeBreakpoint(line) {
    return this.#toggleBreakpoint(line, 'hidden');
  }

  #pane(view) {
    return this.page.locator('.pane').filter({ has: this.page.locator('.pane-header .title', { hasText: new RegExp(`^${view}$`, 'i') }) });
  }

  /** Opens or closes a section of the side bar. */
  async fold(view, open) {
    const header = this.#pane(view).locator('.pane-header').first();
    if (await header.getAttribute('aria-expanded') !== String(open)) await header.click({ position: { x: 60, y: 8 } });
  }

  /** Shows a view of the panel by the name of its tab. */
  async panel(name) {
    await this.page.locator('.part.panel .composite-bar .action-item', { hasText: name }).first().click();
  }

  /** The rows of a section as text, in order. */
  async rows(view) {
    return (await this.#pane(view).locator('.monaco-list-row').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits until a row of a section has the text, and gives it. */
  async row(view, text) {
    const row = this.#pane(view).locator('.monaco-list-row', { hasText: text }).first();
    await row.waitFor({ timeout: 20_000 });
    return row;
  }

  /** Opens a row of a section, and keeps at it: the list may be drawn anew meanwhile. */
  async expand(view, text) {
    await this.until(`${text} opened`, async () => {
      const row = await this.row(view, text);
      if (await row.getAttribute('aria-expanded') === 'true') return true;
      await row.locator('.monaco-tl-twistie').click({ timeout: 2000 }).catch(() => undefined);
      return false;
    });
  }

  /** Polls until `look` gives something true, and gives it. */
  async until(what, look, withinMs = 20_000) {
    for (const deadline = Date.now() + withinMs; ;) {
      const seen = await look();
      if (seen) return seen;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
      await this.page.waitForTimeout(100);
    }
  }

  /** The texts of the notifications that are in the way. */
  toasts() {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Chooses a row of a list that is open or about to open. */
  async choose(text) {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click({ timeout: 20_000 });
  }

  /** The problems that the editor lists, as text. */
  async problems() {
    await this.panel('Problems');
    return this.page.locator('.markers-panel .monaco-list-row').allInnerTexts();
  }

  /** Waits until the program is stopped, at this line of the top frame when one is given. */
  async stopped(where) {
    const frame = this.page.locator('.debug-call-stack .stack-frame', where === undefined ? {} : { hasText: where }).first();
    await frame.waitFor({ timeout: 20_000 });
    return (await frame.innerText()).replace(/\s+/g, ' ').trim();
  }

  /** What the stop says of itself. */
  reason() {
    return this.page.locator('.pane').filter({ has: this.page.locator('.debug-call-stack') }).locator('.pane-header').first().innerText({ timeout: 5000 });
  }

  /** Keeps a picture in the folder that RONDO_PICTURES names. */
  async picture(name) {
    if (process.env.RONDO_PICTURES) await this.page.screenshot({ path: join(process.env.RONDO_PICTURES, `${name}.png`) });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  if (process.argv.includes('--install')) installEditor();
  if (process.argv.includes('--package')) console.log(packageExtension());
}
