// EventLoop.startRecording and stopRecording: what comes out of the stream can be read by the tools that it is for.
import assert from 'node:assert';
import test from 'node:test';
import { connect } from '../inspector/client.mjs';
import { startInspected } from '../lib/rondo.mjs';

const PROGRAM = 'let on; setInterval(function beat() { on ??= console.log("on") ?? true; setTimeout(function echo() {}, 1); setImmediate(function soon() {}); }, 10)';
const STALL = 'setTimeout(function held() { const end = Date.now() + 120; while (Date.now() < end); }, 1); 0';

/** Records while the program holds its loop once. */
async function record(format) {
  const running = await startInspected(['-e', PROGRAM]);
  await running.until(/^on$/m);
  const client = await connect(running.url);
  try {
    await client.call('EventLoop.enable');
    await client.call('EventLoop.startRecording', { format });
    await assert.rejects(client.call('EventLoop.startRecording', { format }), /running already/);
    await client.call('Runtime.evaluate', { expression: STALL });
    await client.event('EventLoop.stallDetected');
    for (let batch = 0; batch < 3; batch++) await client.event('EventLoop.callbacksRan');
    const { stream } = await client.call('EventLoop.stopRecording');
    const pieces = [];
    for (;;) {
      const { data, base64Encoded, eof } = await client.call('IO.read', { handle: stream, size: 4096 });
      pieces.push(Buffer.from(data, base64Encoded ? 'base64' : 'utf8'));
      if (eof) break;
    }
    await client.call('IO.close', { handle: stream });
    await assert.rejects(client.call('EventLoop.stopRecording'), /no recording is running/);
    return Buffer.concat(pieces);
  } finally {
    await client.close();
    await running.stop();
  }
}

/** The fields of a protobuf message: [number, value], bytes for nested ones. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, type] = [tag >> 3, tag & 7];
    if (type === 0) yield [number, varint()];
    else if (type === 1) yield [number, bytes.readBigUInt64LE((at += 8) - 8)];
    else if (type === 2) {
      const length = Number(varint());
      yield [number, bytes.subarray(at, at += length)];
    } else throw new Error(`wire type ${type} at ${at}`);
  }
}

const all = (message, number) => [...fields(message)].filter(([one]) => one === number).map(([, value]) => value);

test('perfetto: tracks, slices that end, flows from what schedules to what is scheduled', async () => {
  const packets = all(await record('perfetto'), 1);
  const tracks = packets.flatMap((packet) => all(packet, 60)).flatMap((track) => all(track, 2)).map(String);
  for (const name of ['stalls', 'turns', 'timeout', 'interval', 'immediate']) assert.ok(tracks.includes(name), tracks.join());
  const events = packets.flatMap((packet) => all(packet, 11));
  const ofType = (type) => events.filter((event) => all(event, 9)[0] === type).length;
  assert.ok(ofType(1n) > 10);
  assert.strictEqual(ofType(1n), ofType(2n));
  const begun = events.flatMap((event) => all(event, 47));
  const ended = events.flatMap((event) => all(event, 48));
  assert.ok(begun.length > 0);
  assert.deepStrictEqual([...ended].sort(), [...begun].sort());
  const names = packets.flatMap((packet) => all(packet, 12)).flatMap((interned) => all(interned, 2)).flatMap((name) => all(name, 2)).map(String);
  assert.ok(names.some((name) => name.startsWith('echo ')) && names.some((name) => name.startsWith('stall')), names.join());
  assert.ok(packets.every((packet) => all(packet, 10)[0] === 1n), 'each packet names its sequence');
  // As Perfetto reads it: by time, and where times are equal in the order of the file. Slices of a track don't overlap.
  const known = new Set(packets.flatMap((packet) => all(packet, 60)).flatMap((track) => all(track, 1)));
  const depths = new Map();
  const timed = packets.flatMap((packet) => all(packet, 11).map((event) => [all(packet, 8)[0], all(event, 9)[0], all(event, 11)[0]]));
  timed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [, type, track] of timed) {
    const depth = (depths.get(track) ?? 0) + (type === 1n ? 1 : -1);
    assert.ok(known.has(track) && (depth === 0 || depth === 1), `track ${track} is ${depth} deep`);
    depths.set(track, depth);
  }
  assert.ok([...depths.values()].every((depth) => depth === 0), 'every slice ends');
});

test('chrome: slices and flows', async () => {
  const { traceEvents } = JSON.parse(await record('chrome'));
  const of = (ph) => traceEvents.filter((event) => event.ph === ph);
  assert.ok(of('X').some(({ name }) => name.startsWith('echo ')));
  assert.ok(of('s').length > 0);
  assert.strictEqual(of('s').length, of('f').length);
});

test('cpuprofile: the stall’s function has its time', async () => {
  const { nodes, samples, timeDeltas, startTime, endTime, rondo } = JSON.parse(await record('cpuprofile'));
  assert.match(rondo.source, /samples of stalls only/);
  const held = nodes.find(({ callFrame }) => callFrame.functionName === 'held');
  const took = samples.reduce((sum, id, index) => sum + (id === held.id ? timeDeltas[index + 1] ?? 0 : 0), 0);
  assert.ok(took > 60_000 && took < endTime - startTime, String(took));
  assert.ok(nodes.every(({ callFrame }) => callFrame.scriptId === '0'), 'ids of this process mean nothing to another');
});
