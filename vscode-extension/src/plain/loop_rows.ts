// The Event Loop view: one state and its queues in, rows out.
import { count, duration, kindName, namedPlace, siteOf } from './format';
import type { Row } from './node';
import type { Callback, Handle, LoopState, Phase, Queue, Request, Timer } from './protocol';

/** The order in which a turn goes through them. */
const PHASES: readonly Phase[] = ['timers', 'pending', 'poll', 'check', 'close'];

const PHASE_MEANING: Record<Phase, string> = {
  main: 'The main script, before the first turn.',
  timers: 'Callbacks of setTimeout and setInterval that are due.',
  pending: 'Completions that an earlier turn put off.',
  poll: 'Sockets, files, children, signals: waits for them when nothing else is to be done.',
  check: 'Callbacks of setImmediate.',
  close: 'Close events of handles.',
};

/** Rows shown of one list; the rest is counted. */
export const LIST_MAX = 200;

export function loopRows(state: LoopState, queues: Queue[]): Row[] {
  return [turnRow(state), ...PHASES.map((phase) => phaseRow(phase, state, queues)),
    timersRow(state.timers), requestsRow(state.requests), handlesRow(state.handles), aliveRow(state.keepsAlive)]
    .filter((row) => row !== undefined);
}

function turnRow(state: LoopState): Row {
  const { running, lag } = state;
  const site = running && siteOf(running);
  return {
    key: 'turn',
    label: state.turn === 0 ? 'Main script' : `Turn ${state.turn}`,
    description: running ? `${state.phase} · ${callbackText(running)}` : state.turn === 0 ? '' : `${state.phase} · waits`,
    tooltip: `Busy ${Math.round(state.utilization * 100)} % of the time since the last report.\n`
      + `Callbacks of the last 10 s started late by ${duration(lag.p50Us)} (p50), ${duration(lag.p99Us)} (p99), ${duration(lag.maxUs)} (longest).`,
    icon: running ? 'debug-stackframe-dot' : 'sync',
    ...(site && { site }),
  };
}

function phaseRow(phase: Phase, state: LoopState, queues: Queue[]): Row {
  const queue = queues.find((one) => one.phase === phase);
  const callbacks = queue?.callbacks ?? [];
  const total = queue?.total ?? 0;
  const here = state.phase === phase && state.turn > 0;
  return {
    key: `phase:${phase}`,
    label: phase,
    description: [here ? 'now' : '', total > 0 ? `${total} queued` : ''].filter(Boolean).join(' · '),
    tooltip: PHASE_MEANING[phase],
    icon: here ? 'arrow-right' : total > 0 ? 'circle-filled' : 'circle-outline',
    ...(here && { color: 'charts.yellow' }),
    ...(callbacks.length > 0 && { children: listed(callbacks, total, (one, index) => queuedRow(phase, one, index)) }),
    open: true,
  };
}

function queuedRow(phase: Phase, callback: Callback, index: number): Row {
  return { ...callbackRow(callback, `queue:${phase}:${callback.id}:${index}`), label: `${index + 1}. ${callbackText(callback)}` };
}

/** One callback as a row of either view. */
export function callbackRow(callback: Callback, key: string): Row {
  const site = siteOf(callback);
  const by = callback.scheduledBy?.[0];
  const facts = [
    `${kindName(callback.kind)} callback${callback.seq > 0 ? ` #${callback.seq}` : ''}, ${callback.phase} phase${callback.turn > 0 ? ` of turn ${callback.turn}` : ''}`,
    by && `scheduled by ${namedPlace(by)}`,
    callback.definition && `function ${namedPlace(callback.definition)}`,
    callback.durationUs !== undefined && `ran ${duration(callback.durationUs)}`,
    callback.queueUs !== undefined && `was ready and waited ${duration(callback.queueUs)}`,
  ];
  return {
    key,
    label: callbackText(callback),
    ...(site && { site, description: `by ${namedPlace(site)}` }),
    tooltip: facts.filter(Boolean).join('\n'),
    icon: kindIcon(callback.kind),
  };
}

