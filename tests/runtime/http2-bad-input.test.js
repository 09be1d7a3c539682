// HTTP/2 with peers that break the protocol, flood, or vanish: a session ends with a reason, the others and the process go on.
'use strict';
const assert = require('assert');
const http2 = require('http2');
const net = require('net');
const { once } = require('events');

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8, CONTINUATION = 9;
const END_STREAM = 1, END_HEADERS = 4;
// `:method: GET`, `:scheme: http`, `:path: /`, `:authority: a` of the static table.
const GET = Buffer.from([0x82, 0x86, 0x84, 0x41, 1, 0x61]);

function frame(kind, flags, id, payload = Buffer.alloc(0), length = payload.length) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

const uint = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A client that says exactly these bytes, and the frames it gets until the server ends the connection or `enough` says so. */
function talk(port, bytes, enough = () => false) {
  return new Promise((resolve) => {
    const frames = [];
    let buffered = Buffer.alloc(0);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 9 && buffered.length >= 9 + buffered.readUIntBE(0, 3)) {
        const length = buffered.readUIntBE(0, 3);
        frames.push({ kind: buffered[3], flags: buffered[4], id: buffered.readUInt32BE(5), payload: buffered.subarray(9, 9 + length) });
        buffered = buffered.subarray(9 + length);
      }
      if (enough(frames)) socket.destroy();
    });
    // A server that has had enough may reset the connection while bytes are on their way.
    socket.on('error', () => {});
    socket.on('close', () => resolve(frames));
  });
}

const started = (...frames) => Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), ...frames]);
const goodbye = (frames) => frames.find(({ kind }) => kind === GOAWAY)?.payload.readUInt32BE(4);
const reset = (frames, id) => frames.find((one) => one.kind === RST_STREAM && one.id === id)?.payload.readUInt32BE(0);
const answered = (id) => (frames) => frames.some((one) => one.kind === HEADERS && one.id === id);

let requests = 0;
const errors = [];
const server = http2.createServer();
server.on('sessionError', (error) => errors.push(error));
server.on('stream', (stream, headers) => {
  requests++;
  stream.on('error', () => {});
  stream.respond();
  if (headers[':path'] === '/endless') {
    const more = () => { while (!stream.destroyed && stream.write('e'.repeat(16384))); };
    stream.on('drain', more);
    more();
    stream.on('close', () => server.emit('endless over', stream));
  } else {
    stream.end('fine');
  }
});

