// What the timeline shows: the callbacks of the last minutes by lane, and which of them fall into a window of time.
import type { Callback } from './protocol';

/** Callbacks kept. */
export const CALLBACKS_MAX = 20_000;

export interface Lane {
  name: string;
  kinds: readonly string[];
  /** A theme colour, as a CSS variable of VS Code. */
  color: string;
}

export const LANES: readonly Lane[] = [
  { name: 'timers', kinds: ['timeout', 'interval'], color: '--vscode-charts-yellow' },
  { name: 'network', kinds: ['accept', 'connect', 'read', 'write', 'close', 'listen', 'dns'], color: '--vscode-charts-blue' },
  { name: 'files', kinds: ['fs', 'watch', 'zlib', 'crypto'], color: '--vscode-charts-green' },
  { name: 'immediates', kinds: ['immediate'], color: '--vscode-charts-purple' },
  { name: 'ticks', kinds: ['nextTick', 'microtask'], color: '--vscode-charts-orange' },
  { name: 'other', kinds: [], color: '--vscode-charts-foreground' },
];

export function laneOf(kind: string): number {
  const lane = LANES.findIndex(({ kinds }) => kinds.includes(kind));
  return lane === -1 ? LANES.length - 1 : lane;
}

export interface Turn {
  turn: number;
  startUs: number;
  endUs: number;
}

export class Recording {
  /** In the order they ran. */
  #callbacks: Callback[] = [];
  #lastSeq = 0;

  /** Takes a history, newest first as the protocol gives it, and adds what is new. */
  add(history: readonly Callback[]): void {
    const fresh = history.filter((one) => one.seq > this.#lastSeq && one.startedAt !== undefined).sort((a, b) => a.seq - b.seq);
    this.#callbacks.push(...fresh);
    this.#lastSeq = this.#callbacks.at(-1)?.seq ?? this.#lastSeq;
    if (this.#callbacks.length > CALLBACKS_MAX) this.#callbacks = this.#callbacks.slice(-CALLBACKS_MAX);
  }

  clear(): void {
    this.#callbacks = [];
    this.#lastSeq = 0;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get endUs(): number | undefined {
    const last = this.#callbacks.at(-1);
    return last && endOf(last);
  }

  /** All that ran, even in part, between the two times. */
  between(fromUs: number, toUs: number): Callback[] {
    return this.#callbacks.filter((one) => endOf(one) >= fromUs && (one.startedAt ?? 0) <= toUs);
  }
}

/** The turns that the callbacks belong to; the main script's are turn 0. */
export function turnsOf(callbacks: readonly Callback[]): Turn[] {
  const turns: Turn[] = [];
  for (const one of callbacks) {
    const last = turns.at(-1);
    if (last?.turn === one.turn) last.endUs = Math.max(last.endUs, endOf(one));
    else turns.push({ turn: one.turn, startUs: one.startedAt ?? 0, endUs: endOf(one) });
  }
  return turns;
}

export function endOf(callback: Callback): number {
  return (callback.startedAt ?? 0) + (callback.durationUs ?? 0);
}

/** Distances of marks that read well: at least `apartPx` pixels from each other. */
export function markStepUs(usPerPx: number, apartPx: number): number {
  const least = usPerPx * apartPx;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}
