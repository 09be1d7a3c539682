// http.IncomingMessage: a request on the server, a response on the client. Headers are made when somebody reads them,
// and so is the stream: a request without a body whose body nobody asks for costs neither.
'use strict';

const {
  ArrayPrototypePush, FunctionPrototypeCall, ObjectDefineProperties, ObjectSetPrototypeOf, SafeMap,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, Symbol,
} = primordials;

const { Readable } = require('stream');
const { connResetException } = require('internal/errors');
const { kConnection, parser } = require('internal/http/common');
const { copy } = require('internal/http/body_reader');

const kSocket = Symbol('socket');
// Whoever sets the socket to null wants what happens to the message to be nothing to the connection.
const kParted = Symbol('parted');
const kBytes = Symbol('head bytes');
const kStart = Symbol('head start');
const kEnd = Symbol('head end');
const kHeaders = Symbol('headers');
const kHeadersDistinct = Symbol('headersDistinct');
const kRawHeaders = Symbol('rawHeaders');
const kHeadersCount = Symbol('headers count');
const kTrailers = Symbol('trailers');
const kTrailersDistinct = Symbol('trailersDistinct');
const kRawTrailers = Symbol('rawTrailers');
const kStream = Symbol('stream state');
const kNoBody = Symbol('no body');
const kAborted = Symbol('aborted');

// Pairs of names and values beyond this are left out, as in Node.
const HEADERS_MAX = 2000;

const { ReadableState } = Readable;

// `source` is a socket, or a server connection that makes its socket when asked.
function IncomingMessage(source) {
  this[kConnection] = null;
  this[kSocket] = null;
  this[kStream] = null;
  this[kBytes] = null;
  this[kStart] = 0;
  this[kEnd] = 0;
  this[kHeaders] = null;
  this[kRawHeaders] = null;
  this[kRawTrailers] = null;
  this[kHeadersCount] = 0;
  this[kNoBody] = false;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.complete = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = '';
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this._consuming = false;
  this._dumped = false;
  if (source?.isHttpConnection === true) this[kConnection] = source;
  else this[kSocket] = source;
}
ObjectSetPrototypeOf(IncomingMessage.prototype, Readable.prototype);
ObjectSetPrototypeOf(IncomingMessage, Readable);

const { prototype } = IncomingMessage;

// The head stays bytes: [start, end) of `bytes` are its header lines.
prototype.setHead = function setHead(bytes, start, end, minorVersion, headersMax) {
  this[kBytes] = bytes;
  this[kStart] = start;
  this[kEnd] = end;
  this[kHeadersCount] = headersMax;
  this.httpVersionMajor = 1;
  this.httpVersionMinor = minorVersion;
};

// A message that outlives its callback must not keep the memory that was read into.
prototype.ownHead = function ownHead() {
  if (this[kBytes] === null || this[kStart] === -1) return;
  if (this[kRawHeaders] !== null && this[kHeaders] !== null) {
    this[kBytes] = null;
    return;
  }
  this[kBytes] = copy(this[kBytes], this[kStart], this[kEnd]);
  this[kEnd] -= this[kStart];
  this[kStart] = 0;
};

function pairsOf(message, lower) {
  const bytes = message[kBytes];
  if (bytes === null) return [];
  const pairs = parser.headers(bytes, message[kStart], message[kEnd], lower);
  const max = message[kHeadersCount];
  const limit = (max === null || max === undefined ? HEADERS_MAX : max) * 2;
  if (limit > 0 && pairs.length > limit) pairs.length = limit;
  return pairs;
}

// What happens to a name that comes twice: the first stays, values are joined by `; `, or listed. Others: `, `.
const FIRST = 1;
const SEMICOLON = 2;
const LIST = 3;
const RULES = new SafeMap([
  ['age', FIRST], ['authorization', FIRST], ['content-length', FIRST], ['content-type', FIRST], ['etag', FIRST],
  ['expires', FIRST], ['from', FIRST], ['host', FIRST], ['if-modified-since', FIRST],
  ['if-unmodified-since', FIRST], ['last-modified', FIRST], ['location', FIRST], ['max-forwards', FIRST],
  ['proxy-authorization', FIRST], ['referer', FIRST], ['retry-after', FIRST], ['server', FIRST],
  ['user-agent', FIRST], ['cookie', SEMICOLON], ['set-cookie', LIST],
]);