const parts = {
  async 'another protocol'(port) {
    await talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.strictEqual(errors.pop().message, 'Received bad client magic byte string');
    // Silence and half a preface are no requests either.
    const socket = net.connect(port, '127.0.0.1', () => socket.end(PREFACE.subarray(0, 10)));
    socket.resume();
    await once(socket, 'close');
  },

  async 'frames larger than was agreed'(port) {
    const frames = await talk(port, started(frame(HEADERS, END_HEADERS | END_STREAM, 1, GET, 2 ** 24 - 1)));
    assert.strictEqual(goodbye(frames), http2.constants.NGHTTP2_FRAME_SIZE_ERROR);
  },

  async 'headers without end'(port) {
    const pieces = Array.from({ length: 5000 }, () => frame(CONTINUATION, 0, 1, Buffer.alloc(100)));
    const before = requests;
    await talk(port, started(frame(HEADERS, 0, 1, GET), ...pieces));
    assert.strictEqual(requests, before);
  },

  async 'a small block that unpacks to a large one'(port) {
    const value = Buffer.alloc(3000, 0x62);
    const added = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0x80 | ((3000 - 127) & 127), (3000 - 127) >> 7]), value]);
    const block = Buffer.concat([GET, added, Buffer.alloc(2000, 0x80 | 62)]);
    const before = requests;
    const frames = await talk(port, started(frame(HEADERS, END_HEADERS | END_STREAM, 1, block)),
      (seen) => reset(seen, 1) !== undefined);
    assert.strictEqual(requests, before);
    assert.ok(reset(frames, 1) !== undefined || goodbye(frames) !== undefined);
  },

  async 'more fields than a request may have'(port) {
    const field = Buffer.from([0x00, 1, 0x78, 1, 0x79]);
    const many = Buffer.concat([GET, ...Array(200).fill(field)]);
    const frames = await talk(port, started(
      frame(HEADERS, END_HEADERS | END_STREAM, 1, many), frame(HEADERS, END_HEADERS | END_STREAM, 3, GET)), answered(3));
    assert.strictEqual(reset(frames, 1), http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    assert.ok(answered(3)(frames));
  },

  async 'streams that are reset as soon as they begin'(port) {
    const before = requests;
    const flood = [];
    for (let i = 0; i < 20_000; i++) {
      flood.push(frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, GET), frame(RST_STREAM, 0, 2 * i + 1, uint(8)));
    }
    const frames = await talk(port, started(...flood));
    assert.notStrictEqual(goodbye(frames) ?? -1, http2.constants.NGHTTP2_NO_ERROR);
    assert.ok(requests - before < 15_000, `${requests - before} requests`);
  },

  async 'pings that nobody waits for'(port) {
    const pings = Array.from({ length: 50_000 }, () => frame(PING, 0, 0, Buffer.alloc(8)));
    const socket = net.connect(port, '127.0.0.1', () => socket.end(started(...pings)));
    socket.pause();
    // The server may reset the connection while more of them are on their way.
    socket.on('error', () => {});
    setTimeout(() => socket.resume(), 100);
    await new Promise((resolve) => { socket.on('close', resolve); });
  },

  async 'answers to nothing, windows that overflow, data for no stream'(port) {
    const cases = [
      frame(PING, 1, 0, Buffer.alloc(8)), frame(WINDOW_UPDATE, 0, 0, uint(0)),
      Buffer.concat([frame(WINDOW_UPDATE, 0, 0, uint(2 ** 31 - 1)), frame(WINDOW_UPDATE, 0, 0, uint(2 ** 31 - 1))]),
      frame(DATA, 0, 7, Buffer.alloc(5)), frame(HEADERS, END_HEADERS, 2, GET), frame(SETTINGS, 0, 0, Buffer.alloc(5)),
      frame(CONTINUATION, 0, 1, GET), frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
    ];
    for (const one of cases) {
      const frames = await talk(port, started(frame(SETTINGS, 1, 0), one));
      assert.ok(goodbye(frames) > 0, one.toString('hex'));
    }
  },

  async 'noise'(port) {
    let seed = 12345;
    const random = (below) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const one = () => {
      const frames = [];
      for (let i = 0; i < 30; i++) {
        const payload = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
        const length = random(20) === 0 ? random(70_000) : payload.length;
        frames.push(frame(random(13), random(256), random(3) === 0 ? 0 : random(9), random(3) === 0 ? GET : payload, length));
      }
      return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => socket.end(started(...frames)));
        socket.on('error', () => {}).on('close', resolve).resume();
      });
    };
    for (let i = 0; i < 60; i++) await Promise.all([one(), one(), one(), one()]);
  },

  async 'a peer that vanishes'(port) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const stream = session.request({ ':path': '/endless' });
    stream.on('error', () => {});
    await once(stream, 'response');
    const over = once(server, 'endless over');
    session.destroy();
    const [theirs] = await over;
    assert.ok(theirs.destroyed && theirs.aborted);
  },

  async 'a server that is none'() {
    const odd = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    odd.listen(0, '127.0.0.1');
    await once(odd, 'listening');
    const session = http2.connect(`http://127.0.0.1:${odd.address().port}`);
    const stream = session.request();
    stream.on('error', () => {});
    const [error] = await once(session, 'error');
    assert.strictEqual(error.code, 'ERR_HTTP2_ERROR');
    odd.close();
  },

  async 'everybody else is still served'(port) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    const stream = session.request();
    let text = '';
    for await (const piece of stream) text += piece;
    assert.strictEqual(text, 'fine');
    session.close();
    server.close();
    await once(server, 'close');
  },
};

const passed = [];
process.on('exit', (code) => {
  if (code === 0) assert.deepStrictEqual(passed, Object.keys(parts));
});

(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const [name, part] of Object.entries(parts)) {
    if (process.env.TRACE) console.log(name);
    await part(server.address().port);
    passed.push(name);
  }
})();
