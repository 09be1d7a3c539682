// A server connection over a stream that a user brought: TLS, a tunnel, a pair of streams in memory.
'use strict';

const { HttpConnection } = require('internal/http/connection');

class StreamConnection extends HttpConnection {
  constructor(server, stream) {
    super(server, -1);
    this.leaveUncounted();
    this.stream = stream;
    this.carry(stream);
  }

  start() {
    const { stream } = this;
    this.onData = (chunk) => {
      if (typeof chunk === 'string') chunk = require('buffer').Buffer.from(chunk);
      this.receive(chunk, 0, chunk.length);
    };
    this.onEnd = () => this.peerEnded();
    this.onClose = () => this.closed();
    this.onDrain = () => this.drained();
    stream.on('data', this.onData);
    stream.on('end', this.onEnd);
    stream.on('close', this.onClose);
    stream.on('drain', this.onDrain);
  }

  drained() {
    const { waiting } = this;
    this.waiting = null;
    this.clearDraining();
    if (waiting !== null) for (let i = 0; i < waiting.length; i++) waiting[i](null);
    this.continueResponse();
  }

  getSocket() { return this.stream; }

  handOver(stream) {
    stream.removeListener('data', this.onData);
    stream.removeListener('end', this.onEnd);
    stream.removeListener('close', this.onClose);
    stream.removeListener('drain', this.onDrain);
    stream.pause();
    // As if nobody had read from it yet: whoever listens for data next gets it.
    stream.readableFlowing = null;
  }

  sendText(text, encoding) { return this.stream.write(text, encoding ?? 'utf8') ? 0 : this.stream.writableLength || 1; }
  sendBytes(bytes) { return this.stream.write(bytes) ? 0 : this.stream.writableLength || 1; }
  pendingBytes() { return this.stream.writableLength; }
  readStart() { this.stream.resume(); }
  readStop() { this.stream.pause(); }
  closeHandle() { this.stream.destroy(); }
  shutdown() { this.stream.end(); }
}

module.exports = { StreamConnection };
