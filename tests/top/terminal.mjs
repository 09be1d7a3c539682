// A terminal for a program under test: tmux, driven by real keys and read as a screen.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOK_MS = 50;
const WAIT_MS_MAX = 20_000;

export class Terminal {
  #folder = mkdtempSync(join(tmpdir(), 'rondo-tmux-'));
  /** Where the exit code is written: tmux itself now and then never learns it. */
  #code = join(this.#folder, 'code');

  /** Runs `command` (words) on a screen of `columns` by `rows`; it is gone with the test. */
  constructor(context, columns, rows, command) {
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), `sleep 0.1; TERM=screen-256color ${quoted}; echo $? >${this.#code}.new; mv ${this.#code}.new ${this.#code}`,
      ';', 'set', '-g', 'status', 'off', ';', 'set', '-g', 'remain-on-exit', 'on');
    context.after(() => {
      this.tmux('kill-server');
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  tmux(...words) {
    return execFileSync('tmux', ['-S', join(this.#folder, 'socket'), ...words], { encoding: 'utf8' });
  }

  press(...keys) { this.tmux('send-keys', ...keys); }

  resize(columns, rows) { this.tmux('resize-window', '-x', String(columns), '-y', String(rows)); }

  screen() { return this.tmux('capture-pane', '-p'); }

  /** The screen and what has scrolled off it. */
  everything() { return this.tmux('capture-pane', '-p', '-J', '-S', '-'); }

  /** The screen once it has `pattern`, or with `absent` once it has it no more. */
  async until(pattern, { absent = false } = {}) {
    for (let waited = 0; waited < WAIT_MS_MAX; waited += LOOK_MS) {
      const screen = this.screen();
      if (pattern.test(screen) !== absent) return screen;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`the screen ${absent ? 'still has' : 'never had'} ${pattern}:\n${this.screen()}`);
  }

  /** The exit code of the program, once it has ended. */
  async ended() {
    for (let waited = 0; waited < WAIT_MS_MAX; waited += LOOK_MS) {
      if (existsSync(this.#code)) return Number(readFileSync(this.#code, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`still runs:\n${this.screen()}`);
  }
}
