// The parts of the `EventLoop` domain that are drawn, as in inspector/protocol: lines and columns are 0-based, times are
// microseconds since the Unix epoch, names that end in `Us` are durations in microseconds, ids are decimal strings.

export type Phase = 'main' | 'timers' | 'pending' | 'poll' | 'check' | 'close';

export interface Site {
  url: string;
  lineNumber: number;
  columnNumber: number;
  functionName: string;
}

export interface Callback {
  id: string;
  kind: string;
  phase: Phase;
  turn: number;
  seq: number;
  chainId: string;
  resource?: string;
  triggerId?: string;
  scheduledAt?: number;
  readyAt?: number;
  startedAt?: number;
  durationUs?: number;
  queueUs?: number;
  definition?: Site;
  scheduledBy?: Site[];
}

export interface Timer {
  id: string;
  kind: string;
  dueInUs: number;
  durationMs: number;
  refed: boolean;
  scheduledBy?: Site[];
}

export interface Handle {
  kind: string;
  resource?: string;
  refed: boolean;
}

export interface Request {
  id: string;
  kind: string;
  resource?: string;
  scheduledBy?: Site[];
}

export interface LoopState {
  turn: number;
  phase: Phase;
  running?: Callback;
  timers: Timer[];
  handles: Handle[];
  requests: Request[];
  keepsAlive: string[];
  utilization: number;
  lag: { p50Us: number; p99Us: number; maxUs: number };
}

export interface Queue {
  phase: Phase;
  total: number;
  callbacks: Callback[];
}

export interface Stall {
  fingerprint: string;
  callback: Callback;
  chain: Callback[];
  request?: string;
  cause: { class: string; op?: string; detail?: string };
  line?: Site;
  samples: { stack: Site[]; atUs: number }[];
  skidUs: number;
  confidence: number;
  victims: { count: number; waitTotalUs: number; waitMaxUs: number; top: Callback[] };
}
