// `session.socket`: the socket without what would get in the way of the frames on it.
'use strict';

const { Proxy, ReflectApply, ReflectGet, ReflectGetPrototypeOf, ReflectSet } = primordials;

const { codes } = require('internal/http2/errors');
const { kSession, kSocket } = require('internal/http2/symbols');

function socketOf(session) {
  const socket = session[kSocket];
  if (socket === undefined) throw new codes.ERR_HTTP2_SOCKET_UNBOUND();
  return socket;
}

const handler = {
  __proto__: null,
  get(session, name) {
    switch (name) {
      case 'setTimeout':
      case 'ref':
      case 'unref':
        return (...args) => ReflectApply(session[name], session, args);
      case 'destroy':
      case 'emit':
      case 'end':
      case 'pause':
      case 'read':
      case 'resume':
      case 'write':
      case 'setEncoding':
      case 'setKeepAlive':
      case 'setNoDelay':
        throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      default: {
        const socket = socketOf(session);
        const value = socket[name];
        return typeof value === 'function' ? (...args) => ReflectApply(value, socket, args) : value;
      }
    }
  },
  getPrototypeOf(session) {
    return ReflectGetPrototypeOf(socketOf(session));
  },
  has(session, name) {
    return name in socketOf(session);
  },
  set(session, name, value) {
    switch (name) {
      case 'setTimeout':
      case 'ref':
      case 'unref':
        session[name] = value;
        return true;
      case 'destroy':
      case 'emit':
      case 'end':
      case 'pause':
      case 'read':
      case 'resume':
      case 'write':
      case 'setEncoding':
      case 'setKeepAlive':
      case 'setNoDelay':
        throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      default:
        socketOf(session)[name] = value;
        return true;
    }
  },
};

/** The `socket` of the compatibility API goes through the stream, whose session may be gone. */
const streamHandler = {
  __proto__: null,
  has(stream, name) {
    const ref = stream.session !== undefined ? stream.session[kSocket] : stream;
    return (name in stream) || (name in ref);
  },
  get(stream, name) {
    switch (name) {
      case 'on':
      case 'once':
      case 'end':
      case 'emit':
      case 'destroy':
        return (...args) => ReflectApply(stream[name], stream, args);
      case 'writable':
      case 'destroyed':
        return stream[name];
      case 'readable':
        return stream.destroyed ? false : (stream[kSession]?.[kSocket]?.readable ?? false);
      case 'setTimeout': {
        const { session } = stream;
        if (session !== undefined) return (...args) => ReflectApply(session.setTimeout, session, args);
        return (...args) => ReflectApply(stream.setTimeout, stream, args);
      }
      case 'write':
      case 'read':
      case 'pause':
      case 'resume':
        throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      default: {
        const ref = stream.session !== undefined ? stream.session[kSocket] : stream;
        const value = ReflectGet(ref, name, ref);
        return typeof value === 'function' ? (...args) => ReflectApply(value, ref, args) : value;
      }
    }
  },
  getPrototypeOf(stream) {
    if (stream.session !== undefined) return ReflectGetPrototypeOf(stream.session[kSocket]);
    return ReflectGetPrototypeOf(stream);
  },
  set(stream, name, value) {
    switch (name) {
      case 'writable':
      case 'readable':
      case 'destroyed':
      case 'on':
      case 'once':
      case 'end':
      case 'emit':
      case 'destroy':
        stream[name] = value;
        return true;
      case 'setTimeout':
        (stream.session ?? stream).setTimeout = value;
        return true;
      case 'write':
      case 'read':
      case 'pause':
      case 'resume':
        throw new codes.ERR_HTTP2_NO_SOCKET_MANIPULATION();
      default: {
        const ref = stream.session !== undefined ? stream.session[kSocket] : stream;
        return ReflectSet(ref, name, value, ref);
      }
    }
  },
};

module.exports = {
  proxyOfSession: (session) => new Proxy(session, handler),
  proxyOfStream: (stream) => new Proxy(stream, streamHandler),
};
