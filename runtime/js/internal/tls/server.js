// tls.Server: a net.Server whose connections are TLS; and the part of it that https.Server shares.
'use strict';

const {
  ArrayPrototypePush, FunctionPrototypeCall, ObjectKeys, ObjectSetPrototypeOf, RegExp, RegExpPrototypeExec, StringPrototypeReplace,
  StringPrototypeReplaceAll, Symbol,
} = primordials;

const net = require('net');
const {
  codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_TLS_REQUIRED_SERVER_NAME },
  connResetException,
} = require('internal/errors');
const { validateFunction, validateNumber, validateObject } = require('internal/validators');
const { SecureContext, createSecureContext } = require('internal/tls/context');
const { TLSSocket, verifyErrorOf } = require('internal/tls/socket');

const HANDSHAKE_TIMEOUT_MS = 120_000;
const kContexts = Symbol('contexts by name');
const kTls = Symbol('tls options');



// Makes `server`, a net.Server, one that talks TLS and emits 'secureConnection'.
function initialize(server, options) {
  server[kContexts] = [];
  server.requestCert = options.requestCert === true;
  server.rejectUnauthorized = options.rejectUnauthorized !== false;
  server.ALPNCallback = options.ALPNCallback;
  server.ALPNProtocols = options.ALPNProtocols ? require('tls').convertALPN(options.ALPNProtocols) : undefined;
  if (options.pskCallback) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("tls option 'pskCallback'");
  if (options.SNICallback) {
    validateFunction(options.SNICallback, 'options.SNICallback');
    server.SNICallback = options.SNICallback;
  }
  if (options.ALPNCallback) {
    validateFunction(options.ALPNCallback, 'options.ALPNCallback');
    if (options.ALPNProtocols) {
      const { codes: { ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS } } = require('internal/errors');
      throw new ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS();
    }
  }
  const timeout = options.handshakeTimeout ?? HANDSHAKE_TIMEOUT_MS;
  validateNumber(timeout, 'options.handshakeTimeout');
  server[kTls] = { handshakeTimeout: timeout, pauseOnConnect: options.pauseOnConnect };
  server.setSecureContext(options);
  server.on('connection', onRawConnection);
}

function onRawConnection(raw) {
  const server = this;
  const socket = new TLSSocket(raw, {
    isServer: true,
    server,
    secureContext: server._sharedCreds,
    requestCert: server.requestCert,
    rejectUnauthorized: server.rejectUnauthorized,
    handshakeTimeout: server[kTls].handshakeTimeout,
    ALPNProtocols: server.ALPNProtocols,
    ALPNCallback: server.ALPNCallback,
    SNICallback: server.SNICallback ?? ((name, callback) => contextFor(server, name, callback)),
    onHandshakeError: (error, failed) => {
      server.emit('tlsClientError', error, failed);
    },
  });
  socket.on('secure', onSecure);
  socket.on('error', onEarlyError);
}

// Errors before anybody can listen belong to the server.
function onEarlyError(error) {
  if (this._controlReleased || this._hadError) return;
  this._hadError = true;
  this.server.emit('tlsClientError', error, this);
}

function onSecure() {
  const { server } = this;
  if (server.requestCert) {
    const error = verifyErrorOf(this);
    if (error !== null) {
      this.authorizationError = error.code;
      if (server.rejectUnauthorized) {
        this._hadError = true;
        server.emit('tlsClientError', connResetException('socket hang up'), this);
        this.destroy();
        return;
      }
    } else {
      this.authorized = true;
    }
  }
  this._controlReleased = true;
  this.removeListener('error', onEarlyError);
  server.emit('secureConnection', this);
}

// The last context added that fits a name.
function contextFor(server, name, callback) {
  const contexts = server[kContexts];
  for (let i = contexts.length - 1; i >= 0; i--) {
    if (RegExpPrototypeExec(contexts[i].pattern, name) !== null) {
      callback(null, contexts[i].context);
      return;
    }
  }
  callback(null, undefined);
}

// The methods of a server that talks TLS.
const methods = {
  setSecureContext(options) {
    validateObject(options, 'options');
    const given = options.secureContext;
    this._sharedCreds = given instanceof SecureContext ? given : createSecureContext({
      ...options,
      sessionIdContext: options.sessionIdContext ?? 'rondo',
      honorCipherOrder: options.honorCipherOrder ?? true,
    });
  },

  addContext(servername, context) {
    if (!servername) throw new ERR_TLS_REQUIRED_SERVER_NAME();
    const escaped = StringPrototypeReplace(servername, /([.^$+?\-\\[\]{}])/g, '\\$1');
    const pattern = new RegExp(`^${StringPrototypeReplaceAll(escaped, '*', '[^.]*')}$`);
    ArrayPrototypePush(this[kContexts], {
      pattern, context: context instanceof SecureContext ? context : createSecureContext(context),
    });
  },

  getTicketKeys() {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('tls.Server.getTicketKeys');
  },

  setTicketKeys() {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('tls.Server.setTicketKeys');
  },
};

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  } else if (options == null || typeof options === 'object') {
    options ??= {};
  } else {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  FunctionPrototypeCall(net.Server, this, options);
  initialize(this, options);
  if (listener) this.on('secureConnection', listener);
}
ObjectSetPrototypeOf(Server.prototype, net.Server.prototype);
ObjectSetPrototypeOf(Server, net.Server);
for (const name of ObjectKeys(methods)) Server.prototype[name] = methods[name];

module.exports = { Server, initialize, methods };
