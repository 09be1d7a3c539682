// Servers of HTTP/2, over TCP and over TLS, and their sessions.
'use strict';

const { Promise, ReflectApply, SafeSet, Symbol, SymbolAsyncDispose, SymbolFor } = primordials;

const net = require('net');
const timers = require('timers');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { validateFunction, validateObject, validateUint32 } = require('internal/validators');
const { state: channels, tellCame } = require('internal/http2/channels');
const { codes } = require('internal/http2/errors');
const { validateCustomNumbers, validateSettings } = require('internal/http2/settings');
const { Http2Session, SERVER } = require('internal/http2/session');
const { ServerHttp2Stream } = require('internal/http2/server_stream');
const {
  kHandle, kOptions, kSchedule, kServer, kState, kStreamCame,
} = require('internal/http2/symbols');
const native = binding('http2');

const UNKNOWN_PROTOCOL_TIMEOUT_MS = 10_000;
const TIMEOUT_MS = 0;
/** What fits a frame of the least size that every peer takes. */
const FRAME_TEXT_MAX = 16382;

const kHttp1 = Symbol('http1 side');
const kSessions = Symbol('sessions');

class ServerHttp2Session extends Http2Session {
  constructor(options, socket, server) {
    super(SERVER, options, socket);
    this[kServer] = server;
    server?.[kSessions]?.add(this);
    if (server !== undefined) this.once('close', () => server[kSessions]?.delete(this));
  }

  get server() {
    return this[kServer];
  }

  [kStreamCame](id, headers, list, flags, endsStream) {
    const stream = new ServerHttp2Stream(this, id, {}, headers);
    if (channels.loaded) tellCame(this, stream, headers);
    if (endsStream) {
      stream[kState].endAfterHeaders = true;
      stream.push(null);
    }
    if (headers[':method'] === 'HEAD') {
      // There is no body to answer with.
      stream.end();
      stream[kState].isHeadRequest = true;
    }
    if (!this.emit('stream', stream, headers, flags, list)) stream.close(7);
  }

  altsvc(alt, originOrStream) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    let id = 0;
    let origin;
    if (typeof originOrStream === 'string') {
      origin = originOf(originOrStream);
      if (origin === 'null') throw new codes.ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
    } else if (typeof originOrStream === 'number') {
      if (originOrStream >>> 0 !== originOrStream || originOrStream === 0) {
        throw new ERR_OUT_OF_RANGE('originOrStream', `> 0 && < ${2 ** 32}`, originOrStream);
      }
      id = originOrStream;
    } else if (originOrStream !== undefined) {
      if (originOrStream !== null && typeof originOrStream === 'object') origin = originOrStream.origin;
      if (typeof origin !== 'string') {
        throw new ERR_INVALID_ARG_TYPE('originOrStream', ['string', 'number', 'URL', 'object'], originOrStream);
      }
      if (origin === 'null' || origin.length === 0) throw new codes.ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
    }
    if (typeof alt !== 'string') throw new ERR_INVALID_ARG_TYPE('alt', 'string', alt);
    if (!/^[\x20-\x7e\x80-\xff]*$/.test(alt)) {
      const { codes: { ERR_INVALID_CHAR } } = require('internal/errors');
      throw new ERR_INVALID_CHAR('alt');
    }
    if ((origin?.length ?? 0) + alt.length > FRAME_TEXT_MAX) throw new codes.ERR_HTTP2_ALTSVC_LENGTH();
    native.altsvc(this[kHandle], id, origin ?? '', alt);
    this[kSchedule]();
  }

  origin(...origins) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    if (origins.length === 0) return;
    const list = [];
    let length = 0;
    for (let i = 0; i < origins.length; i++) {
      let origin = origins[i];
      if (typeof origin === 'string') origin = originOf(origin);
      else if (origin !== null && typeof origin === 'object') origin = origin.origin;
      if (typeof origin !== 'string') throw new ERR_INVALID_ARG_TYPE('origin', ['string', 'URL', 'object'], origins[i]);
      if (origin === 'null') throw new codes.ERR_HTTP2_INVALID_ORIGIN();
      list[i] = origin;
      length += origin.length;
    }
    if (length > FRAME_TEXT_MAX) throw new codes.ERR_HTTP2_ORIGIN_LENGTH();
    native.origin(this[kHandle], list);
    this[kSchedule]();
  }
}

