// Where the views get the loop from: our debug adapter, or an inspector's socket beside another debugger.
import type * as vscode from 'vscode';
import type { Callback, LoopState, Queue, Stall } from '../plain/protocol';

export type Position = 'boundary' | 'phase' | 'turn';

export interface LoopSource extends vscode.Disposable {
  readonly id: string;
  readonly name: string;
  /** HOST:PORT of the inspector, once it is known. */
  readonly address: string | undefined;
  /** Whether the program stood still when it was attached to: no event tells of that. */
  readonly beginsStopped: boolean;
  readonly onState: vscode.Event<LoopState>;
  readonly onStall: vscode.Event<Stall>;
  /** The program stopped, or went on: what is shown is out of date. */
  readonly onStopOrGo: vscode.Event<'stopped' | 'running'>;
  state(): Promise<LoopState>;
  queues(): Promise<Queue[]>;
  /** The latest callbacks, at most `limit`. */
  history(limit: number): Promise<Callback[]>;
  stepToNextCallback(): Promise<void>;
  /** To the next callback that the same chain has caused as the one that runs. */
  stepAlongChain(): Promise<void>;
  pauseBetweenCallbacks(at: Position): Promise<void>;
  /** Pauses inside a callback that runs longer; `undefined` turns it off. */
  setStallBreakpoint(thresholdUs: number | undefined): Promise<void>;
}
