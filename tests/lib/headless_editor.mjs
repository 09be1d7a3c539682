// An editor without a screen: its process, its own home folder, and questions asked until the answer is the wanted one.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { program } from './rondo.mjs';

/** A file for an editor: it has a finding, and holds the loop while it runs. */
export const holdingProgram = `const fs = require('fs');
function hold(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end) {}
}
setInterval(function tick() {
  hold(120);
  fs.existsSync('x');
}, 50);
`;

/** What each editor adds is `ask(code)`: evaluates code in its own language. */
export class HeadlessEditor {
  output = '';

  /** Nothing of the user's is in its home; `rondo` is on its path. */
  constructor(name) {
    this.name = name;
    this.home = mkdtempSync(join(tmpdir(), `rondo-${name.toLowerCase()}-`));
    this.socket = join(this.home, 'socket');
    this.env = { ...process.env, PATH: `${dirname(program())}${delimiter}${process.env.PATH}` };
  }

  start(command, args, timeoutMs) {
    this.child = spawn(command, args, { env: this.env, cwd: this.home, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
    const limit = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    this.ended = new Promise((resolve) => this.child.on('close', () => {
      clearTimeout(limit);
      this.isEnded = true;
      resolve();
    }));
  }

  /** Writes a file of its home; the result is its path. */
  write(name, text) {
    const path = join(this.home, name);
    writeFileSync(path, text);
    return path;
  }

  /** Asks until the answer of `code` is one that `wanted` takes. */
  async until(code, wanted = Boolean) {
    for (let last, complaint; ;) {
      if (this.isEnded) throw new Error(`${this.name} ended; last it had ${JSON.stringify(last)}\n${complaint}\n${this.output}`);
      try {
        if (existsSync(this.socket)) last = await this.ask(code);
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
    rmSync(this.home, { recursive: true, force: true });
  }
}
