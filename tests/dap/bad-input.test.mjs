// Everything that an editor, a user or a program can do wrong: an answer that says whose fault it is, and a session
// that goes on.
import assert from 'node:assert';
import test from 'node:test';
import { adapter, checkTranscript, fixture } from './adapter.mjs';

const sums = fixture('sums.js');

test('messages out of order, unknown or broken are answered: the golden conversation', async (context) => {
  const client = adapter(context);
  await client.ask('threads');
  await client.ask('launch', { program: sums.path });
  await client.request('initialize', { unknownField: { x: 1 } });
  await client.ask('initialize', {});
  await client.ask('stackTrace', { threadId: 1 });
  await client.ask('launch', { program: 7 });
  await client.ask('launch', {});
  await client.ask('launch', { program: '/no/such/program.js' });
  await client.ask('launch', { program: sums.path, cwd: '/no/such/folder' });
  await client.ask('launch', { program: sums.path, runtimeExecutable: '/no/such/runtime' });
  await client.ask('launch', { program: sums.path, console: 'integratedTerminal' });
  await client.ask('restart', {});
  await client.ask('noSuchRequest', {});
  await client.ask('cancel', { requestId: 9999 });
  await client.ask('loop/state', {});
  await client.request('launch', { program: sums.path, stopOnEntry: true, unknownField: 1 });
  await client.event('initialized');
  await client.ask('launch', { program: sums.path });
  await client.ask('next', { threadId: 1 });
  await client.ask('configurationDone');
  await client.stopped();
  await client.ask('scopes', { frameId: 12345 });
  await client.ask('variables', { variablesReference: 12345 });
  await client.ask('setBreakpoints', { source: {}, breakpoints: [{ line: 1 }] });
  await client.ask('setBreakpoints', { source: { path: '/no/such/file.js' }, breakpoints: [{ line: 1 }, { line: -5 }] });
  await client.ask('setExceptionBreakpoints', { filters: ['loop:what', 'caught'] });
  await client.ask('stepIn', { threadId: 1, targetId: 77 });
  await client.ask('exceptionInfo', { threadId: 1 });
  await client.ask('source', { sourceReference: 99 });
  await client.ask('disconnect', {});
  assert.deepStrictEqual(await client.exit, { code: 0, signal: null });
  checkTranscript(client, 'bad-input');
});

test('a body that is no JSON costs itself only', async (context) => {
  const client = adapter(context);
  client.raw('{');
  client.raw('[]');
  client.raw('{"type":"request"}');
  client.output.write('hello\r\n\r\n');
  assert.strictEqual((await client.ask('initialize', {})).success, true);
  assert.match(client.output_text, /not JSON/);
  assert.match(client.output_text, /neither request nor response/);
});

test('a stream without frames ends the adapter, and the program with it', async (context) => {
  const client = adapter(context);
  await client.launch({ program: fixture('ticking.js').path });
  const pid = Number(await client.evaluate('process.pid', { context: 'repl' }));
  client.output.write('Content-Length: many\r\n\r\n');
  assert.deepStrictEqual(await client.exit, { code: 0, signal: null });
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`${signal} ends the adapter, and the program with it`, async (context) => {
    const client = adapter(context);
    await client.launch({ program: fixture('ticking.js').path });
    const pid = Number(await client.evaluate('process.pid', { context: 'repl' }));
    client.child.kill(signal);
    assert.deepStrictEqual(await client.exit, { code: 0, signal: null });
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
}

test('a program that dies at once says so', async (context) => {
  const client = adapter(context);
  await client.request('initialize', {});
  const response = await client.ask('launch', { program: sums.path, runtimeArgs: ['--no-such-flag'] });
  assert.strictEqual(response.success, false);
  assert.match(response.message, /ended before its inspector was open/);
  assert.strictEqual(response.body.error.variables.blame, 'user');
  // And another try is fine.
  await client.request('launch', { program: sums.path });
  await client.event('initialized');
  await client.request('configurationDone');
  assert.deepStrictEqual(await client.event('exited'), { exitCode: 0 });
});

test('an evaluation that never ends can be cancelled', async (context) => {
  const client = adapter(context);
  await client.launch({ program: fixture('ticking.js').path });
  const asked = client.ask('evaluate', { expression: 'new Promise(() => {})', context: 'repl' });
  const seq = client.log.findLast(({ message }) => message.command === 'evaluate').message.seq;
  await client.request('cancel', { requestId: seq });
  const response = await asked;
  assert.deepStrictEqual([response.success, response.message], [false, 'cancelled']);
  assert.match(await client.evaluate('1 + 1', { context: 'repl' }), /2/);
});

test('questions about a stop that the program has left are answered without a message to the user', async (context) => {
  const client = adapter(context);
  const ticking = fixture('ticking.js');
  await client.launch({ program: ticking.path }, { breakpoints: { [ticking.path]: [ticking.line('tick')] } });
  await client.stopped();
  const { id } = await client.top();
  const { scopes: [{ variablesReference }] } = await client.request('scopes', { frameId: id });
  const questions = [
    ['scopes', { frameId: id }], ['variables', { variablesReference }], ['stepInTargets', { frameId: id }],
    ['evaluate', { expression: 'ticks', frameId: id, context: 'watch' }],
  ];
  const check = async (word) => {
    for (const [command, args] of questions) {
      const { success, message, body } = await client.ask(command, args);
      assert.deepStrictEqual([command, success, message, body.error.showUser], [command, false, word, false]);
    }
  };
  await client.request('next', { threadId: 1 });
  await client.stopped();
  await check('cancelled');
  await client.request('setBreakpoints', { source: { path: ticking.path }, breakpoints: [] });
  await client.request('continue', { threadId: 1 });
  await check('notStopped');
  for (const command of ['next', 'stackTrace']) {
    const { message, body } = await client.ask(command, { threadId: 1 });
    assert.deepStrictEqual([message, body.error.showUser], ['notStopped', false]);
  }
});

test('many steps at once, each with the questions of an editor: no answer is a message to the user', async (context) => {
  const client = adapter(context);
  const ticking = fixture('ticking.js');
  await client.launch({ program: ticking.path }, { breakpoints: { [ticking.path]: [ticking.line('tick')] } });
  for (let count = 0; count < 20; count++) {
    await client.stopped();
    const { id } = await client.top();
    // The step goes out before the answers are in.
    const asked = [
      client.ask('scopes', { frameId: id }), client.ask('evaluate', { expression: '({ ticks })', frameId: id, context: 'watch' }),
      client.ask(count % 2 === 0 ? 'loop/stepCallback' : 'next', { threadId: 1 }), client.ask('scopes', { frameId: id }),
      client.ask('evaluate', { expression: 'ticks', frameId: id, context: 'watch' }), client.ask('stackTrace', { threadId: 1 }),
    ];
    const shown = (await Promise.all(asked)).filter(({ success, body }) => !success && body.error.showUser);
    assert.deepStrictEqual(shown, []);
  }
});
