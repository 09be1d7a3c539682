// The server's side of one HTTP/1 connection. It owns the native handle and reads and writes it directly; a net.Socket
// is made only when somebody asks for one. Between two requests it holds nothing but these fields.
'use strict';

const { ArrayPrototypePush, ArrayPrototypeShift } = primordials;

const { getDefaultHighWaterMark } = require('stream');
const { FastBuffer } = require('internal/buffer/memory');
const { codes: { ERR_HTTP_SOCKET_ENCODING }, connResetException, errnoException } = require('internal/errors');
const {
  UV_EOF, asyncIds, kId, kOnClose, kOnDrain, kOnRead, kOnShutdown, native,
} = require('internal/net/handle');
const { kAdopt, kConnection: kSocketConnection, kReading, Socket } = require('internal/net/socket');
const {
  FAULT_EOF, FLAG_CHUNKED, FLAG_CONTENT_LENGTH, INFO_CODE, INFO_CONTENT_LENGTH, INFO_END,
  INFO_FLAGS, INFO_HEADERS_START, INFO_MINOR_VERSION, METHODS_BY_NUMBER, kConnection, kNeedDrain, kQuietSince, parseError,
  parser,
} = require('internal/http/common');
const { CURRENT_CALLBACK, words } = require('internal/loop_words');
const { heard, state: diagnostics } = require('internal/diagnostics');
const { BodyReader, copy, join, slice } = require('internal/http/body_reader');

const { info, parseRequest } = parser;

// Bits of `state`.
// The handle is closed or closing.
const CLOSED = 1;
// Nothing is read any more: after a fault, an upgrade, or the end of the peer.
const DEAF = 2;
// The last response of the connection has been given; more requests would be an error.
const LAST = 4;
// Bytes wait in the kernel's way; `drain` follows.
const DRAINING = 8;
const PAUSED = 16;
// Our side is shut down.
const ENDED = 32;
const DISPATCHING = 64;
// The peer has sent its end.
const PEER_ENDED = 128;
const STALLED = 256;
// The beginning of a head has come.
const PARTIAL = 512;
// It is none of the server's connections: somebody else accepted what carries it.
const UNCOUNTED = 1024;

const CR = 13;
const LF = 10;

// Requests of one connection that wait for their answers; more bytes are not looked at until one is given.
const PIPELINE_MAX = 64;

// The memory that was read into last, as bytes.
let slabBuffer = null;
let slabBytes = null;

function bytesOf(slab) {
  if (slab !== slabBuffer) {
    slabBuffer = slab;
    slabBytes = new FastBuffer(slab);
  }
  return slabBytes;
}

class HttpConnection {
  constructor(server, id) {
    this[kId] = id;
    this.server = server;
    this.state = 0;
    // Beginning of a head that isn't complete, or what waits for its turn.
    this.pending = null;
    // The request whose body is coming, and who reads it.
    this.body = null;
    // The response whose turn it is, and those behind it.
    this.response = null;
    this.queue = null;
    // Callbacks of writes that wait for the kernel.
    this.waiting = null;
    this.socket = null;
    this.requests = 0;
    // When the wait that runs began, by the server's coarse clock: for bytes, or for the rest of a request.
    this.mark = server.coarseNow();
  }

  get isHttpConnection() { return true; }
  get isCounted() { return (this.state & UNCOUNTED) === 0; }

  leaveUncounted() {
    this.state |= UNCOUNTED;
  }

  get readableHighWaterMark() { return this.server.highWaterMark; }
  highWaterMark() { return this.server.highWaterMark || getDefaultHighWaterMark(false); }

  // The loop's side.

  [kOnRead](nread, slab, offset) {
    if (this.socket !== null) this.socket._unrefTimer?.();
    if (nread > 0) {
      if (this.socket !== null && this.socket.listenerCount('data') > 0) {
        this.socket.emit('data', new FastBuffer(slab, offset, nread));
      }
      this.receive(bytesOf(slab), offset, offset + nread);
    } else if (nread === UV_EOF) {
      this.peerEnded();
    } else if (nread < 0) {
      this.fail(errnoException(nread, 'read'));
    }
  }

  [kOnDrain](status) {
    if (this.socket !== null) this.socket._unrefTimer?.();
    this.state &= ~DRAINING;
    const { waiting } = this;
    this.waiting = null;
    if (status < 0) {
      const error = errnoException(status, 'write');
      if (waiting !== null) for (let i = 0; i < waiting.length; i++) waiting[i](error);
      this.fail(error);
      return;
    }
    if (waiting !== null) for (let i = 0; i < waiting.length; i++) waiting[i](null);
    if (this.socket !== null) this.socket[kOnDrain](status);
    this.continueResponse();
  }

