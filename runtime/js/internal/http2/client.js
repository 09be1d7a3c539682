// The client's side: `connect`, its session, and the streams of its requests and of what a server pushes.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ObjectAssign, StringPrototypeSlice, StringPrototypeToLowerCase, String,
} = primordials;

const net = require('net');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject, validateUint32 } = require('internal/validators');
const { bindToCurrentFrame } = require('internal/async_context');
const { channelOf, state: channels, tellCame } = require('internal/http2/channels');
const { NghttpError, codes } = require('internal/http2/errors');
const { PSEUDO_ANY, kSensitive, objectOfRaw, toText } = require('internal/http2/headers');
const { CLIENT, Http2Session } = require('internal/http2/session');
const { Http2Stream, kSentHeaders } = require('internal/http2/stream');
const { validateCustomNumbers } = require('internal/http2/settings');
const {
  kAuthority, kHandle, kInit, kOptions, kOrigin, kProtocol, kSchedule, kState, kStreamCame, kUpdateTimer, kWhenConnected,
} = require('internal/http2/symbols');
const native = binding('http2');

const ERR_INVALID_ARGUMENT = -501;
const ERR_STREAM_ID_NOT_AVAILABLE = -509;

class ClientHttp2Stream extends Http2Stream {
  constructor(session, id, options) {
    super(session, options);
    this[kState].areHeadersSent = true;
    if (id !== undefined) this[kInit](id);
    this.on('headers', onInformation);
  }
}

function onInformation(headers) {
  if (headers[':status'] === 100) this.emit('continue');
}

class ClientHttp2Session extends Http2Session {
  constructor(options, socket) {
    super(CLIENT, options, socket);
  }

  /** A stream that the server pushes. */
  [kStreamCame](id, headers, list, flags, endsStream) {
    const stream = new ClientHttp2Stream(this, id, {});
    if (channels.loaded) tellCame(this, stream, headers);
    if (endsStream) {
      stream[kState].endAfterHeaders = true;
      stream.push(null);
    }
    stream.end();
    if (!this.emit('stream', stream, headers, flags, list)) stream.close(7);
  }

  request(given, options) {
    if (this.destroyed) throw new codes.ERR_HTTP2_INVALID_SESSION();
    this[kUpdateTimer]();
    if (given !== undefined && !ArrayIsArray(given)) validateObject(given, 'headers');
    if (options !== undefined) validateObject(options, 'options');
    options = { ...options };
    const { headers, parts } = withDefaults(this, given);
    const text = toText(headers, PSEUDO_ANY, this[kOptions].strictSingleValueFields !== false);
    validateRequestOptions(options);
    if (options.endStream === undefined) {
      // Requests that have no body unless they say so.
      options.endStream = parts.method === 'GET' || parts.method === 'HEAD' || parts.method === 'DELETE';
    }
    const stream = new ClientHttp2Stream(this, undefined, {});
    stream[kSentHeaders] = ArrayIsArray(headers) ? objectOfRaw(headers) : headers;
    channelOf(this, 'created')?.publish({ stream, headers: stream[kSentHeaders] });
    stream[kOrigin] = `${parts.scheme}://${parts.authority}`;
    if (options.endStream) stream.end();
    if (options.waitForTrailers) stream[kState].hasTrailers = true;
    watchSignal(stream, options.signal);
    const submit = () => submitRequest(this, stream, text, options);
    if (this.connecting) this[kWhenConnected](bindToCurrentFrame(submit));
    else submit();
    return stream;
  }
}

function validateRequestOptions({ endStream, exclusive, parent, silent }) {
  if (endStream !== undefined) validateBoolean(endStream, 'options.endStream');
  if (parent !== undefined) validateNumber(parent, 'options.parent');
  if (exclusive !== undefined) validateBoolean(exclusive, 'options.exclusive');
  if (silent !== undefined) validateBoolean(silent, 'options.silent');
}

