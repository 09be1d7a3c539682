// The real Emacs, as a daemon, driven by its own client program; what a document's Emacs Lisp block says is its init file.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HeadlessEditor } from './headless_editor.mjs';
import { needs } from './needs.mjs';
import { root } from './rondo.mjs';

const run = promisify(execFile);

/** Where Debian keeps what its package elpa-dap-mode brings, lsp-mode among it. */
const PACKAGES = '/usr/share/emacs/site-lisp/elpa/';

/** The options of a test that needs Emacs and its `packages`. */
export function needsEmacs(...packages) {
  const found = needs('emacs', 'emacsclient');
  if (found.skip || process.env.RONDO_TESTS_SKIP === 'never') return found;
  const lacks = packages.find((name) => !existsSync(PACKAGES) || !readdirSync(PACKAGES).some((folder) => folder.startsWith(`${name}-`)));
  return lacks ? { skip: `needs Emacs with ${lacks}` } : {};
}

/** The first Emacs Lisp block of a document: what a user copies is what is tested. */
export function snippet(document) {
  const [, block] = /```elisp\n(.*?)```/s.exec(readFileSync(join(root, document), 'utf8'));
  return block;
}

/** A string as Emacs Lisp. */
export const quoted = (text) => JSON.stringify(text);

/** An Emacs with `config` as its init.el and nothing of the user's; `rondo` is on its path. */
export class Emacs extends HeadlessEditor {
  #calls = 0;

  constructor(config, { timeoutMs = 240_000, env: more = {} } = {}) {
    super('Emacs');
    mkdirSync(join(this.home, '.emacs.d'));
    this.write(join('.emacs.d', 'init.el'), config);
    Object.assign(this.env, { HOME: this.home, LC_ALL: 'C.UTF-8' }, more);
    this.start('emacs', [`--fg-daemon=${this.socket}`], timeoutMs);
  }

  /** Evaluates Emacs Lisp; the value comes back as JSON. */
  async lisp(code) {
    const answer = join(this.home, `answer-${this.#calls++}.json`);
    const call = `;;; -*- lexical-binding: t -*-
(let ((rondo-value (progn\n${code}\n)) (coding-system-for-write 'utf-8))
(write-region (json-encode rondo-value) nil ${quoted(answer)} nil 'silent))`;
    const file = this.write(`call-${this.#calls}.el`, call);
    try {
      await run('emacsclient', [`--socket-name=${this.socket}`, '--eval', `(load ${quoted(file)} nil t t)`], { env: this.env, timeout: 30_000 });
      return JSON.parse(readFileSync(answer, 'utf8'));
    } catch (error) {
      throw new Error(`Emacs says: ${error.stdout ?? ''}${error.stderr ?? ''}${error.stdout || error.stderr ? '' : error.message}`);
    }
  }

  ask(code) { return this.lisp(code); }
}