  clearDraining() {
    this.state &= ~DRAINING;
  }

  // What was written has left; the response goes on, or is done.
  continueResponse() {
    const { response } = this;
    if (response === null || (this.state & DRAINING) !== 0) return;
    if (response.finished) {
      this.finish(response);
    } else if (response[kNeedDrain]) {
      response[kNeedDrain] = false;
      response.emit('drain');
    }
  }

  [kOnShutdown](status) {
    if (this.socket !== null) this.socket[kOnShutdown](status);
    if ((this.state & (LAST | PEER_ENDED)) !== 0) this.destroy();
  }

  [kOnClose]() {
    this.closed();
  }

  // Incoming bytes.

  receive(bytes, start, end) {
    if ((this.state & DEAF) !== 0) return;
    if (this.pending !== null) {
      bytes = join(this.pending, bytes, start, end);
      start = 0;
      end = bytes.length;
      this.pending = null;
    }
    while (start < end) {
      if ((this.state & (DEAF | CLOSED)) !== 0) return;
      if (this.body !== null) start = this.readBody(bytes, start, end);
      else start = this.readHead(bytes, start, end);
      if (start === -1) return;
    }
  }

  // Returns where the head ends, or -1 when nothing more is to be read of these bytes.
  readHead(bytes, start, end) {
    if (this.queue !== null && this.queue.length >= PIPELINE_MAX) {
      this.pending = copy(bytes, start, end);
      this.state |= STALLED;
      this.stopReading();
      return -1;
    }
    if ((this.state & LAST) !== 0) {
      // The peer was told that the connection closes; what it sent before it knew is nobody's.
      return -1;
    }
    const target = parseRequest(bytes, start, end, this.server.headMax());
    if (typeof target === 'string') return this.dispatch(target, bytes, end);
    if (target !== 0) {
      this.fault(target, bytes, start, end, info[INFO_END]);
      return -1;
    }
    if (isBlank(bytes, start, end)) return -1;
    // The wait for the rest of this head began when its first byte came; that of the first with the connection.
    if ((this.state & PARTIAL) === 0) {
      this.state |= PARTIAL;
      if (this.requests > 0) this.mark = this.server.coarseNow();
    }
    this.pending = copy(bytes, start, end);
    return -1;
  }

  // A head is complete: `info` and `target` tell what it asks for. Returns where to read on, or -1.
  dispatch(target, bytes, end) {
    const { server } = this;
    const stop = info[INFO_END];
    const flags = info[INFO_FLAGS];
    const contentLength = info[INFO_CONTENT_LENGTH];
    const request = server.makeRequest(this);
    request.url = target;
    request.method = METHODS_BY_NUMBER[info[INFO_CODE]];
    request.setHead(bytes, info[INFO_HEADERS_START], stop, info[INFO_MINOR_VERSION], server.maxHeadersCount);
    this.requests++;
    // A request whose head came at once has all its time for the body.
    if ((this.state & PARTIAL) !== 0) this.state &= ~PARTIAL;
    else this.mark = server.coarseNow();
    const hasBody = (flags & FLAG_CHUNKED) !== 0 || ((flags & FLAG_CONTENT_LENGTH) !== 0 && contentLength > 0);
    if (server.upgrades(request, flags)) {
      this.upgrade(request, bytes, stop, end);
      return -1;
    }
    if (hasBody) this.body = new BodyReader(request, flags, contentLength, server.headMax());
    const response = server.makeResponse(request, flags, this);
    if (this.response === null) this.response = response;
    else ArrayPrototypePush(this.queue ??= [], response);
    if (!hasBody) request.receiveEnd();
    server.serve(request, response, flags);
    // Whoever keeps a request past this callback keeps its own bytes, not those of everybody.
    if (this.response !== null) request.ownHead();
    return stop;
  }

  readBody(bytes, start, end) {
    const { body } = this;
    const stop = body.read(bytes, start, end);
    if (body.fault !== 0) {
      const { message } = body;
      this.fault(body.fault, bytes, start, end);
      message.abort();
      return -1;
    }
    if (body.done) {
      this.body = null;
      body.message.receiveEnd();
      if (this.response === null) this.rest();
    }
    return stop;
  }

