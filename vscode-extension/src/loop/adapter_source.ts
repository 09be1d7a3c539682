// The loop as rondo-dap tells it: custom requests and events of a debug session.
import * as vscode from 'vscode';
import type { Callback, LoopState, Queue, Stall } from '../plain/protocol';
import type { LoopSource, Position } from './source';

export class AdapterSource implements LoopSource {
  readonly #state = new vscode.EventEmitter<LoopState>();
  readonly #stall = new vscode.EventEmitter<Stall>();
  readonly #stopOrGo = new vscode.EventEmitter<'stopped' | 'running'>();
  readonly onState = this.#state.event;
  readonly onStall = this.#stall.event;
  readonly onStopOrGo = this.#stopOrGo.event;

  readonly beginsStopped = false;
  #address: string | undefined;

  constructor(readonly session: vscode.DebugSession) {}

  get id(): string {
    return this.session.id;
  }

  get address(): string | undefined {
    return this.#address;
  }

  get name(): string {
    return this.session.name;
  }

  /** An event of the adapter, custom or not. */
  receive(event: string, body: unknown): void {
    if (event === 'loop/target') this.#targetIs((body as { url: string }).url);
    else if (event === 'loop/stateChanged') this.#state.fire(body as LoopState);
    else if (event === 'loop/stall') this.#stall.fire(body as Stall);
    else if (event === 'stopped' || event === 'continued') this.#stopOrGo.fire(event === 'stopped' ? 'stopped' : 'running');
  }

  #targetIs(url: string): void {
    this.#address = new URL(url).host;
    this.#stopOrGo.fire('running');
  }

  async state(): Promise<LoopState> {
    return await this.session.customRequest('loop/state', {}) as LoopState;
  }

  async queues(): Promise<Queue[]> {
    return (await this.session.customRequest('loop/queues', {}) as { queues: Queue[] }).queues;
  }

  async history(limit: number): Promise<Callback[]> {
    return (await this.session.customRequest('loop/history', { limit }) as { callbacks: Callback[] }).callbacks;
  }

  async stepToNextCallback(): Promise<void> {
    await this.session.customRequest('loop/stepCallback', {});
  }

  async stepAlongChain(): Promise<void> {
    await this.session.customRequest('loop/stepCallback', { chain: true });
  }

  async pauseBetweenCallbacks(at: Position): Promise<void> {
    await this.session.customRequest('loop/pauseBetween', { at });
  }

  async setStallBreakpoint(thresholdUs: number | undefined): Promise<void> {
    await this.session.customRequest('loop/setStallBreakpoint', { thresholdUs: thresholdUs ?? null });
  }

  dispose(): void {
    for (const emitter of [this.#state, this.#stall, this.#stopOrGo]) emitter.dispose();
  }
}
