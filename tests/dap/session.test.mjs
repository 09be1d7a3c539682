// A plain debugging session: breakpoints of each kind, steps, values, output, exceptions, restart, the end.
import assert from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { adapter, checkTranscript, fixture } from './adapter.mjs';

const sums = fixture('sums.js');
const throws = fixture('throws.js');
const thread = { threadId: 1 };

test('launch, breakpoint, step, variables: the golden conversation', async (context) => {
  const client = adapter(context);
  await client.launch({ program: sums.path }, { breakpoints: { [sums.path]: [sums.line('sum')] } });
  await client.stopped();
  const [frame] = await client.stack(2);
  const local = await client.scope('Local', frame);
  assert.deepStrictEqual([local.a.value, local.b.value], ['0', '10']);
  await client.request('next', thread);
  await client.stopped();
  assert.strictEqual((await client.top()).line, sums.line('return'));
  await client.request('setBreakpoints', { source: { path: sums.path }, breakpoints: [] });
  await client.request('continue', thread);
  assert.deepStrictEqual(await client.event('exited'), { exitCode: 0 });
  await client.event('terminated');
  const late = await client.ask('stackTrace', thread);
  assert.match(late.message, /the program has ended/);
  await client.request('disconnect');
  assert.deepStrictEqual(await client.exit, { code: 0, signal: null });
  checkTranscript(client, 'launch');
});

test('conditions, hit counts and log points are decided inside the program', async (context) => {
  const client = adapter(context);
  const set = await client.launch({ program: sums.path }, { breakpoints: { [sums.path]: [
    { line: sums.line('sum'), condition: 'a === 2 // the third' },
    { line: sums.line('return'), hitCondition: '5' },
    { line: sums.line('call'), logMessage: 'i is {i}, {({ i }).i + 1} and {missing}', hitCondition: '%3' },
    { line: 1, condition: 'a ===' },
    { line: 2, hitCondition: 'often' },
  ] } });
  const messages = set[sums.path].map(({ message }) => message);
  assert.match(messages[3], /^SyntaxError/);
  assert.match(messages[4], /hit condition "often"/);
  await client.stopped();
  assert.strictEqual((await client.scope('Local')).a.value, '2');
  await client.request('continue', thread);
  await client.stopped();
  assert.strictEqual((await client.scope('Local')).a.value, '4');
  await client.request('continue', thread);
  await client.event('terminated');
  const logged = client.events.filter(({ event, body }) => event === 'output' && body.output.startsWith('i is')).map(({ body }) => body);
  assert.deepStrictEqual(logged.map(({ output }) => output), [
    'i is 2, 3 and <ReferenceError: missing is not defined>\n', 'i is 5, 6 and <ReferenceError: missing is not defined>\n',
  ]);
  assert.strictEqual(logged[0].line, sums.line('call'));
});

