// The loop over the inspector's own protocol: a second socket, or the connection that js-debug shares by its CDP proxy.
import * as vscode from 'vscode';
import { CdpClient } from '../plain/cdp';
import type { Callback, LoopState, Queue, Stall } from '../plain/protocol';
import type { LoopSource, Position } from './source';

/** Past callbacks that the runtime keeps for the timeline. */
const HISTORY_MAX = 4096;

export class InspectorSource implements LoopSource {
  readonly #state = new vscode.EventEmitter<LoopState>();
  readonly #stall = new vscode.EventEmitter<Stall>();
  readonly #stopOrGo = new vscode.EventEmitter<'stopped' | 'running'>();
  readonly #end = new vscode.EventEmitter<void>();
  readonly onState = this.#state.event;
  readonly onStall = this.#stall.event;
  readonly onStopOrGo = this.#stopOrGo.event;
  readonly onEnd = this.#end.event;

  /** The target itself: `ws://HOST:PORT/UUID`. */
  static async connect(id: string, name: string, url: string): Promise<InspectorSource> {
    const source = new InspectorSource(id, name, await CdpClient.connect(url), new URL(url).host);
    await source.#start(['Debugger.enable', 'EventLoop.enable']);
    return source;
  }

  /** Beside js-debug: one connection for both, so that a step of ours stops in its session. */
  static async share(id: string, name: string, proxy: { host: string; port: number; path: string }, address: string | undefined): Promise<InspectorSource> {
    const source = new InspectorSource(id, name, await CdpClient.connect(`ws://${proxy.host}:${proxy.port}${proxy.path}`), address);
    await source.#cdp.send('JsDebug.subscribe', { events: ['EventLoop.*', 'Debugger.paused', 'Debugger.resumed'] });
    await source.#start(['EventLoop.enable']);
    return source;
  }

  readonly #cdp: CdpClient;
  #beginsStopped = false;

  private constructor(readonly id: string, readonly name: string, cdp: CdpClient, readonly address: string | undefined) {
    this.#cdp = cdp;
    cdp.on('event', (method: string, params: unknown) => this.#receive(method, params));
    cdp.on('end', () => this.#end.fire());
  }

  async #start(commands: string[]): Promise<void> {
    try {
      for (const command of commands) await this.#cdp.send(command, command === 'EventLoop.enable' ? { history: HISTORY_MAX } : {});
      this.#beginsStopped = (await this.#cdp.send('EventLoop.getStatus') as { paused: boolean }).paused;
    } catch (error) {
      this.#cdp.close();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`This program does not show its event loop (is it run by Rondo?): ${reason}`);
    }
  }

  get beginsStopped(): boolean {
    return this.#beginsStopped;
  }

  #receive(method: string, params: unknown): void {
    if (method === 'EventLoop.stateChanged') this.#state.fire(params as LoopState);
    else if (method === 'EventLoop.stallDetected') this.#stall.fire((params as { stall: Stall }).stall);
    else if (/^(Debugger\.paused|EventLoop\.pausedBetween)$/.test(method)) this.#stopOrGo.fire('stopped');
    else if (/^(Debugger\.resumed|EventLoop\.resumedBetween)$/.test(method)) this.#stopOrGo.fire('running');
  }

  async state(): Promise<LoopState> {
    return await this.#cdp.send('EventLoop.getState') as LoopState;
  }

  async queues(): Promise<Queue[]> {
    return (await this.#cdp.send('EventLoop.getQueues') as { queues: Queue[] }).queues;
  }

  async history(limit: number): Promise<Callback[]> {
    return (await this.#cdp.send('EventLoop.getHistory', { limit }) as { callbacks: Callback[] }).callbacks;
  }

  async stepToNextCallback(): Promise<void> {
    await this.#cdp.send('EventLoop.stepToNextCallback');
  }

  async stepAlongChain(): Promise<void> {
    const { running } = await this.state();
    if (!running) throw new Error('No callback runs: stop in one first, then step along what it causes.');
    await this.#cdp.send('EventLoop.stepToNextCallback', { filter: { chainId: running.chainId } });
  }

  async pauseBetweenCallbacks(at: Position): Promise<void> {
    await this.#cdp.send('EventLoop.pauseBetweenCallbacks', { at });
  }

  async setStallBreakpoint(thresholdUs: number | undefined): Promise<void> {
    await this.#cdp.send('EventLoop.setStallBreakpoint', { thresholdUs: thresholdUs ?? null });
  }

  dispose(): void {
    this.#cdp.close();
    for (const emitter of [this.#state, this.#stall, this.#stopOrGo, this.#end]) emitter.dispose();
  }
}
