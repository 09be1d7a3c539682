// `Network`: requests of http and fetch with their bodies, events of programs, files for front ends; and `NodeTracing`.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { program, root, run, startInspected } from '../lib/rondo.mjs';
import { connect } from './client.mjs';

const file = join(root, 'tests', 'inspector', 'fixtures', 'requests.js');

async function attached(t) {
  const rondo = await startInspected([file]);
  t.after(rondo.stop);
  await rondo.until(/ready/);
  const client = await connect(rondo.url);
  const ask = (name) => client.call('Runtime.evaluate', { expression: `asks.${name}()`, awaitPromise: true });
  return { client, ask };
}

async function content(client, handle) {
  let text = '';
  for (;;) {
    const { data, eof } = await client.call('IO.read', { handle });
    text += data;
    if (eof) return text;
  }
}

test('a request of http is told from its beginning to its end, with both bodies', async (t) => {
  const { client, ask } = await attached(t);
  await client.call('Network.enable');
  await ask('post');
  const begun = await client.event('Network.requestWillBeSent');
  const { requestId } = begun;
  assert.match(begun.request.url, /^http:\/\/127\.0\.0\.1:\d+\/post\?a=1$/);
  assert.deepStrictEqual([begun.request.method, begun.request.headers['x-own'], begun.request.hasPostData], ['POST', 'yes', true]);
  assert.match(begun.initiator.stack.callFrames[0].url, /requests\.js$/);
  assert.ok(Math.abs(begun.wallTime * 1000 - Date.now()) < 60_000);
  const { response, type, requestId: same } = await client.event('Network.responseReceived');
  assert.deepStrictEqual([same, type, response.status, response.statusText, response.mimeType, response.charset],
    [requestId, 'Other', 200, 'OK', 'text/plain', 'utf-8']);
  assert.strictEqual((await client.event('Network.dataReceived')).dataLength, 6);
  assert.strictEqual((await client.event('Network.loadingFinished')).encodedDataLength, 11);
  assert.deepStrictEqual(await client.call('Network.getResponseBody', { requestId }), { body: 'hello world', base64Encoded: false });
  assert.deepStrictEqual(await client.call('Network.getRequestPostData', { requestId }), { postData: 'body', base64Encoded: false });
  await assert.rejects(client.call('Network.getResponseBody', { requestId: 'none' }), { code: -32000 });
});

test('fetch is told as such, compressed bodies as people read them', async (t) => {
  const { client, ask } = await attached(t);
  await client.call('Network.enable');
  for (const [name, body] of [['fetch', 'hello world'], ['gzip', 'packed']]) {
    assert.strictEqual((await ask(name)).result.value, body);
    const { requestId } = await client.event('Network.requestWillBeSent');
    assert.strictEqual((await client.event('Network.responseReceived')).type, 'Fetch');
    await client.event('Network.loadingFinished');
    const { body: told, base64Encoded } = await client.call('Network.getResponseBody', { requestId });
    assert.strictEqual(base64Encoded ? Buffer.from(told, 'base64').toString() : told, body);
  }
});

test('a request that fails says why, and nothing is told behind Network.disable', async (t) => {
  const { client, ask } = await attached(t);
  await client.call('Network.enable');
  await ask('broken');
  const { requestId } = await client.event('Network.requestWillBeSent');
  const failed = await client.event('Network.loadingFailed');
  assert.deepStrictEqual([failed.requestId, failed.errorText], [requestId, 'socket hang up']);
  await client.call('Network.disable');
  await ask('fetch');
  assert.deepStrictEqual(client.events.filter(({ method }) => method.startsWith('Network.')), []);
});

test('a program tells of requests itself, and debugs its own', async () => {
  const code = `const { Session, Network } = require('inspector'); const seen = [];
    const session = new Session(); session.connect();
    session.post('Network.enable');
    session.on('Network.requestWillBeSent', ({ params }) => seen.push(params.request.url));
    session.on('Network.loadingFinished', ({ params }) => session.post('Network.getResponseBody', params, (error, { body }) => seen.push(body)));
    Network.requestWillBeSent({ requestId: '1', timestamp: 1, wallTime: 1, request: { url: 'own:1', method: 'GET', headers: {} } });
    Network.responseReceived({ requestId: '1', timestamp: 1, type: 'Other', response: { url: 'own:1', status: 200, statusText: '', headers: {}, mimeType: 'text/plain', charset: '' } });
    Network.dataReceived({ requestId: '1', timestamp: 1, dataLength: 2, encodedDataLength: 2, data: Buffer.from('hi') });
    Network.loadingFinished({ requestId: '1', timestamp: 1 });
    try { Network.loadingFailed(1); } catch (error) { seen.push(error.code); }
    console.log(JSON.stringify(seen));`;
  const { stdout, stderr } = await run(program(), ['-e', code]);
  assert.deepStrictEqual(JSON.parse(stdout || '[]'), ['own:1', 'hi', 'ERR_INVALID_ARG_TYPE'], stderr);
});

test('front ends load source maps, from files and from the program', async (t) => {
  const { client } = await attached(t);
  const map = join(mkdtempSync(join(tmpdir(), 'rondo-network-')), 'a b.js.map');
  writeFileSync(map, '{"version":3}');
  const load = async (url) => (await client.call('Network.loadNetworkResource', { url, options: { disableCache: true, includeCredentials: false } })).resource;
  const { success, stream } = await load(pathToFileURL(map).href);
  assert.deepStrictEqual([success, await content(client, stream)], [true, '{"version":3}']);
  assert.deepStrictEqual(await load(pathToFileURL(`${map}.none`).href), { success: false, netErrorName: 'net::ERR_FILE_NOT_FOUND' });
  await assert.rejects(load('https://example.com/'), { code: -32602 });
  await client.call('Runtime.evaluate', { expression: 'process.getBuiltinModule("inspector").NetworkResources.put("made:map", "{}")' });
  assert.strictEqual(await content(client, (await load('made:map')).stream), '{}');
});

test('NodeTracing gives the recording of the loop as trace events', async (t) => {
  const { client, ask } = await attached(t);
  const { categories } = await client.call('NodeTracing.getCategories');
  assert.deepStrictEqual(categories, ['loop', 'flow']);
  const start = (includedCategories) => client.call('NodeTracing.start', { traceConfig: { includedCategories } });
  await assert.rejects(start(['node.fs.sync']), { code: -32602 });
  await assert.rejects(client.call('NodeTracing.stop'), { code: -32000 });
  await start(['loop', 'node']);
  await assert.rejects(start(['loop']), { code: -32000 });
  await ask('fetch');
  await client.call('NodeTracing.stop');
  const { value } = await client.event('NodeTracing.dataCollected');
  await client.event('NodeTracing.tracingComplete');
  assert.ok(value.some(({ ph, cat }) => ph === 'X' && cat === 'loop'));
  assert.ok(value.every(({ ph, cat }) => ph === 'M' || cat === 'loop'), 'flows were not asked for');
});