function originOf(text) {
  return new (require('internal/url').URL)(text).origin;
}

// Options.

function initialize(options) {
  if (options !== undefined) validateObject(options, 'options');
  options = { ...options };
  if (options.settings !== undefined) validateObject(options.settings, 'options.settings');
  options.settings = { ...options.settings };
  validateCustomNumbers(options.remoteCustomSettings);
  if (options.maxSessionInvalidFrames !== undefined) validateUint32(options.maxSessionInvalidFrames, 'maxSessionInvalidFrames');
  if (options.maxSessionRejectedStreams !== undefined) {
    validateUint32(options.maxSessionRejectedStreams, 'maxSessionRejectedStreams');
  }
  if (options.unknownProtocolTimeout !== undefined) validateUint32(options.unknownProtocolTimeout, 'unknownProtocolTimeout');
  else options.unknownProtocolTimeout = UNKNOWN_PROTOCOL_TIMEOUT_MS;
  const compat = require('internal/http2/compat');
  options.Http1IncomingMessage = options.http1Options?.IncomingMessage ?? options.Http1IncomingMessage ??
    require('internal/http/incoming').IncomingMessage;
  options.Http1ServerResponse = options.http1Options?.ServerResponse ?? options.Http1ServerResponse ??
    require('internal/http/server_response').ServerResponse;
  options.Http2ServerRequest ??= compat.Http2ServerRequest;
  options.Http2ServerResponse ??= compat.Http2ServerResponse;
  return options;
}

function initializeTls(options) {
  options = initialize(options);
  if (!options.ALPNCallback) {
    options.ALPNProtocols = ['h2'];
    if (options.allowHTTP1 === true) options.ALPNProtocols[1] = 'http/1.1';
  }
  return options;
}

// Connections.

function onConnection(socket) {
  const options = this[kOptions];
  if (socket.alpnProtocol === false || socket.alpnProtocol === 'http/1.1') {
    if (options.allowHTTP1 === true) {
      const { connectionListener } = require('internal/http/server');
      ReflectApply(connectionListener, this[kHttp1] ??= http1Side(this, options), [socket]);
      return;
    }
    if (!this.emit('unknownProtocol', socket)) refuse(socket, options.unknownProtocolTimeout);
    return;
  }
  const session = new ServerHttp2Session(options, socket, this);
  session.on('stream', sessionOnStream);
  session.on('error', sessionOnError);
  if (this.timeout) session.setTimeout(this.timeout);
  session.on('timeout', sessionOnTimeout);
  socket[kServer] = this;
  this.emit('session', session);
}

/** An HTTP/1 server that never listens: its events are those of `server`. */
function http1Side(server, options) {
  const { Server } = require('internal/http/server');
  const side = new Server({
    ...options, ...options.http1Options, IncomingMessage: options.Http1IncomingMessage, ServerResponse: options.Http1ServerResponse,
  });
  side.emit = (event, ...args) => (event === 'close' ? false : server.emit(event, ...args));
  side.listenerCount = (event) => server.listenerCount(event);
  return side;
}

