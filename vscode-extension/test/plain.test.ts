// The other parts that need no editor: the timeline's model, configurations, programs, the protocol's client.
import assert from 'node:assert';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { WebSocketServer } from 'ws';
import { CdpClient, WAITING_MAX } from '../src/plain/cdp';
import { duration, fileName, siteOf } from '../src/plain/format';
import { completed, currentFile, initialConfigurations, inspectorOf } from '../src/plain/launch';
import { findProgram } from '../src/plain/programs';
import type { Callback } from '../src/plain/protocol';
import { CALLBACKS_MAX, LANES, Recording, laneOf, markStepUs, turnsOf } from '../src/plain/timeline';

test('durations are read at a glance', () => {
  assert.deepStrictEqual([0, 999, 3210, 184_400, 2_410_000, 61_000_000].map(duration), ['0 µs', '999 µs', '3.2 ms', '184 ms', '2.41 s', '61.0 s']);
});

test('names of files, also of addresses', () => {
  assert.deepStrictEqual(['file:///a/b%20c.js?x=1', '/a/d.ts', 'node:fs'].map(fileName), ['b c.js', 'd.ts', 'node:fs']);
});

test('places inside the runtime are passed over', () => {
  const site = { url: 'file:///a.js', lineNumber: 1, columnNumber: 0, functionName: '' };
  assert.strictEqual(siteOf({ scheduledBy: [{ ...site, url: 'node:timers' }, site] }), site);
  assert.strictEqual(siteOf({ definition: { ...site, url: 'node:net' } }), undefined);
});

const ran = (seq: number, turn = 1, startedAt = seq * 100): Callback => ({ id: `${seq}`, kind: 'timeout', phase: 'timers', turn, seq, chainId: '1', startedAt, durationUs: 50 });

test('a recording takes histories that overlap, newest first, once each', () => {
  const recording = new Recording();
  recording.add([ran(3), ran(2), ran(1)]);
  recording.add([ran(5), ran(4), ran(3)]);
  assert.deepStrictEqual(recording.between(0, 1000).map(({ seq }) => seq), [1, 2, 3, 4, 5]);
  assert.deepStrictEqual(recording.between(240, 310).map(({ seq }) => seq), [2, 3]);
  assert.strictEqual(recording.endUs, 550);
});

test('a recording keeps only so many', () => {
  const recording = new Recording();
  recording.add(Array.from({ length: CALLBACKS_MAX + 3 }, (_, index) => ran(index + 1)));
  assert.strictEqual(recording.between(0, Infinity).length, CALLBACKS_MAX);
});

test('callbacks of one turn are one block, and every kind has a lane', () => {
  assert.deepStrictEqual(turnsOf([ran(1, 1), ran(2, 1), ran(3, 2)]), [{ turn: 1, startUs: 100, endUs: 250 }, { turn: 2, startUs: 300, endUs: 350 }]);
  assert.deepStrictEqual(['timeout', 'read', 'fs', 'immediate', 'microtask', 'signal'].map((kind) => LANES[laneOf(kind)]?.name),
    ['timers', 'network', 'files', 'immediates', 'ticks', 'other']);
});

test('marks of time are round numbers', () => {
  assert.deepStrictEqual([markStepUs(5000, 90), markStepUs(1, 90), markStepUs(12, 90)], [500_000, 100, 2000]);
});

test('where the JavaScript debugger attaches to', () => {
  const given = [{ port: 9229 }, { port: '9230', address: 'localhost' }, { websocketAddress: 'ws://127.0.0.1:9231/uuid' }, { port: '${command:pick}' }, { processId: '7' }];
  assert.deepStrictEqual(given.map(inspectorOf), ['127.0.0.1:9229', 'localhost:9230', '127.0.0.1:9231', undefined, undefined]);
});

