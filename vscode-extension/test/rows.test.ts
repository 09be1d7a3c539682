// The rows of both views: a state in, an outline out.
import assert from 'node:assert';
import test from 'node:test';
import { LIST_MAX, loopRows } from '../src/plain/loop_rows';
import type { Row } from '../src/plain/node';
import type { Callback, LoopState, Site, Stall } from '../src/plain/protocol';
import { STALLS_MAX, Stalls } from '../src/plain/stall_rows';

const site = (line: number, functionName = 'poll'): Site => ({ url: 'file:///srv/app.js', lineNumber: line - 1, columnNumber: 2, functionName });

function callback(kind: string, more: Partial<Callback> = {}): Callback {
  return { id: '7', kind, phase: 'timers', turn: 3, seq: 0, chainId: '1', ...more };
}

const idle: LoopState = {
  turn: 3, phase: 'poll', timers: [], handles: [], requests: [], keepsAlive: [], utilization: 0.1, lag: { p50Us: 120, p99Us: 3200, maxUs: 41_000 },
};

function outline(rows: Row[], indent = ''): string {
  return rows.map((row) => `${indent}${[row.label, row.description].filter(Boolean).join(' | ')}\n${outline(row.children ?? [], `${indent}  `)}`).join('');
}

function check(rows: Row[], expected: string): void {
  const lines = expected.split('\n').slice(1, -1);
  const margin = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
  assert.strictEqual(outline(rows).trimEnd(), lines.map((line) => line.slice(margin)).join('\n'));
}

test('phases show what is queued, in order, with who scheduled it', () => {
  const queues = [{ phase: 'timers' as const, total: 2, callbacks: [
    callback('timeout', { scheduledBy: [site(12)] }), callback('interval', { id: '8', definition: site(20, '') })] }];
  const state: LoopState = { ...idle,
    timers: [{ id: '7', kind: 'timeout', dueInUs: -3200, durationMs: 100, refed: false, scheduledBy: [site(12)] }],
    requests: [{ id: '9', kind: 'fs', resource: '/srv/data.json', scheduledBy: [site(4, '')] }],
    handles: [{ kind: 'server', resource: '127.0.0.1:80', refed: true }],
    keepsAlive: ['server on 127.0.0.1:80'] };
  check(loopRows(state, queues), `
    Turn 3 | poll · waits
    timers | 2 queued
      1. setTimeout | by poll() app.js:12
      2. setInterval | by app.js:20
    pending
    poll | now
    check
    close
    Timers | 1
      setTimeout 100 ms | 3.2 ms late · unref · by poll() app.js:12
    Requests | 1 in flight
      fs /srv/data.json | by app.js:4
    Handles | 1 open
      server | 127.0.0.1:80
    Why the process lives | 1 reason
      server on 127.0.0.1:80
  `);
});

test('the running callback is on top, and a process that nothing holds says so', () => {
  check(loopRows({ ...idle, phase: 'timers', running: callback('timeout') }, []), `
    Turn 3 | timers · setTimeout
    timers | now
    pending
    poll
    check
    close
    Nothing keeps the process alive | it ends after this turn
  `);
});

test('long lists are cut, and the rest is counted', () => {
  const callbacks = Array.from({ length: LIST_MAX + 5 }, (_, index) => callback('immediate', { id: String(index) }));
  const check = loopRows(idle, [{ phase: 'check', total: 1000, callbacks }]).find(({ label }) => label === 'check');
  assert.strictEqual(check?.children?.length, LIST_MAX + 1);
  assert.strictEqual(check.children.at(-1)?.label, `and ${1000 - LIST_MAX} more`);
});

test('keys are unique, or VS Code refuses the tree', () => {
  const state: LoopState = { ...idle, handles: [{ kind: 'pipe', refed: true }, { kind: 'pipe', refed: true }], keepsAlive: ['a', 'a'] };
  const twice = [callback('timeout'), callback('timeout')];
  const keys: string[] = [];
  const walk = (rows: Row[]): void => rows.forEach((row) => { keys.push(row.key); walk(row.children ?? []); });
  walk(loopRows(state, [{ phase: 'timers', total: 9, callbacks: twice }]));
  assert.strictEqual(new Set(keys).size, keys.length);
});

function stall(durationMs: number, fingerprint = 'a', line = 9): Stall {
  return {
    fingerprint, callback: callback('timeout', { durationUs: durationMs * 1000, scheduledBy: [site(3, 'start')] }), chain: [callback('read', { scheduledBy: [site(1, '')] })],
    cause: { class: 'native', op: 'fs.readFileSync' }, line: site(line, 'load'), samples: [{ stack: [site(9, 'load'), site(5, 'start')], atUs: 0 }], skidUs: 90, confidence: 0.9,
    victims: { count: 2, waitTotalUs: 310_000, waitMaxUs: 180_000, top: [callback('accept', { queueUs: 180_000 })] },
  };
}

test('stalls at one line are one row, longest first, with scheduler, chain and victims', () => {
  const stalls = new Stalls();
  for (const one of [stall(120), stall(184, 'another way to the same line'), stall(90), stall(2400, 'b', 20)]) stalls.add(one);
  const rows = stalls.rows();
  check(rows.slice(1), `
    app.js:9 | 3×, longest 184 ms · fs.readFileSync · 2 victims
      in setTimeout callback | scheduled by start() app.js:3
      Stack | 1 of 1 sample
        load | app.js:9
        start | app.js:5
      Caused by | 1 callback
        read | by app.js:1
      Victims | 2 waited 310 ms together, 180 ms at most
        accept | waited 180 ms
  `);
  assert.deepStrictEqual(rows.map(({ site: at }) => at?.lineNumber), [19, 8]);
});

test('what the machine did does not hide what the line does', () => {
  const stalls = new Stalls();
  for (const one of [stall(120), { ...stall(900, 'b'), cause: { class: 'external' } }, { ...stall(300), cause: { class: 'unknown' } }]) stalls.add(one);
  assert.strictEqual(stalls.rows()[0]?.description, '3×, longest 900 ms · fs.readFileSync · 2 victims');
});

test('only so many different stalls are kept', () => {
  const stalls = new Stalls();
  for (let index = 0; index <= STALLS_MAX; index++) stalls.add(stall(60, 'a', index + 1));
  assert.strictEqual(stalls.size, STALLS_MAX);
});

test('a stall inside the runtime points to the innermost line of the user', () => {
  const inside = { ...stall(80), line: { ...site(1), url: 'node:fs' } };
  const stalls = new Stalls();
  stalls.add(inside);
  assert.strictEqual(stalls.rows()[0]?.site?.lineNumber, 8);
});