/** Says to a client of another protocol what is wrong, in a form that it may know. */
function refuse(socket, timeout) {
  const timer = timers.setTimeout(() => { if (!socket.destroyed) socket.destroy(); }, timeout);
  timer.unref();
  socket.once('close', () => timers.clearTimeout(timer));
  const text = `${socket.alpnProtocol === false ? 'Missing' : 'Unknown'} ALPN Protocol, expected \`h2\` to be available.\n` +
    'If this is a HTTP request: The server was not configured with the `allowHTTP1` option or a listener for the ' +
    '`unknownProtocol` event.\n';
  socket.end(`HTTP/1.0 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
}

function sessionOnStream(stream, headers, flags, list) {
  const server = this[kServer];
  if (server === undefined) return;
  if (!server.emit('stream', stream, headers, flags, list) && this.listenerCount('stream') < 2) stream.close(7);
}

function sessionOnError(error) {
  this[kServer]?.emit('sessionError', error, this);
}

function sessionOnTimeout() {
  if (this.destroyed) return;
  const server = this[kServer];
  if (server === undefined || !server.emit('timeout', this)) this.destroy();
}

function setUpCompat(event) {
  if (event !== 'request') return;
  this.removeListener('newListener', setUpCompat);
  const { Http2ServerRequest, Http2ServerResponse } = this[kOptions];
  const { onServerStream } = require('internal/http2/compat');
  this.on('stream', (stream, headers, flags, list) =>
    onServerStream(this, Http2ServerRequest, Http2ServerResponse, stream, headers, flags, list));
}

function begin(server, options, listener) {
  server[kOptions] = options;
  server[kSessions] = new SafeSet();
  server.timeout = TIMEOUT_MS;
  server.on('newListener', setUpCompat);
  if (listener !== undefined) {
    validateFunction(listener, 'listener');
    server.on('request', listener);
  }
}

const shared = {
  setTimeout(msecs, callback) {
    this.timeout = msecs;
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.on('timeout', callback);
    }
    return this;
  },

  updateSettings(settings) {
    validateObject(settings, 'settings');
    validateSettings(settings);
    this[kOptions].settings = { ...this[kOptions].settings, ...settings };
  },

  [SymbolFor('nodejs.rejection')](error, event, ...args) {
    if (event === 'stream') {
      const { 0: stream } = args;
      if (stream.sentHeaders) {
        stream.destroy(error);
      } else {
        stream.respond({ ':status': 500 });
        stream.end();
      }
    } else if (event === 'request') {
      const { 1: response } = args;
      if (response.headersSent || response.finished) {
        response.destroy();
      } else {
        const names = response.getHeaderNames();
        for (let i = 0; i < names.length; i++) response.removeHeader(names[i]);
        response.statusCode = 500;
        response.end();
      }
    } else {
      require('net').Server.prototype[SymbolFor('nodejs.rejection')]?.call(this, error, event, ...args);
    }
  },
};

function closeSessions(server) {
  const sessions = [...server[kSessions]];
  for (let i = 0; i < sessions.length; i++) sessions[i].close();
  server[kHttp1]?.closeIdleConnections();
}

function makeClass(name, Base, init, eventName) {
  const made = {
    [name]: class extends Base {
      constructor(options, listener) {
        options = init(options);
        super(options, eventName === 'connection' ? onConnection : undefined);
        if (eventName !== 'connection') this.on(eventName, onConnection);
        begin(this, options, listener);
      }

      close(...args) {
        ReflectApply(Base.prototype.close, this, args);
        closeSessions(this);
        return this;
      }

      async [SymbolAsyncDispose]() {
        return new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
      }
    },
  }[name];
  made.prototype.setTimeout = shared.setTimeout;
  made.prototype.updateSettings = shared.updateSettings;
  made.prototype[SymbolFor('nodejs.rejection')] = shared[SymbolFor('nodejs.rejection')];
  return made;
}

const Http2Server = makeClass('Http2Server', net.Server, initialize, 'connection');
let Http2SecureServer;

function secureServer() {
  if (Http2SecureServer === undefined) {
    Http2SecureServer = makeClass('Http2SecureServer', require('tls').Server, initializeTls, 'secureConnection');
    Http2SecureServer.prototype.closeAllConnections = function closeAllConnections() {
      const sessions = [...this[kSessions]];
      for (let i = 0; i < sessions.length; i++) sessions[i].destroy();
      this[kHttp1]?.closeAllConnections();
    };
  }
  return Http2SecureServer;
}

function createServer(options, listener) {
  if (typeof options === 'function') {
    listener = options;
    options = {};
  }
  return new Http2Server(options, listener);
}

function createSecureServer(options, listener) {
  return new (secureServer())(options, listener);
}

function performServerHandshake(socket, options = {}) {
  options = initialize(options);
  return new ServerHttp2Session(options, socket, undefined);
}

module.exports = { createSecureServer, createServer, performServerHandshake };