test('F5 without a configuration runs the file in the editor', () => {
  const none = { type: '', request: '', name: '' };
  assert.deepStrictEqual(completed(none, 'typescript'), currentFile());
  assert.match((completed(none, 'markdown') as { problem: string }).problem, /Open a JavaScript/);
  assert.match((completed({ type: 'rondo', request: 'launch', name: 'x' }, undefined) as { problem: string }).problem, /“x” has no “program”/);
  assert.deepStrictEqual(completed({ type: 'rondo', request: 'attach', name: 'x' }, undefined), { type: 'rondo', request: 'attach', name: 'x', port: 9229 });
});

test('the first launch.json takes the program from package.json', () => {
  assert.strictEqual(initialConfigurations('server.js')[0]?.['program'], '${workspaceFolder}/server.js');
  assert.strictEqual(initialConfigurations(undefined)[0]?.['program'], '${file}');
});

test('programs: the setting first, then the extension, then the PATH; what is wrong is said', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rondo-programs-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const folder of ['set', 'bundled', 'path']) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'rondo'), '');
    chmodSync(join(root, folder, 'rondo'), 0o755);
  }
  writeFileSync(join(root, 'set', 'rondo-dap'), '');
  const places = { setting: '', bundled: join(root, 'bundled'), path: `/nowhere:${join(root, 'path')}` };
  assert.deepStrictEqual(findProgram('rondo', places), { file: join(root, 'bundled', 'rondo') });
  assert.deepStrictEqual(findProgram('rondo', { ...places, bundled: '/none' }), { file: join(root, 'path', 'rondo') });
  assert.deepStrictEqual(findProgram('rondo', { ...places, setting: join(root, 'set') }), { file: join(root, 'set', 'rondo') });
  assert.deepStrictEqual(findProgram('rondo', { ...places, setting: join(root, 'set', 'rondo') }), { file: join(root, 'set', 'rondo') });
  const problem = (found: ReturnType<typeof findProgram>): string => ('problem' in found ? found.problem : '');
  assert.match(problem(findProgram('rondo-dap', { ...places, setting: join(root, 'set') })), /rondo\.path says “.*set”/, 'not executable');
  assert.match(problem(findProgram('rondo-lsp', places)), /neither inside the extension nor on the PATH/);
});

async function server(t: { after: (fn: () => void) => void }, answer: (message: { id: number; method: string }) => object | undefined): Promise<{ client: CdpClient; server: WebSocketServer }> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  sockets.on('connection', (socket) => socket.on('message', (data) => {
    const reply = answer(JSON.parse(String(data)) as { id: number; method: string });
    if (reply) socket.send(JSON.stringify(reply));
  }));
  await new Promise((resolve) => sockets.once('listening', resolve));
  const { port } = sockets.address() as { port: number };
  const client = await CdpClient.connect(`ws://127.0.0.1:${port}`);
  t.after(() => { client.close(); sockets.close(); });
  return { client, server: sockets };
}

test('the client matches answers and errors by id, and hands on events', async (t) => {
  const { client, server: sockets } = await server(t, ({ id, method }) => (method === 'no' ? { id, error: { message: 'unknown' } } : { id, result: { method } }));
  assert.deepStrictEqual(await Promise.all([client.send('a'), client.send('b')]), [{ method: 'a' }, { method: 'b' }]);
  await assert.rejects(client.send('no'), /unknown/);
  const event = new Promise((resolve) => client.once('event', (method, params) => resolve([method, params])));
  for (const socket of sockets.clients) socket.send('{"method":"EventLoop.stateChanged","params":{"turn":1}}');
  assert.deepStrictEqual(await event, ['EventLoop.stateChanged', { turn: 1 }]);
});

test('what waits when the connection ends is refused, and only so much may wait', async (t) => {
  const { client, server: sockets } = await server(t, () => undefined);
  const waiting = Array.from({ length: WAITING_MAX }, () => assert.rejects(client.send('never'), /closed/));
  await assert.rejects(client.send('one more'), /does not answer/);
  for (const socket of sockets.clients) socket.close();
  await Promise.all(waiting);
  await assert.rejects(client.send('late'), /closed/);
});