/** The request's headers with the pseudo headers that it needs. */
function withDefaults(session, given) {
  let headers;
  const parts = { method: undefined, scheme: undefined, authority: undefined, path: undefined, protocol: undefined };
  if (ArrayIsArray(given)) {
    headers = [...given];
    if (given[kSensitive] !== undefined) headers[kSensitive] = given[kSensitive];
    let host;
    for (let i = 0; i < headers.length; i += 2) {
      const name = StringPrototypeToLowerCase(String(headers[i]));
      if (name[0] === ':') parts[StringPrototypeSlice(name, 1)] = headers[i + 1];
      else if (name === 'host') host = headers[i + 1];
    }
    const added = [];
    const add = (name, value) => {
      parts[name] = value;
      ArrayPrototypePush(added, `:${name}`, value);
    };
    if (parts.method === undefined) add('method', 'GET');
    const isPlainConnect = parts.method === 'CONNECT' && parts.protocol === undefined;
    if (!isPlainConnect) {
      if (parts.authority === undefined && host === undefined) add('authority', session[kAuthority]);
      if (parts.scheme === undefined) add('scheme', StringPrototypeSlice(session[kProtocol], 0, -1));
      if (parts.path === undefined) add('path', '/');
    }
    if (added.length > 0) {
      const secrets = headers[kSensitive];
      headers = [...added, ...headers];
      if (secrets !== undefined) headers[kSensitive] = secrets;
    }
  } else {
    headers = ObjectAssign({ __proto__: null }, given);
    headers[':method'] ??= 'GET';
    const isPlainConnect = headers[':method'] === 'CONNECT' && headers[':protocol'] === undefined;
    if (!isPlainConnect) {
      if (headers[':authority'] === undefined && headers.host === undefined) headers[':authority'] = session[kAuthority];
      headers[':scheme'] ??= StringPrototypeSlice(session[kProtocol], 0, -1);
      headers[':path'] ??= '/';
    }
    parts.method = headers[':method'];
    parts.scheme = headers[':scheme'];
    parts.authority = headers[':authority'] ?? headers.host;
    parts.path = headers[':path'];
    parts.protocol = headers[':protocol'];
  }
  if (parts.method === 'CONNECT' && parts.protocol === undefined) {
    if (parts.authority === undefined) throw new codes.ERR_HTTP2_CONNECT_AUTHORITY();
    if (parts.scheme !== undefined) throw new codes.ERR_HTTP2_CONNECT_SCHEME();
    if (parts.path !== undefined) throw new codes.ERR_HTTP2_CONNECT_PATH();
  }
  return { headers, parts };
}

function watchSignal(stream, signal) {
  if (signal === undefined) return;
  validateAbortSignal(signal, 'options.signal');
  const abort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
    return;
  }
  const { addAbortListener } = require('internal/events/abort_listener');
  const added = addAbortListener(signal, abort);
  stream.once('close', () => added[primordials.SymbolDispose ?? Symbol.dispose]());
}

function submitRequest(session, stream, text, options) {
  if (session.destroyed || stream.destroyed) {
    stream.destroy();
    return;
  }
  if (session.closed) {
    stream.destroy(new codes.ERR_HTTP2_GOAWAY_SESSION());
    return;
  }
  const id = native.request(session[kHandle], text, options.endStream, options.waitForTrailers === true);
  if (id < 0) {
    if (id === ERR_STREAM_ID_NOT_AVAILABLE) stream.destroy(new codes.ERR_HTTP2_OUT_OF_STREAMS());
    else if (id === ERR_INVALID_ARGUMENT) stream.destroy(new codes.ERR_HTTP2_STREAM_SELF_DEPENDENCY());
    else session.destroy(new NghttpError(id));
    return;
  }
  if (options.endStream) stream[kState].isShut = true;
  stream[kInit](id);
  channelOf(session, 'start')?.publish({ stream, headers: stream[kSentHeaders] });
  session[kSchedule]();
}

function connect(authority, options, listener) {
  if (typeof options === 'function') {
    listener = options;
    options = undefined;
  }
  if (options !== undefined) validateObject(options, 'options');
  options = { ...options };
  if (options.settings !== undefined) validateObject(options.settings, 'options.settings');
  options.settings = { ...options.settings };
  validateCustomNumbers(options.remoteCustomSettings);
  if (options.maxReservedRemoteStreams !== undefined) validateUint32(options.maxReservedRemoteStreams, 'maxReservedRemoteStreams');
  options.maxReservedRemoteStreams ??= 200;
  if (typeof authority === 'string') authority = new (require('internal/url').URL)(authority);
  if (authority === null || typeof authority !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('authority', ['string', 'Object', 'URL'], authority);
  }
  const protocol = authority.protocol || options.protocol || 'https:';
  const port = `${authority.port !== '' && authority.port !== undefined ? authority.port : (protocol === 'http:' ? 80 : 443)}`;
  let host = 'localhost';
  if (authority.hostname) {
    host = authority.hostname;
    if (host[0] === '[') host = StringPrototypeSlice(host, 1, -1);
  } else if (authority.host) {
    host = authority.host;
  }
  let socket;
  if (typeof options.createConnection === 'function') {
    socket = options.createConnection(authority, options);
  } else if (protocol === 'http:') {
    socket = net.connect({ port, host, ...options });
  } else if (protocol === 'https:') {
    socket = require('tls').connect(port, host, tlsOptions(options, host));
  } else {
    throw new codes.ERR_HTTP2_UNSUPPORTED_PROTOCOL(protocol);
  }
  const session = new ClientHttp2Session(options, socket);
  session[kAuthority] = authorityText(options, host, port);
  session[kProtocol] = protocol;
  if (typeof listener === 'function') session.once('connect', listener);
  return session;
}

function authorityText(options, host, port) {
  const name = options.servername || host;
  return `${net.isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function tlsOptions(options, host) {
  const made = { ...options };
  made.ALPNProtocols = options.ALPNProtocols ?? ['h2'];
  if (made.servername === undefined && net.isIP(host) === 0) made.servername = host;
  return made;
}

module.exports = { connect };