function addHeader(headers, name, value, joinDuplicates) {
  const before = headers[name];
  if (name === 'set-cookie') {
    if (before !== undefined) ArrayPrototypePush(before, value);
    else headers[name] = [value];
    return;
  }
  if (before === undefined || typeof before !== 'string') {
    headers[name] = value;
    return;
  }
  const rule = RULES.get(name);
  if (rule === SEMICOLON) headers[name] = `${before}; ${value}`;
  else if (rule === undefined || joinDuplicates) headers[name] = `${before}, ${value}`;
}

function addDistinct(headers, name, value) {
  const list = headers[name];
  if (list === undefined) headers[name] = [value];
  else ArrayPrototypePush(list, value);
}

function combine(pairs, isLower, joinDuplicates) {
  const headers = {};
  for (let i = 0; i < pairs.length; i += 2) {
    addHeader(headers, isLower ? pairs[i] : StringPrototypeToLowerCase(pairs[i]), pairs[i + 1], joinDuplicates);
  }
  return headers;
}

function distinct(pairs) {
  const headers = { __proto__: null };
  for (let i = 0; i < pairs.length; i += 2) {
    addDistinct(headers, StringPrototypeToLowerCase(pairs[i]), pairs[i + 1]);
  }
  return headers;
}

function accessor(get, set) {
  return { __proto__: null, configurable: true, enumerable: true, get, set };
}

ObjectDefineProperties(prototype, {
  socket: accessor(
    function() {
      const connection = this[kParted] ? null : this[kConnection];
      return this[kSocket] === null && connection !== null ? connection.getSocket() : this[kSocket];
    },
    function(socket) {
      this[kSocket] = socket;
      this[kParted] = socket === null;
    }),
  connection: accessor(
    function() { return this.socket; },
    function(socket) { this.socket = socket; }),
  client: accessor(
    function() { return this.socket; },
    function(socket) { this.socket = socket; }),
  httpVersion: accessor(
    function() {
      return this.httpVersionMajor === null ? null : `${this.httpVersionMajor}.${this.httpVersionMinor}`;
    },
    function(version) {
      const dot = StringPrototypeIndexOf(`${version}`, '.');
      this.httpVersionMajor = version === null ? null : +StringPrototypeSlice(`${version}`, 0, dot);
      this.httpVersionMinor = version === null ? null : +StringPrototypeSlice(`${version}`, dot + 1);
    }),
  headers: accessor(
    function() {
      if (this[kHeaders] === null) {
        const raw = this[kRawHeaders];
        this[kHeaders] = raw === null ? combine(pairsOf(this, true), true, this.joinDuplicateHeaders) :
          combine(raw, false, this.joinDuplicateHeaders);
      }
      return this[kHeaders];
    },
    function(headers) { this[kHeaders] = headers; }),
  headersDistinct: accessor(
    function() { return this[kHeadersDistinct] ??= distinct(this.rawHeaders); },
    function(headers) { this[kHeadersDistinct] = headers; }),
  rawHeaders: accessor(
    function() { return this[kRawHeaders] ??= pairsOf(this, false); },
    function(headers) { this[kRawHeaders] = headers; }),
  trailers: accessor(
    function() { return this[kTrailers] ??= combine(this.rawTrailers, false, this.joinDuplicateHeaders); },
    function(trailers) { this[kTrailers] = trailers; }),
  trailersDistinct: accessor(
    function() { return this[kTrailersDistinct] ??= distinct(this.rawTrailers); },
    function(trailers) { this[kTrailersDistinct] = trailers; }),
  rawTrailers: accessor(
    function() { return this[kRawTrailers] ??= []; },
    function(trailers) { this[kRawTrailers] = trailers; }),
  // The stream comes into being when anything of it is touched.
  _readableState: {
    __proto__: null,
    configurable: true,
    get() { return this[kStream] ?? makeStream(this); },
    set(state) { this[kStream] = state; },
  },
});
prototype.joinDuplicateHeaders = undefined;
prototype[kParted] = false;