test('values: pages, getters, private fields, setting, expressions, completions, the clipboard', async (context) => {
  const client = adapter(context);
  await client.launch({ program: sums.path }, { breakpoints: { [sums.path]: [sums.line('print')] } });
  await client.stopped();
  const frame = await client.top();
  const local = await client.scope('Local', frame);
  assert.strictEqual(local.list.indexedVariables, 250);
  const page = await client.variables(local.list.variablesReference, { filter: 'indexed', start: 100, count: 3 });
  assert.deepStrictEqual(page.map(({ name, value }) => [name, value]), [['100', '200'], ['101', '202'], ['102', '204']]);
  const named = await client.variables(local.list.variablesReference, { filter: 'named' });
  assert.ok(named.some(({ name }) => name === 'length') && !named.some(({ name }) => name === '0'));
  assert.match(local.point.value, /^Point \{#secret: 7, x: 3, y: 4/);
  const inside = await client.variables(local.point.variablesReference);
  assert.strictEqual(inside.find(({ name }) => name === '#secret').value, '7');
  const prototype = inside.find(({ name }) => name === '[[Prototype]]');
  assert.ok(prototype.variablesReference > 0);
  const set = await client.request('setVariable', { variablesReference: local.point.variablesReference, name: 'x', value: '6 * 2' });
  assert.strictEqual(set.value, '12');
  const evaluate = (expression, context) => client.evaluate(expression, { context, frameId: frame.id });
  assert.strictEqual(await evaluate('point.x', 'watch'), '12');
  assert.strictEqual((await client.request('setExpression', { expression: 'point.y', value: '1', frameId: frame.id })).value, '1');
  assert.strictEqual(await evaluate("'it is'", 'clipboard'), 'it is');
  assert.strictEqual(await evaluate('({ a: [1] })', 'clipboard'), '{\n  "a": [\n    1\n  ]\n}');
  const failed = await client.ask('evaluate', { expression: 'nothing.here', frameId: frame.id });
  assert.match(failed.message, /ReferenceError: nothing is not defined/);
  const effect = await client.ask('evaluate', { expression: 'point.x = 1', frameId: frame.id, context: 'hover' });
  assert.strictEqual(effect.success, false);
  const names = async (text) => (await client.request('completions', { text, column: text.length + 1, frameId: frame.id })).targets.map(({ label }) => label);
  assert.deepStrictEqual(await names('point.le'), ['length']);
  assert.deepStrictEqual(await names('poi'), ['point']);
  await client.request('continue', thread);
  await client.event('terminated');
  const printed = client.events.find(({ event, body }) => event === 'output' && body.output.startsWith('the point'));
  assert.strictEqual(printed.body.line, sums.line('print'));
  assert.strictEqual(printed.body.source.path, sums.path);
});

test('exceptions: caught by its filter, conditions, what it is', async (context) => {
  const client = adapter(context);
  await client.launch({ program: throws.path }, { filters: [{ filterId: 'caught', condition: "error.message === 'caught one'" }, 'uncaught'] });
  assert.strictEqual((await client.stopped()).text, 'TypeError: caught one');
  assert.strictEqual((await client.top()).line, throws.line('caught'));
  await client.request('continue', thread);
  const stop = await client.stopped();
  assert.strictEqual(stop.reason, 'exception');
  assert.strictEqual((await client.top()).line, throws.line('uncaught'));
  const info = await client.request('exceptionInfo', thread);
  assert.deepStrictEqual([info.exceptionId, info.details.message, info.breakMode], ['RangeError', 'nobody catches', 'unhandled']);
  await client.request('continue', thread);
  assert.deepStrictEqual(await client.event('exited'), { exitCode: 1 });
  await client.event('terminated');
  assert.match(client.output_text, /Uncaught RangeError: nobody catches/);
});

test('restart runs the program anew with its breakpoints, stop on entry comes first', async (context) => {
  const client = adapter(context);
  await client.launch({ program: sums.path, stopOnEntry: true }, { breakpoints: { [sums.path]: [sums.line('print')] } });
  assert.strictEqual((await client.stopped()).reason, 'entry');
  await client.request('continue', thread);
  assert.strictEqual((await client.stopped()).reason, 'breakpoint');
  await client.request('restart', {});
  assert.strictEqual((await client.stopped()).reason, 'entry');
  await client.request('continue', thread);
  assert.strictEqual((await client.stopped()).reason, 'breakpoint');
  await client.request('terminate');
  await client.event('terminated');
});

test('a source map names the file in which breakpoints are set and shown', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rondo dap '));
  context.after(() => rmSync(folder, { recursive: true }));
  // Line 2 of the script is line 3 of its source.
  const source = join(folder, 'main.ts');
  const script = join(folder, 'main.js');
  writeFileSync(source, '// a comment\nlet one: number =\n  1;\nconsole.log(one);\n');
  writeFileSync(join(folder, 'main.js.map'), JSON.stringify({ version: 3, sources: ['main.ts'], names: [], mappings: 'AACA;AAEA' }));
  writeFileSync(script, 'let one = 1;\nconsole.log(one);\n//# sourceMappingURL=main.js.map\n');
  const client = adapter(context);
  await client.launch({ program: script }, { breakpoints: { [source]: [4] } });
  assert.strictEqual((await client.stopped()).reason, 'breakpoint');
  const frame = await client.top();
  assert.deepStrictEqual([frame.source.path, frame.line], [source, 4]);
  const { content } = await client.request('source', { source: frame.source, sourceReference: 0 });
  assert.strictEqual(content, readFileSync(source, 'utf8'));
  const { breakpoints } = await client.request('breakpointLocations', { source: { path: source }, line: 2 });
  assert.deepStrictEqual(breakpoints.map(({ line }) => line), [2]);
});

test('a broken source map is told, and the script is debugged as it is', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rondo-dap-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const script = join(folder, 'main.js');
  const maps = {
    'cut.js.map': '{"version":3,"sources":["main.ts"],"mappings":"AAC',
    'other.js.map': '{"version":3,"sources":["main.ts"],"names":[],"mappings":"!!!"}',
    'missing.js.map': undefined,
    'data:application/json;base64,e2Jyb2tlbg==': undefined,
  };
  for (const [map, text] of Object.entries(maps)) {
    if (text) writeFileSync(join(folder, map), text);
    writeFileSync(script, `let one = 1;\nconsole.log(one);\n//# sourceMappingURL=${map}\n`);
    const client = adapter(context);
    await client.launch({ program: script }, { breakpoints: { [script]: [2] } });
    assert.strictEqual((await client.stopped()).reason, 'breakpoint', map);
    const frame = await client.top();
    assert.deepStrictEqual([frame.source.path, frame.line], [script, 2], map);
    assert.match(client.output_text, /source map of .*main\.js can't be read: ./, map);
    await client.request('continue', thread);
    await client.event('terminated');
  }
});
