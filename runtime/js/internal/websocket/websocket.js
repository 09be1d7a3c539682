'use strict';

// WebSocket, the client (https://websockets.spec.whatwg.org/). Extensions are not asked for.

const {
  ArrayBufferIsView, ArrayIsArray, ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeShift, ObjectDefineProperties,
  PromisePrototypeThen, RegExpPrototypeExec, SafeSet, StringPrototypeToLowerCase, SymbolToStringTag, TypeError,
} = primordials;
const { Buffer } = require('buffer');
const { Blob } = require('internal/blob');
const { DOMException } = require('internal/domexception');
const { TextDecoder } = require('internal/encoding');
const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_MISSING_ARGS } } = require('internal/errors');
const { Event, EventTarget, defineEventHandler } = require('internal/event_target');
const { MessageEvent } = require('internal/message_port');
const { URL } = require('internal/url');
const { isAnyArrayBuffer } = require('internal/util/types');
const { CloseEvent, ErrorEvent } = require('internal/websocket/events');
const { BINARY, CLOSE, FrameReader, PONG, TEXT, makeFrame } = require('internal/websocket/frames');
const { handshake } = require('internal/websocket/handshake');

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const NORMAL = 1000;
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const INVALID_TEXT = 1007;
const REASON_BYTES_MAX = 123;
// How long the server has to close the connection after the closing handshake.
const CLOSE_WAIT_MS = 3000;
const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class WebSocket extends EventTarget {
  #url;
  #state = CONNECTING;
  #binaryType = 'blob';
  #protocol = '';
  #bufferedAmount = 0;
  #socket = null;
  #reader = null;
  #giveUp;
  // Frames that wait for a Blob's bytes: what was sent after it may not overtake it.
  #waiting = [];
  #sentClose = false;
  #gotClose = false;
  #closeCode = ABNORMAL;
  #closeReason = '';
  #failure = undefined;
  #closeTimer = undefined;

  constructor(url, protocols = []) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    super();
    const options = typeof protocols === 'object' && protocols !== null && !ArrayIsArray(protocols) ? protocols : { protocols };
    if (options.dispatcher !== undefined) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('a dispatcher of WebSocket');
    this.#url = parseUrl(url);
    const wanted = checkProtocols(options.protocols ?? []);
    this.#giveUp = handshake(this.#url, wanted, options.headers, (error, socket, head, protocol) => {
      if (error !== null) this.#fail(error);
      else this.#opened(socket, head, protocol);
    });
  }

  get url() { return this.#url.href; }
  get readyState() { return this.#state; }
  get bufferedAmount() { return this.#bufferedAmount; }
  get extensions() { return ''; }
  get protocol() { return this.#protocol; }
  get binaryType() { return this.#binaryType; }
  set binaryType(type) { this.#binaryType = type === 'arraybuffer' ? 'arraybuffer' : 'blob'; }

  send(data) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('data');
    if (this.#state === CONNECTING) throw new DOMException('Sent before connected.', 'InvalidStateError');
    if (data instanceof Blob) return this.#sendBlob(data);
    if (ArrayBufferIsView(data)) {
      this.#sendBytes(BINARY, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    } else if (isAnyArrayBuffer(data)) {
      this.#sendBytes(BINARY, new Uint8Array(data));
    } else {
      this.#sendBytes(TEXT, Buffer.from(`${data}`, 'utf8'));
    }
  }

  close(code = undefined, reason = undefined) {
    if (code !== undefined) {
      code = Number(code) & 0xffff;
      if (code !== NORMAL && (code < 3000 || code > 4999)) throw new DOMException('invalid code', 'InvalidAccessError');
    }
    const text = Buffer.from(reason === undefined ? '' : `${reason}`, 'utf8');
    if (text.length > REASON_BYTES_MAX) {
      throw new DOMException(`Reason must be less than ${REASON_BYTES_MAX} bytes; received ${text.length}`, 'SyntaxError');
    }
    if (this.#state >= CLOSING) return;
    const wasConnecting = this.#state === CONNECTING;
    this.#state = CLOSING;
    if (wasConnecting) {
      this.#fail(new Error('WebSocket is closed before the connection is established.'));
    } else {
      this.#sendClose(code, text);
    }
  }

  #sendBytes(opcode, bytes) {
    const { length } = bytes;
    this.#bufferedAmount += length;
    if (this.#state !== OPEN) return;
    const frame = makeFrame(opcode, bytes);
    if (this.#waiting.length > 0) ArrayPrototypePush(this.#waiting, { frame, length });
    else this.#write(frame, length);
  }

  #sendBlob(blob) {
    this.#bufferedAmount += blob.size;
    if (this.#state !== OPEN) return;
    const place = { frame: undefined, length: blob.size };
    ArrayPrototypePush(this.#waiting, place);
    PromisePrototypeThen(blob.arrayBuffer(), (buffer) => {
      place.frame = makeFrame(BINARY, new Uint8Array(buffer));
      this.#writeWaiting();
    }, (error) => this.#fail(error));
  }

  #writeWaiting() {
    while (this.#waiting.length > 0 && this.#waiting[0].frame !== undefined) {
      const { frame, length } = ArrayPrototypeShift(this.#waiting);
      this.#write(frame, length);
    }
  }

  #write(frame, length) {
    if (this.#socket === null || !this.#socket.writable) return;
    this.#socket.write(frame, () => { this.#bufferedAmount -= length; });
  }

  #sendClose(code, reason) {
    if (this.#sentClose) return;
    this.#sentClose = true;
    let payload = Buffer.alloc(0);
    if (code !== undefined) {
      payload = Buffer.alloc(2 + reason.length);
      payload.writeUInt16BE(code, 0);
      reason.copy(payload, 2);
    }
    const frame = makeFrame(CLOSE, payload);
    if (this.#waiting.length > 0) ArrayPrototypePush(this.#waiting, { frame, length: 0 });
    else this.#write(frame, 0);
  }

  // The connection's side.

  #opened(socket, head, protocol) {
    if (this.#state !== CONNECTING) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#protocol = protocol;
    this.#state = OPEN;
    socket.setNoDelay?.(true);
    socket.setTimeout?.(0);
    this.#reader = new FrameReader({
      message: (opcode, bytes) => this.#message(opcode, bytes),
      close: (bytes) => this.#peerCloses(bytes),
      ping: (bytes) => this.#write(makeFrame(PONG, bytes), 0),
      fault: ({ code, message }) => this.#failWith(code, message),
    });
    socket.on('data', (chunk) => this.#reader.receive(chunk));
    socket.on('error', (error) => { this.#failure ??= error; });
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#closed());
    this.dispatchEvent(new Event('open'));
    if (head.length > 0) this.#reader.receive(head);
    socket.resume();
  }

  #message(opcode, bytes) {
    if (this.#state !== OPEN) return;
    let data;
    if (opcode === TEXT) {
      try {
        data = utf8.decode(bytes);
      } catch {
        this.#failWith(INVALID_TEXT, 'Received invalid UTF-8 in text frame.');
        return;
      }
    } else if (this.#binaryType === 'blob') {
      data = new Blob([bytes]);
    } else {
      data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    }
    this.dispatchEvent(new MessageEvent('message', { data, origin: this.#url.origin }));
  }

  #peerCloses(bytes) {
    this.#reader.stop();
    this.#gotClose = true;
    this.#closeCode = bytes.length >= 2 ? bytes.readUInt16BE(0) : NO_STATUS;
    try {
      this.#closeReason = bytes.length > 2 ? utf8.decode(bytes.subarray(2)) : '';
    } catch {
      this.#failWith(INVALID_TEXT, 'Received an invalid reason');
      return;
    }
    this.#state = CLOSING;
    this.#sendClose(bytes.length >= 2 ? this.#closeCode : undefined, Buffer.alloc(0));
    const { setTimeout } = require('timers');
    this.#closeTimer = setTimeout(() => this.#socket.destroy(), CLOSE_WAIT_MS).unref();
    // The server closes first; our end says that no more comes.
    this.#socket.end();
  }

  #failWith(code, message) {
    this.#sendClose(code, Buffer.alloc(0));
    this.#gotClose = false;
    this.#fail(new TypeError(message));
  }

  #fail(error) {
    if (this.#state === CLOSED) return;
    this.#failure ??= error;
    this.#state = CLOSING;
    this.#giveUp();
    if (this.#socket !== null) {
      this.#socket.destroySoon?.();
    } else {
      require('process').nextTick(() => this.#closed());
    }
  }

  #closed() {
    if (this.#state === CLOSED) return;
    const { clearTimeout } = require('timers');
    clearTimeout(this.#closeTimer);
    const wasClean = this.#sentClose && this.#gotClose;
    this.#state = CLOSED;
    this.#waiting = [];
    if (this.#failure !== undefined && !wasClean) {
      const { message } = this.#failure;
      this.dispatchEvent(new ErrorEvent('error', { error: this.#failure, message }));
    }
    this.dispatchEvent(new CloseEvent('close', {
      wasClean, code: this.#gotClose ? this.#closeCode : ABNORMAL, reason: this.#closeReason,
    }));
  }
}

function parseUrl(text) {
  let url;
  try {
    url = new URL(`${text}`);
  } catch (error) {
    throw new DOMException(`${error}`, 'SyntaxError');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  else if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new DOMException('expected a ws: or wss: url', 'SyntaxError');
  if (url.hash !== '' || url.href[url.href.length - 1] === '#') throw new DOMException('hash', 'SyntaxError');
  return url;
}

function checkProtocols(given) {
  const protocols = ArrayPrototypeMap(ArrayIsArray(given) ? given : [given], (protocol) => `${protocol}`);
  const seen = new SafeSet();
  for (let i = 0; i < protocols.length; i++) {
    const lower = StringPrototypeToLowerCase(protocols[i]);
    if (seen.has(lower) || RegExpPrototypeExec(TOKEN, protocols[i]) === null) {
      throw new DOMException('Invalid Sec-WebSocket-Protocol value', 'SyntaxError');
    }
    seen.add(lower);
  }
  return protocols;
}

for (const name of ['open', 'error', 'close', 'message']) defineEventHandler(WebSocket.prototype, name);
const enumerable = { __proto__: null, enumerable: true };
const constant = (value) => ({ __proto__: null, value, enumerable: true, writable: false, configurable: false });
const states = {
  __proto__: null, CONNECTING: constant(CONNECTING), OPEN: constant(OPEN), CLOSING: constant(CLOSING), CLOSED: constant(CLOSED),
};
ObjectDefineProperties(WebSocket, states);
ObjectDefineProperties(WebSocket.prototype, {
  ...states,
  close: enumerable, send: enumerable, readyState: enumerable, bufferedAmount: enumerable, url: enumerable,
  extensions: enumerable, protocol: enumerable, binaryType: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'WebSocket' },
});

module.exports = { WebSocket };