function makeStream(message) {
  if (message === prototype) return undefined;
  const source = message[kConnection] ?? message[kSocket];
  const state = new ReadableState({ autoDestroy: true, highWaterMark: source?.readableHighWaterMark }, message, false);
  message[kStream] = state;
  // From now on what was received can be taken over.
  if (message[kNoBody]) FunctionPrototypeCall(Readable.prototype.push, message, null);
  if (message[kAborted]) message.destroy(connResetException('aborted'));
  return state;
}

prototype.hasStream = function hasStream() {
  return this[kStream] !== null;
};

// Somebody reads the message, or has and stopped: the rest of its body is theirs.
prototype.isConsumed = function isConsumed() {
  return this._consuming || (this[kStream] !== null && this.readableFlowing !== null);
};

// The connection's side.

prototype.receive = function receive(chunk) {
  if (this._dumped) return;
  if (!this.push(chunk)) this.pauseSource();
};

prototype.receiveTrailers = function receiveTrailers(bytes, start, end) {
  this[kRawTrailers] = parser.headers(bytes, start, end, false);
  this[kTrailers] = this[kTrailersDistinct] = undefined;
};

// The message is complete. Without a stream there is nobody to tell yet.
prototype.receiveEnd = function receiveEnd() {
  this.complete = true;
  if (this[kStream] !== null) this.push(null);
  else this[kNoBody] = true;
};

prototype.pauseSource = function pauseSource() {
  const connection = this[kConnection];
  if (connection !== null) connection.pauseReading(this);
  else this[kSocket]?.pause?.();
};

prototype.resumeSource = function resumeSource() {
  const connection = this[kConnection];
  if (connection !== null) connection.resumeReading(this);
  else if (this[kSocket]?.readable) this[kSocket].resume?.();
};

prototype._read = function _read() {
  if (!this._consuming) {
    this._readableState.readingMore = false;
    this._consuming = true;
  }
  if (!this.complete) this.resumeSource();
};

prototype._destroy = function _destroy(error, callback) {
  const socket = this[kSocket];
  const connection = this[kConnection];
  if (!this.readableEnded || !this.complete) {
    this.aborted = true;
    this.emit('aborted');
    if (connection !== null) {
      if (!this[kParted]) connection.messageDestroyed(this, error);
    } else if (socket && !socket.destroyed) {
      socket.destroy(error);
    }
  }
  require('process').nextTick(finishDestroy, this, error, callback);
};

// An aborted message is an error only for those who listen.
function finishDestroy(message, error, callback) {
  if (message.listenerCount('error') === 0) callback();
  else callback(error);
}

// The connection went away before the message was complete, or before it was answered.
prototype.abort = function abort() {
  if (this[kStream] === null && this._eventsCount === 0) {
    // Nobody watches; whoever takes the stream later finds it destroyed.
    this.aborted = true;
    this[kAborted] = true;
    return;
  }
  this.destroy(connResetException('aborted'));
};

prototype.setTimeout = function setTimeout(msecs, callback) {
  if (callback) this.on('timeout', callback);
  this.socket?.setTimeout(msecs);
  return this;
};

// Reads the rest of a body that nobody wants.
prototype._dump = function _dump() {
  if (this._dumped) return;
  this._dumped = true;
  this.removeAllListeners('data');
  this.resume();
};

// Kept for code that builds messages by hand.

prototype._addHeaderLines = function _addHeaderLines(headers, count) {
  if (!headers?.length) return;
  const pairs = [];
  for (let i = 0; i < count; i++) ArrayPrototypePush(pairs, headers[i]);
  if (this.complete) {
    this[kRawTrailers] = pairs;
  } else {
    this[kRawHeaders] = pairs;
    this[kHeaders] = null;
  }
};

prototype._addHeaderLine = function _addHeaderLine(field, value, headers) {
  addHeader(headers, StringPrototypeToLowerCase(field), value, this.joinDuplicateHeaders);
};

prototype._addHeaderLineDistinct = function _addHeaderLineDistinct(field, value, headers) {
  addDistinct(headers, StringPrototypeToLowerCase(field), value);
};

module.exports = { IncomingMessage, kSocket };
