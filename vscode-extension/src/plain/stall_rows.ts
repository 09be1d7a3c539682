// The Stalls view: what was reported in, rows out; stalls at the same line are one row, however the program came there.
import { count, duration, isUsers, namedPlace, place, siteOf } from './format';
import { callbackRow } from './loop_rows';
import type { Row } from './node';
import type { Callback, Site, Stall } from './protocol';

/** Lines kept; the one that was longest ago goes first. */
export const STALLS_MAX = 100;

interface Group {
  longest: Stall;
  /** The longest that the program itself was to blame for, if there was one: it says the cause. */
  telling: Stall;
  times: number;
}

/** All stalls of one session, longest first. */
export class Stalls {
  readonly #groups = new Map<string, Group>();

  add(stall: Stall): void {
    const key = keyOf(stall);
    const group = this.#groups.get(key);
    this.#groups.delete(key);
    this.#groups.set(key, {
      longest: group && lengthUs(group.longest) >= lengthUs(stall) ? group.longest : stall,
      telling: group && tellsMore(group.telling, stall) ? group.telling : stall,
      times: (group?.times ?? 0) + 1,
    });
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > STALLS_MAX && oldest !== undefined) this.#groups.delete(oldest);
  }

  clear(): void {
    this.#groups.clear();
  }

  get size(): number {
    return this.#groups.size;
  }

  rows(): Row[] {
    return [...this.#groups].sort(([, a], [, b]) => lengthUs(b.longest) - lengthUs(a.longest)).map(([key, group]) => stallRow(key, group));
  }
}

/** Whether the first of two says as much of the program as the second. */
function tellsMore(one: Stall, other: Stall): boolean {
  const isItsOwn = ({ cause }: Stall): boolean => cause.class !== 'external' && cause.class !== 'unknown';
  return isItsOwn(one) === isItsOwn(other) ? lengthUs(one) >= lengthUs(other) : isItsOwn(one);
}

/** The same line may be reached by other callbacks and for other causes, with a fingerprint each: a reader sees the line. */
function keyOf(stall: Stall): string {
  const line = guiltyLine(stall);
  return line ? `${line.url}:${line.lineNumber}` : stall.fingerprint;
}

function stallRow(key: string, { longest, telling: stall, times }: Group): Row {
  const line = guiltyLine(stall);
  const length = duration(lengthUs(longest));
  const often = times > 1 ? `${times}×, longest ${length}` : length;
  return {
    key: `stall:${key}`,
    label: line ? place(line) : `${stall.callback.kind} callback`,
    description: [often, causeText(stall), victimsText(stall)].filter(Boolean).join(' · '),
    tooltip: [
      `The loop stood still for ${length}${times > 1 ? `, the longest of ${times} times` : ''}.`,
      line ? `In ${namedPlace(line)}, confidence ${Math.round(stall.confidence * 100)} %, samples at most ${duration(stall.skidUs)} late.` : '',
      `Cause: ${causeText(stall)}.`,
      stall.request && `Request: ${stall.request}.`,
    ].filter(Boolean).join('\n'),
    icon: 'flame',
    color: lengthUs(longest) >= 1_000_000 ? 'charts.red' : 'charts.orange',
    context: 'stall',
    ...(line && { site: line }),
    children: [schedulerRow(key, stall.callback), stackRow(key, stall), chainRow(key, stall.chain), victimsRow(key, stall)].filter((row) => row !== undefined),
  };
}

function schedulerRow(key: string, callback: Callback): Row {
  const row = callbackRow(callback, `stall:${key}:callback`);
  const site = siteOf(callback);
  return { ...row, label: `in ${row.label} callback`, description: site ? `scheduled by ${namedPlace(site)}` : callback.phase };
}

function stackRow(key: string, stall: Stall): Row | undefined {
  const stack = stall.samples[0]?.stack ?? [];
  if (stack.length === 0) return undefined;
  return {
    key: `stall:${key}:stack`, label: 'Stack', description: `1 of ${count(stall.samples.length, 'sample')}`, icon: 'layers',
    children: stack.map((site, index) => siteRow(site, `stall:${key}:stack:${index}`)),
  };
}

function siteRow(site: Site, key: string): Row {
  return { key, label: site.functionName || '(anonymous)', description: place(site), icon: 'debug-stackframe', ...(isUsers(site) && { site }) };
}

function chainRow(key: string, chain: Callback[]): Row | undefined {
  if (chain.length === 0) return undefined;
  return {
    key: `stall:${key}:chain`, label: 'Caused by', description: count(chain.length, 'callback'), icon: 'type-hierarchy-super',
    children: chain.map((one, index) => callbackRow(one, `stall:${key}:chain:${index}`)),
  };
}

function victimsRow(key: string, { victims }: Stall): Row {
  const none = victims.count === 0;
  return {
    key: `stall:${key}:victims`,
    label: none ? 'Nobody waited' : 'Victims',
    description: none ? '' : `${victims.count} waited ${duration(victims.waitTotalUs)} together, ${duration(victims.waitMaxUs)} at most`,
    icon: none ? 'pass' : 'warning',
    ...(victims.top.length > 0 && {
      children: victims.top.map((one, index) => {
        const row = callbackRow(one, `stall:${key}:victim:${index}`);
        return { ...row, description: [one.queueUs === undefined ? '' : `waited ${duration(one.queueUs)}`, row.description].filter(Boolean).join(' · ') };
      }),
    }),
  };
}

/** The innermost line that the user can open. */
export function guiltyLine(stall: Stall): Site | undefined {
  if (stall.line && isUsers(stall.line)) return stall.line;
  return stall.samples.flatMap(({ stack }) => stack).find(isUsers) ?? stall.line;
}

export function causeText({ cause }: Stall): string {
  const CLASS: Record<string, string> = {
    js: 'JavaScript that computes', builtin: 'a builtin of the engine', native: 'a synchronous operation', gc: 'garbage collection',
    nextTick: 'nextTicks that feed themselves', microtask: 'microtasks that feed themselves', load: 'loading modules',
    turn: 'many short callbacks in one turn', external: 'the machine, not the code', unknown: 'unknown',
  };
  const name = cause.op ?? CLASS[cause.class] ?? cause.class;
  return cause.detail ? `${name} (${cause.detail})` : name;
}

export function lengthUs(stall: Stall): number {
  return stall.callback.durationUs ?? 0;
}

function victimsText({ victims }: Stall): string {
  return victims.count === 0 ? '' : count(victims.count, 'victim');
}