  // The body of `request` has more than its reader wants now.
  pauseReading(request) {
    if (this.body === null || this.body.message !== request) return;
    this.stopReading();
    this.socket?.emit('pause');
  }

  resumeReading(request) {
    if ((this.state & PAUSED) === 0 || (this.state & STALLED) !== 0) return;
    this.startReading();
    this.socket?.emit('resume');
  }

  stopReading() {
    if ((this.state & (PAUSED | CLOSED)) !== 0) return;
    this.state |= PAUSED;
    this.readStop();
  }

  startReading() {
    if ((this.state & CLOSED) !== 0) return;
    this.state &= ~PAUSED;
    this.readStart();
  }

  peerEnded() {
    this.state |= PEER_ENDED;
    if ((this.state & DEAF) === 0 && (this.body !== null || (this.pending !== null && (this.state & STALLED) === 0))) {
      const message = this.body?.message;
      this.fault(FAULT_EOF, null, 0, 0);
      message?.abort();
      return;
    }
    this.state |= DEAF;
    if (this.socket !== null && this[kId] !== -1) this.socket.push(null);
    if (!this.server.httpAllowHalfOpen) {
      // Nobody waits for the answers any more, and whoever makes them is told at once.
      if (this.response !== null) this.response.req.abort();
      if (this.queue !== null) for (let i = 0; i < this.queue.length; i++) this.queue[i].req.abort();
      if (this.socket === null && (this.state & DRAINING) === 0) this.destroy();
      else this.end();
    } else if (this.response !== null) {
      const last = this.queue !== null && this.queue.length > 0 ? this.queue[this.queue.length - 1] : this.response;
      last._last = true;
    } else {
      this.end();
    }
  }

  // Responses.

  // Whether what `response` writes may leave now.
  answers(response) {
    return this.response === response && (this.state & (CLOSED | ENDED)) === 0;
  }

  isClosed() {
    return (this.state & (CLOSED | ENDED)) !== 0;
  }

  queueSize() {
    return (this.state & CLOSED) === 0 && (this.state & DRAINING) !== 0 ? this.pendingBytes() : 0;
  }

  // Returns false when the writer should wait for 'drain'.
  write(data, encoding, callback) {
    if (data.length === 0) {
      if (typeof callback === 'function') require('process').nextTick(callback);
      return (this.state & DRAINING) === 0;
    }
    const status = typeof data === 'string' ? this.sendText(data, encoding) : this.sendBytes(data);
    if (status === 0) {
      if (typeof callback === 'function') require('process').nextTick(callback);
      // So much at once is backpressure for a tick, even where the kernel takes it all.
      if (data.length >= this.highWaterMark() && this.response !== null) {
        require('process').nextTick(emitDrain, this.response);
        return false;
      }
      return (this.state & DRAINING) === 0;
    }
    if (status > 0) {
      this.state |= DRAINING;
      if (typeof callback === 'function') ArrayPrototypePush(this.waiting ??= [], callback);
      return false;
    }
    const error = errnoException(status, 'write');
    if (typeof callback === 'function') require('process').nextTick(callback, error);
    this.state |= DEAF;
    require('process').nextTick(failLater, this, error);
    return false;
  }

  // `response` has been ended by its writer.
  responseEnded(response) {
    if (this.response !== response || (this.state & DRAINING) !== 0) return;
    this.finish(response);
  }

  // All of `response` is on its way. When nobody watches it, the connection goes on at once.
  finish(response) {
    if (response._eventsCount === 0) {
      response.markFinished();
      this.release(response);
      response._closed = true;
      response.destroyed = true;
      response[kQuietSince] = words[CURRENT_CALLBACK];
    } else {
      require('process').nextTick(emitFinish, this, response);
    }
  }

  // The next response's turn, or the wait for the next request, or the end.
  release(response) {
    if (this.response !== response) return;
    this.response = null;
    const { req: request } = response;
    if (asyncIds.on) require('internal/async_hooks/native').ended(request);
    if (diagnostics.loaded) {
      heard('http.server.response.finish')?.publish({ request, response, socket: request.socket, server: this.server });
    }
    if (!request.isConsumed() && (request._eventsCount > 0 || request.hasStream() || this.body?.message === request)) {
      request._dump();
      if ((this.state & PAUSED) !== 0 && (this.state & STALLED) === 0) this.startReading();
    }
    if (this.socket !== null) this.socket._httpMessage = null;
    if (response._last) {
      this.state |= LAST;
      this.end();
      return;
    }
    const { queue } = this;
    if (queue !== null && queue.length > 0) {
      const next = ArrayPrototypeShift(queue);
      if (queue.length === 0) this.queue = null;
      this.response = next;
      if (this.socket !== null) this.socket._httpMessage = next;
      if (next.destroyed) {
        this.destroy(next.errored);
        return;
      }
      const more = next._flushOutput();
      if (next.finished) this.responseEnded(next);
      else if (more && next[kNeedDrain]) require('process').nextTick(emitDrain, next);
    } else if (this.body === null) {
      this.rest();
    }
    if ((this.state & STALLED) !== 0) {
      this.state &= ~STALLED;
      require('process').nextTick(resumeStalled, this);
    }
  }