function timersRow(timers: Timer[]): Row | undefined {
  if (timers.length === 0) return undefined;
  return {
    key: 'timers', label: 'Timers', description: String(timers.length), icon: 'watch', open: true,
    children: listed(timers, timers.length, timerRow),
  };
}

function timerRow(timer: Timer): Row {
  const site = siteOf(timer);
  const due = timer.dueInUs < 0 ? `${duration(-timer.dueInUs)} late` : `in ${duration(timer.dueInUs)}`;
  return {
    key: `timer:${timer.id}`,
    label: `${kindName(timer.kind)} ${timer.durationMs} ms`,
    description: [due, timer.refed ? '' : 'unref', site ? `by ${namedPlace(site)}` : ''].filter(Boolean).join(' · '),
    tooltip: timer.refed ? 'Keeps the process alive.' : 'Does not keep the process alive.',
    icon: timer.kind === 'interval' ? 'history' : 'watch',
    ...(timer.dueInUs < 0 && { color: 'charts.orange' }),
    ...(site && { site }),
  };
}

function requestsRow(requests: Request[]): Row | undefined {
  if (requests.length === 0) return undefined;
  return {
    key: 'requests', label: 'Requests', description: `${requests.length} in flight`, icon: 'cloud-download', open: true,
    tooltip: 'Work that was handed to the pool and has not come back.',
    children: listed(requests, requests.length, (request) => {
      const site = siteOf(request);
      return {
        key: `request:${request.id}`,
        label: [kindName(request.kind), request.resource].filter(Boolean).join(' '),
        ...(site && { site, description: `by ${namedPlace(site)}` }),
        icon: kindIcon(request.kind),
      };
    }),
  };
}

function handlesRow(handles: Handle[]): Row | undefined {
  if (handles.length === 0) return undefined;
  return {
    key: 'handles', label: 'Handles', description: `${handles.length} open`, icon: 'plug', open: false,
    children: listed(handles, handles.length, (handle, index) => ({
      key: `handle:${handle.kind}:${handle.resource ?? ''}:${index}`,
      label: handle.kind,
      description: [handle.resource, handle.refed ? '' : 'unref'].filter(Boolean).join(' · '),
      tooltip: handle.refed ? 'Keeps the process alive.' : 'Does not keep the process alive.',
      icon: 'plug',
    })),
  };
}

function aliveRow(reasons: string[]): Row {
  const none = reasons.length === 0;
  return {
    key: 'alive',
    label: none ? 'Nothing keeps the process alive' : 'Why the process lives',
    description: none ? 'it ends after this turn' : count(reasons.length, 'reason'),
    icon: none ? 'debug-stop' : 'pulse',
    open: false,
    ...(!none && { children: listed(reasons, reasons.length, (text, index) => ({ key: `alive:${index}`, label: text, icon: 'dash' })) }),
  };
}

function listed<T>(items: T[], total: number, row: (item: T, index: number) => Row): Row[] {
  const rows = items.slice(0, LIST_MAX).map(row);
  const more = total - rows.length;
  const last = rows.at(-1);
  if (more > 0 && last) rows.push({ key: `${last.key}:more`, label: `and ${more} more`, icon: 'ellipsis' });
  return rows;
}

function callbackText(callback: Callback): string {
  return [kindName(callback.kind), callback.resource].filter(Boolean).join(' ');
}

const KIND_ICONS: Record<string, string> = {
  timeout: 'watch', interval: 'history', immediate: 'check', accept: 'plug', connect: 'plug', listen: 'radio-tower', read: 'arrow-down',
  write: 'arrow-up', close: 'close', fs: 'file', dns: 'globe', crypto: 'lock', zlib: 'file-zip', child: 'server-process', signal: 'bell',
  stdio: 'terminal', message: 'mail', watch: 'eye', module: 'package', nextTick: 'redo', microtask: 'symbol-event', inspector: 'inspect',
};

function kindIcon(kind: string): string {
  return KIND_ICONS[kind] ?? 'circle-outline';
}
