// All loops that are watched now, which of them is shown, and what the views hear of it.
import * as vscode from 'vscode';
import type { LoopState, Stall } from '../plain/protocol';
import { Stalls } from '../plain/stall_rows';
import type { LoopSource } from './source';

interface Watched {
  source: LoopSource;
  stalls: Stalls;
  state?: LoopState;
  stopped: boolean;
  subscriptions: vscode.Disposable[];
}

/** `rondo.loop` in `when` clauses: whether a loop is shown. */
const CONTEXT = 'rondo.loop';
const BREAKS_CONTEXT = 'rondo.breaksOnStall';

export class Loops implements vscode.Disposable {
  readonly #watched = new Map<string, Watched>();
  readonly #change = new vscode.EventEmitter<void>();
  readonly #state = new vscode.EventEmitter<LoopState>();
  readonly #stall = new vscode.EventEmitter<Stall>();
  /** Another loop is shown, or none, or it stopped or went on. */
  readonly onChange = this.#change.event;
  readonly onState = this.#state.event;
  readonly onStall = this.#stall.event;
  #shown: Watched | undefined;
  #lastStalls = new Stalls();
  #stallBreakpointUs: number | undefined;

  add(source: LoopSource): void {
    const watched: Watched = { source, stalls: new Stalls(), stopped: source.beginsStopped, subscriptions: [] };
    watched.subscriptions.push(
      source.onState((state) => {
        watched.state = state;
        if (watched === this.#shown) this.#state.fire(state);
      }),
      source.onStall((stall) => {
        watched.stalls.add(stall);
        if (watched === this.#shown) this.#stall.fire(stall);
      }),
      source.onStopOrGo((now) => {
        watched.stopped = now === 'stopped';
        if (watched === this.#shown) this.#change.fire();
      }),
    );
    this.#watched.set(source.id, watched);
    this.show(source.id);
    if (this.#stallBreakpointUs !== undefined) source.setStallBreakpoint(this.#stallBreakpointUs).catch(() => undefined);
  }

  remove(id: string): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    this.#watched.delete(id);
    for (const one of watched.subscriptions) one.dispose();
    watched.source.dispose();
    if (watched === this.#shown) this.#setShown([...this.#watched.values()].at(-1));
  }

  get(id: string): LoopSource | undefined {
    return this.#watched.get(id)?.source;
  }

  /** Shows the loop with this id, if it is watched. */
  show(id: string): void {
    const watched = this.#watched.get(id);
    if (watched && watched !== this.#shown) this.#setShown(watched);
  }

  get shown(): LoopSource | undefined {
    return this.#shown?.source;
  }

  get state(): LoopState | undefined {
    return this.#shown?.state;
  }

  get isStopped(): boolean {
    return this.#shown?.stopped ?? false;
  }

  /** Of the shown loop; after its end, what it left. */
  get stalls(): Stalls {
    return this.#lastStalls;
  }

  /** Holds for all loops, also those to come. */
  async breakOnStall(thresholdUs: number | undefined): Promise<void> {
    this.#stallBreakpointUs = thresholdUs;
    await vscode.commands.executeCommand('setContext', BREAKS_CONTEXT, thresholdUs !== undefined);
    await Promise.all([...this.#watched.values()].map(({ source }) => source.setStallBreakpoint(thresholdUs)));
  }

  #setShown(watched: Watched | undefined): void {
    this.#shown = watched;
    if (watched) this.#lastStalls = watched.stalls;
    void vscode.commands.executeCommand('setContext', CONTEXT, watched !== undefined);
    this.#change.fire();
  }

  dispose(): void {
    for (const id of [...this.#watched.keys()]) this.remove(id);
    for (const emitter of [this.#change, this.#state, this.#stall]) emitter.dispose();
  }
}