  // Between two requests.
  rest() {
    this.mark = this.server.coarseNow();
    if (this.server.closesIdle()) this.destroy();
  }

  isIdle() {
    return this.response === null && this.body === null && this.pending === null;
  }

  // One whose turn has not come ends the connection when it comes.
  responseDestroyed(response, error) {
    if (response === this.response) this.destroy(error);
  }

  messageDestroyed(request, error) {
    // A request that has been answered in full is its user's alone.
    if (this.body?.message === request || this.response?.req === request) this.destroy(error);
  }

  // Faults.

  fault(number, bytes, start, end, bytesParsed = 0) {
    const rawPacket = bytes === null ? undefined : slice(bytes, start, end);
    this.fail(parseError(number, rawPacket, bytesParsed));
  }

  fail(error) {
    if ((this.state & CLOSED) !== 0) return;
    this.state |= DEAF;
    this.pending = null;
    this.body = null;
    const { server } = this;
    if (server.listenerCount('clientError') > 0) {
      server.emit('clientError', error, this.getSocket());
      return;
    }
    const canAnswer = (this.state & (ENDED | DRAINING)) === 0 && error.syscall === undefined &&
      (this.response === null || !this.response._headerSent);
    if (canAnswer) this.sendText(server.refusal(error), 'latin1');
    this.destroy(this.socket !== null ? error : undefined);
  }

  // The end.

  // Sends what waits, then the end of the stream; then closes.
  end() {
    if ((this.state & (ENDED | CLOSED)) !== 0) return;
    this.state |= ENDED;
    if (this.socket === null) this.shutdown();
    else if (typeof this.socket.destroySoon === 'function') this.socket.destroySoon();
    else this.socket.end();
  }

  destroy(error) {
    if ((this.state & CLOSED) !== 0) return;
    if (this.socket !== null) {
      this.socket.destroy(error);
      return;
    }
    this.state |= CLOSED | DEAF;
    this.closeHandle();
  }

  // The socket that stands for this connection was destroyed, and has closed the handle.
  socketDestroyed(error) {
    this.state |= CLOSED | DEAF;
  }

  closed() {
    const { server, response, queue, body, waiting, socket } = this;
    this.state |= CLOSED | DEAF;
    this.response = this.queue = this.body = this.pending = this.waiting = null;
    server.forget(this);
    if (socket !== null && this[kId] !== -1) socket[kOnClose]();
    if (waiting !== null) {
      for (let i = 0; i < waiting.length; i++) waiting[i](connResetException('aborted'));
    }
    if (body !== null && body.message !== response?.req) body.message.abort();
    if (response !== null) abandon(response);
    if (queue !== null) for (let i = 0; i < queue.length; i++) abandon(queue[i]);
  }

  // The socket.

  getSocket() {
    if (this.socket !== null) return this.socket;
    const { server } = this;
    const socket = new Socket({
      [kAdopt]: { id: this[kId], unixPath: server.unixPath() },
      allowHalfOpen: true,
      manualStart: true,
      readableHighWaterMark: server.highWaterMark,
      writableHighWaterMark: server.highWaterMark,
    });
    this.carry(socket);
    if ((this.state & CLOSED) !== 0) {
      socket[kId] = -1;
      socket.destroy();
    } else {
      native.attach(this[kId], this);
    }
    return socket;
  }

  carry(socket) {
    this.socket = socket;
    socket[kSocketConnection] = this;
    socket.server = this.server;
    socket._httpMessage = this.response;
    if (this.server.timeout) socket.setTimeout?.(this.server.timeout);
    // Bytes are parsed before anybody could decode them.
    socket.setEncoding = refuseEncoding;
    if (socket[kId] !== undefined) socket.push = pushToParser;
    socket.on('timeout', onSocketTimeout);
    socket.on('error', onSocketError);
  }

