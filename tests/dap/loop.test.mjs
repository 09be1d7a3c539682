// Debugging the loop with an editor that knows only the protocol, and with one that knows our requests.
import assert from 'node:assert';
import test from 'node:test';
import { adapter, checkTranscript, fixture } from './adapter.mjs';

const callbacks = fixture('callbacks.js');
const ticking = fixture('ticking.js');
const thread = { threadId: 1 };

test('callback to callback across timer, file and socket: the golden conversation', async (context) => {
  const client = adapter(context);
  await client.launch({ program: callbacks.path, stopOnEntry: true });
  await client.stopped();
  for (const [kind, mark] of [['timeout', 'timer'], ['fs', 'file'], ['read', 'data']]) {
    await client.request('loop/stepCallback', { filter: { kinds: [kind] } });
    const stop = await client.stopped();
    assert.strictEqual(stop.reason, 'step');
    assert.match(stop.text, kind === 'timeout' ? /setTimeout callback/ : new RegExp(`${kind} callback`));
    assert.strictEqual((await client.top()).line, callbacks.line(mark));
  }
  await client.request('continue', thread);
  await client.event('terminated');
  checkTranscript(client, 'callbacks');
});

test('next past the end of a callback stops in the next one', async (context) => {
  const client = adapter(context);
  await client.launch({ program: callbacks.path }, { breakpoints: { [callbacks.path]: [callbacks.line('timer')] } });
  await client.stopped();
  const names = [];
  for (let steps = 0; steps < 6 && !names.includes('onFile'); steps++) {
    await client.request('next', thread);
    await client.stopped();
    names.push((await client.top()).name);
  }
  assert.deepStrictEqual(names.at(-1), 'onFile', `${names}`);
});

test('the filter loop:timers stops an editor that knows nothing of event loops', async (context) => {
  const client = adapter(context);
  const { filters } = await client.launch({ program: callbacks.path }, { filters: [{ filterId: 'loop:timers', condition: "kind === 'timeout'" }, 'loop:io'] });
  assert.deepStrictEqual(filters.map(({ verified }) => verified), [true, true]);
  const stop = await client.stopped();
  assert.strictEqual(stop.reason, 'function breakpoint');
  assert.match(stop.text, /^timers · setTimeout callback #\d+ · scheduled at callbacks\.js:5/);
  assert.strictEqual((await client.top()).line, callbacks.line('timer'));
  await client.request('setExceptionBreakpoints', { filters: [], filterOptions: [] });
  await client.request('continue', thread);
  await client.event('terminated');
  checkTranscript(client, 'filters');
});

test('function breakpoints are event patterns, or functions', async (context) => {
  const client = adapter(context);
  const { functions } = await client.launch({ program: callbacks.path }, { functions: [{ name: 'fs:*' }, { name: 'noSuchThing' }] });
  assert.deepStrictEqual(functions.map(({ verified }) => verified), [true, false]);
  assert.match(functions[1].message, /neither an event/);
  await client.stopped();
  assert.strictEqual((await client.top()).name, 'onFile');
  await client.request('setFunctionBreakpoints', { breakpoints: [] });
});

test('the scope Event loop says what runs, who scheduled it, and why the process lives', async (context) => {
  const client = adapter(context);
  await client.launch({ program: ticking.path }, { breakpoints: { [ticking.path]: [ticking.line('tick')] } });
  await client.stopped();
  const scope = await client.scope('Event loop');
  assert.strictEqual(scope.phase.value, 'timers');
  assert.match(scope.callback.value, /^interval #\d+/);
  assert.match(scope['scheduled by'].value, /ticking\.js:3/);
  assert.match(scope['kept alive by'].value, /timeout of 1000000 ms, started at ticking\.js:6/);
  const state = await client.request('loop/state');
  assert.strictEqual(state.phase, 'timers');
  assert.ok((await client.request('loop/history', { limit: 5 })).callbacks.length > 0);
  assert.ok(Array.isArray((await client.request('loop/queues')).queues));
  assert.ok((await client.request('loop/chain')).callbacks.length > 0);
});

test('a pause between callbacks has no frame of the program and evaluates', async (context) => {
  const client = adapter(context);
  await client.launch({ program: ticking.path });
  await client.request('loop/pauseBetween', { at: 'boundary' });
  const stop = await client.stopped();
  assert.match(stop.description, /between callbacks/);
  assert.match(await client.evaluate('process.pid > 0', { context: 'repl' }), /true/);
  assert.strictEqual((await client.scope('Event loop'))['next'] !== undefined, true);
  await client.request('next', thread);
  await client.stopped();
  assert.strictEqual((await client.top()).name, 'tick');
});

test('step in at a line that schedules can enter the callback', async (context) => {
  const client = adapter(context);
  await client.launch({ program: callbacks.path }, { breakpoints: { [callbacks.path]: [callbacks.line('timer')] } });
  await client.stopped();
  const frame = await client.top();
  const { targets } = await client.request('stepInTargets', { frameId: frame.id });
  const target = targets.find(({ label }) => label.startsWith('the callback of readFile'));
  assert.ok(target, JSON.stringify(targets));
  await client.request('stepIn', { threadId: 1, targetId: target.id });
  await client.stopped();
  assert.strictEqual((await client.top()).name, 'onFile');
  const labels = (await client.stack()).filter(({ presentationHint }) => presentationHint === 'label').map(({ name }) => name);
  assert.ok(labels.length > 0, 'the asynchronous parents are labelled');
});
