// The global WebSocket against a small server: messages of each kind and length, fragments, pings, the closing handshake.
'use strict';
const assert = require('assert');
const crypto = require('crypto');
const http = require('http');

function frame(opcode, payload, isLast = true) {
  const bytes = Buffer.from(payload);
  const head = bytes.length < 126 ? Buffer.from([0, bytes.length]) : Buffer.from([0, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (bytes.length >= 126) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  head[0] = (isLast ? 0x80 : 0) | opcode;
  return Buffer.concat([head, bytes]);
}

// Takes whole frames off `bytes`, unmasked.
function* frames(state, bytes) {
  state.rest = Buffer.concat([state.rest, bytes]);
  for (;;) {
    const { rest } = state;
    if (rest.length < 6) return;
    let length = rest[1] & 127;
    let start = 2;
    if (length === 126) [length, start] = [rest.readUInt16BE(2), 4];
    else if (length === 127) [length, start] = [Number(rest.readBigUInt64BE(2)), 10];
    assert.ok(rest[1] & 128, 'a client masks');
    if (rest.length < start + 4 + length) return;
    const mask = rest.subarray(start, start + 4);
    const payload = Buffer.from(rest.subarray(start + 4, start + 4 + length)).map((byte, i) => byte ^ mask[i & 3]);
    state.rest = rest.subarray(start + 4 + length);
    yield { opcode: rest[0] & 15, payload };
  }
}

const told = [];
const server = http.createServer((request, response) => response.end('no upgrade'));
server.on('upgrade', (request, socket) => {
  const accept = crypto.createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: b\r\n' +
    `Sec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`);
  const state = { rest: Buffer.alloc(0) };
  socket.on('data', (bytes) => {
    for (const { opcode, payload } of frames(state, bytes)) {
      if (opcode === 8) {
        told.push(`close ${payload.readUInt16BE(0)} ${payload.subarray(2)}`);
        socket.end(frame(8, payload));
      } else if (`${payload}` === 'fragments') {
        socket.write(Buffer.concat([frame(1, 'one ', false), frame(9, 'p'), frame(0, 'two')]));
      } else if (opcode === 10) {
        told.push(`pong ${payload}`);
      } else {
        socket.write(frame(opcode, payload));
      }
    }
  });
});

server.listen(0, async () => {
  const url = `ws://127.0.0.1:${server.address().port}`;
  assert.throws(() => new WebSocket('ftp://a'), { name: 'SyntaxError' });
  assert.throws(() => new WebSocket(url, ['a', 'a']), { name: 'SyntaxError' });
  const socket = new WebSocket(`${url}/path`, ['a', 'b']);
  assert.throws(() => socket.send('early'), { name: 'InvalidStateError' });
  await new Promise((resolve) => { socket.onopen = resolve; });
  assert.deepStrictEqual([socket.readyState, socket.protocol, socket.binaryType], [WebSocket.OPEN, 'b', 'blob']);
  socket.binaryType = 'arraybuffer';
  const long = 'long '.repeat(20_000);
  const received = new Promise((resolve) => {
    const all = [];
    socket.onmessage = ({ data }) => {
      all.push(typeof data === 'string' ? data : [...new Uint8Array(data)]);
      if (all.length === 6) resolve(all);
    };
  });
  socket.send('käse');
  socket.send(new Uint8Array([1, 2, 3]));
  socket.send(new Blob([new Uint8Array([4, 5])]));
  socket.send('after the blob');
  socket.send(long);
  socket.send('fragments');
  assert.deepStrictEqual(await received, ['käse', [1, 2, 3], [4, 5], 'after the blob', long, 'one two']);
  const closed = new Promise((resolve) => { socket.onclose = resolve; });
  socket.close(4000, 'done');
  const { wasClean, code, reason } = await closed;
  assert.deepStrictEqual([wasClean, code, reason, socket.readyState], [true, 4000, 'done', WebSocket.CLOSED]);
  assert.deepStrictEqual(told, ['pong p', 'close 4000 done']);
  // A server that does not agree.
  server.removeAllListeners('upgrade');
  const refused = new WebSocket(url);
  const events = [];
  refused.onerror = ({ type }) => events.push(type);
  await new Promise((resolve) => { refused.onclose = ({ code, wasClean }) => resolve(events.push(code, wasClean)); });
  assert.deepStrictEqual(events, ['error', 1006, false]);
  server.close();
  server.closeAllConnections();
});
