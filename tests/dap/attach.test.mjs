// Attaching to what runs, leaving it alive, and losing it.
import assert from 'node:assert';
import test from 'node:test';
import { DapClient } from '../lib/dap.mjs';
import { program, start, startInspected } from '../lib/rondo.mjs';
import { adapter, checkTranscript, fixture } from './adapter.mjs';

const ticking = fixture('ticking.js');

test('attach by port, stop, detach: the program lives on; the golden conversation', async (context) => {
  const running = await startInspected([ticking.path]);
  context.after(() => running.stop());
  const client = adapter(context);
  const port = Number(running.address.split(':')[1]);
  await client.launch({ port }, { how: 'attach', breakpoints: { [ticking.path]: [ticking.line('tick')] } });
  await client.stopped();
  assert.strictEqual((await client.top()).name, 'tick');
  await client.request('disconnect');
  await client.exit;
  // The program runs: it may stop, and its script may become known, before or after the next answers.
  const anytime = ({ message }) => message.event === 'stopped' || message.event === 'breakpoint' ||
    (message.command === 'setBreakpoints' && message.type === 'response');
  checkTranscript({ log: client.log.filter((entry) => !anytime(entry)) }, 'attach');
  assert.strictEqual(running.child.exitCode, null);
  const again = adapter(context);
  await again.launch({ url: running.url }, { how: 'attach' });
  assert.match(await again.evaluate('process.uptime()', { context: 'repl' }), /^\d/);
});

test('a target that vanishes while it is paused ends the session, not the adapter', async (context) => {
  const running = await startInspected([ticking.path]);
  const client = adapter(context);
  await client.launch({ port: Number(running.address.split(':')[1]) }, { how: 'attach', breakpoints: { [ticking.path]: [ticking.line('tick')] } });
  await client.stopped();
  const asked = client.ask('evaluate', { expression: 'while (true);', context: 'repl' });
  await running.stop();
  assert.strictEqual((await asked).success, false);
  await client.event('terminated');
  assert.match((await client.ask('stackTrace', { threadId: 1 })).message, /ended/);
  assert.strictEqual((await client.ask('disconnect')).success, true);
});

test('attach by process id opens the inspector by a signal', async (context) => {
  const running = start(program(), ['-e', "console.log('up'); setInterval(() => {}, 20)"]);
  context.after(() => running.stop());
  await running.until(/up/);
  const client = adapter(context);
  await client.request('initialize', { adapterID: 'any' });
  const response = await client.ask('attach', { processId: String(running.child.pid) });
  // Somebody else on this machine may own the port; then the answer says so.
  if (!response.success) return assert.match(response.message, /belongs to process|no inspector|in use/);
  assert.strictEqual(await client.evaluate('process.pid', { context: 'repl' }), String(running.child.pid));
});

test('what cannot be attached to says why', async (context) => {
  const client = adapter(context);
  await client.request('initialize', { adapterID: 'any' });
  const why = async (args) => (await client.ask('attach', args)).message;
  assert.match(await why({ port: 1 }), /nobody listens there/);
  assert.match(await why({ port: 'many' }), /not a number/);
  assert.match(await why({ processId: 2 ** 30 }), /cannot send SIGUSR1/);
  assert.match(await why({ url: 'ws://127.0.0.1:1/x' }), /no inspector/);
});

test('over TCP one adapter serves several sessions', async (context) => {
  const server = start(program('rondo-dap'), ['--listen', '0']);
  context.after(() => server.stop());
  const [, port] = await server.until(/listening on .*:(\d+)/);
  const clients = await Promise.all([DapClient.connect(port), DapClient.connect(port)]);
  await Promise.all(clients.map((client) => client.launch({ program: ticking.path, stopOnEntry: true })));
  await Promise.all(clients.map((client) => client.stopped()));
  await Promise.all(clients.map((client) => client.request('disconnect')));
});