  // Somebody reads the socket itself; what arrives is still the parser's.
  socketWantsToRead() {}

  // The connection leaves HTTP: the socket gets its handle, and the listener what was read too far.
  upgrade(request, bytes, start, end) {
    const head = start < end ? slice(bytes, start, end) : new FastBuffer(0);
    const { server } = this;
    const socket = this.getSocket();
    this.state |= DEAF | CLOSED;
    request.upgrade = true;
    request[kConnection] = null;
    request.socket = socket;
    request.ownHead();
    socket[kSocketConnection] = null;
    delete socket.setEncoding;
    delete socket.push;
    socket.removeListener('timeout', onSocketTimeout);
    socket.removeListener('error', onSocketError);
    if (server.timeout) socket.setTimeout?.(0);
    server.forgetUpgraded(this, socket);
    this.handOver(socket);
    this.socket = null;
    request.receiveEnd();
    // Nobody wants the socket: the client is not left waiting for an answer.
    if (!server.emit(request.method === 'CONNECT' ? 'connect' : 'upgrade', request, socket, head)) socket.destroy();
  }

  // The carrier: native here, a stream in StreamConnection.

  handOver(socket) {
    native.attach(this[kId], socket);
    this[kId] = -1;
    // Reading goes on: what comes before the new user asks for it waits in the stream, and the end is seen.
    socket[kReading] = (this.state & PAUSED) === 0;
  }

  start() {
    const status = native.readStart(this[kId]);
    if (status < 0) this.fail(errnoException(status, 'read'));
  }

  sendText(text, encoding) {
    switch (encoding) {
      case 'latin1':
      case 'binary':
      case 'ascii':
        return native.writeLatin1(this[kId], text);
      case undefined:
      case null:
      case 'utf8':
      case 'utf-8':
        return native.writeUtf8(this[kId], text);
      default:
        return native.writeBytes(this[kId], require('buffer').Buffer.from(text, encoding));
    }
  }

  sendBytes(bytes) { return native.writeBytes(this[kId], bytes); }
  pendingBytes() { return native.queueSize(this[kId]); }
  readStart() { native.readStart(this[kId]); }
  readStop() { native.readStop(this[kId]); }
  closeHandle() { native.close(this[kId]); }

  shutdown() {
    if (native.shutdown(this[kId]) < 0) this.destroy();
  }
}

// Empty lines before a message are none of it.
function isBlank(bytes, start, end) {
  for (let i = start; i < end; i++) if (bytes[i] !== CR && bytes[i] !== LF) return false;
  return true;
}

function failLater(connection, error) {
  connection.fail(error);
}

function emitDrain(response) {
  if (!response[kNeedDrain] || response.destroyed) return;
  response[kNeedDrain] = false;
  response.emit('drain');
}

function emitFinish(connection, response) {
  response.markFinished();
  response.emit('prefinish');
  connection.release(response);
  response.emit('finish');
  require('process').nextTick(emitClose, response);
}

function emitClose(response) {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

function resumeStalled(connection) {
  if ((connection.state & (CLOSED | DEAF)) !== 0) return;
  const { pending } = connection;
  connection.pending = null;
  if (pending !== null) connection.receive(pending, 0, pending.length);
  if ((connection.state & (PAUSED | STALLED)) === PAUSED) connection.startReading();
}

// The peer went away before this response was complete.
function abandon(response) {
  response.req.abort();
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

// Bytes that somebody read before, such as the first of a connection whose protocol had to be found out.
function pushToParser(chunk, encoding) {
  if (chunk === null) return Socket.prototype.push.call(this, null);
  if (typeof chunk === 'string') chunk = require('buffer').Buffer.from(chunk, encoding);
  this[kSocketConnection].receive(chunk, 0, chunk.length);
  return true;
}

function refuseEncoding() {
  throw new ERR_HTTP_SOCKET_ENCODING();
}

function onSocketTimeout() {
  const connection = this[kSocketConnection];
  const { response, server } = connection;
  const request = response?.req;
  const requestHandled = request && !request.complete && request.emit('timeout', this);
  const responseHandled = response && response.emit('timeout', this);
  const serverHandled = server.emit('timeout', this);
  if (!requestHandled && !responseHandled && !serverHandled) this.destroy();
}

function onSocketError(error) {
  const connection = this[kSocketConnection];
  if (connection !== null && !connection.isClosed()) connection.fail(error);
}

module.exports = { CLOSED, DEAF, DRAINING, ENDED, HttpConnection, PAUSED };
