// A socket that flows is not asked anew after each chunk; one that is paused, patched or destroyed meanwhile is treated
// as any other stream.
'use strict';
const assert = require('assert');
const net = require('net');

const CHUNKS = ['one', 'two', 'three'];

// Sends each chunk when the one before has come back.
function converse(makeSocket, onChunk, done) {
  const server = net.createServer((socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('end', () => server.close(done));
  });
  server.listen(0, '127.0.0.1', () => {
    const client = makeSocket();
    client.connect(server.address().port, '127.0.0.1', () => client.write(CHUNKS[0]));
    let count = 0;
    client.on('data', (bytes) => {
      assert.strictEqual(String(bytes), CHUNKS[count++]);
      onChunk(client, count);
      if (count === CHUNKS.length) client.end();
      else client.write(CHUNKS[count]);
    });
  });
}

// What the state says between two chunks is what Node's says: asked, and waiting.
converse(() => new net.Socket(), (client) => {
  process.nextTick(() => setImmediate(() => {
    if (client.destroyed || client.readableEnded) return;
    assert.strictEqual(client._readableState.reading, true);
    assert.strictEqual(client._readableState.needReadable, true);
  }));
}, () => {});

// Paused in the middle: nothing comes until it is resumed.
let resumed = 0;
converse(() => new net.Socket(), (client, count) => {
  client.pause();
  assert.strictEqual(client.isPaused(), true);
  setTimeout(() => {
    assert.strictEqual(client.bytesRead >= count, true);
    resumed++;
    client.resume();
  }, 20);
}, () => assert.ok(resumed >= CHUNKS.length - 1, String(resumed)));

// A class whose own `_read` wants to know is asked for each chunk.
class Asked extends net.Socket {
  asked = 0;
  _read(size) {
    this.asked++;
    super._read(size);
  }
}
let asked;
converse(() => (asked = new Asked()), () => {}, () => assert.ok(asked.asked >= CHUNKS.length, String(asked.asked)));

// Destroyed by its own listener: nothing more is said.
const server = net.createServer((socket) => socket.end('all'));
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let closed = false;
  client.on('data', () => client.destroy());
  client.on('end', () => assert.fail('destroyed before its end'));
  client.on('close', () => {
    closed = true;
    server.close();
  });
  process.on('exit', () => assert.ok(closed));
});
