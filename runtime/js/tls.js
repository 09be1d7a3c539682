// node:tls.
'use strict';

const {
  ArrayBufferIsView, ArrayIsArray, ArrayPrototypeMap, FunctionPrototypeCall, ObjectDefineProperty, ObjectFreeze,
  StringPrototypeSplit,
} = primordials;

const net = require('net');
const { kStandsFor } = require('internal/net/handle');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { constants } = require('internal/crypto/constants');
const { isArrayBuffer } = binding('util');
const { SecureContext, createSecureContext } = require('internal/tls/context');
const { TLSSocket, verifyErrorOf } = require('internal/tls/socket');
const { checkServerIdentity } = require('internal/tls/identity');
const { Server } = require('internal/tls/server');
const { normalizeArgs } = require('internal/net');
const native = binding('tls');

const DEFAULT_CIPHERS = constants.defaultCipherList;

// Protocols in wire form: each with its length before it.
function convertALPN(protocols) {
  if (ArrayBufferIsView(protocols)) return Buffer.from(protocols.buffer, protocols.byteOffset, protocols.byteLength);
  if (isArrayBuffer(protocols)) return Buffer.from(protocols);
  if (!ArrayIsArray(protocols)) {
    throw new ERR_INVALID_ARG_TYPE('options.ALPNProtocols', ['Array', 'Buffer', 'TypedArray', 'DataView'], protocols);
  }
  return Buffer.concat(ArrayPrototypeMap(protocols, (name, i) => {
    const bytes = Buffer.from(name);
    if (bytes.length > 255) {
      throw new ERR_OUT_OF_RANGE(`The byte length of the protocol at index ${i} exceeds the maximum length.`, '<= 255', bytes.length, true);
    }
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }));
}

function convertALPNProtocols(protocols, out) {
  if (ArrayIsArray(protocols) || ArrayBufferIsView(protocols)) out.ALPNProtocols = Buffer.from(convertALPN(protocols));
}

let isInsecureWarned = false;

function rejectsByDefault() {
  const process = require('process');
  const allowed = process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0';
  if (allowed && !isInsecureWarned) {
    isInsecureWarned = true;
    process.emitWarning('Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to \'0\' makes TLS connections and HTTPS ' +
      'requests insecure by disabling certificate verification.');
  }
  return !allowed;
}

// (port, host, options, callback) in all of net's forms, and options in any place.
function connectArguments(args) {
  const normalized = normalizeArgs(args);
  const options = normalized[0];
  if (args[1] !== null && typeof args[1] === 'object') return [{ ...options, ...args[1] }, normalized[1]];
  if (args[2] !== null && typeof args[2] === 'object') return [{ ...options, ...args[2] }, normalized[1]];
  return [options, normalized[1]];
}

function connect(...args) {
  const { 0: given, 1: callback } = connectArguments(args);
  const options = {
    rejectUnauthorized: rejectsByDefault(),
    ciphers: undefined,
    checkServerIdentity: module.exports.checkServerIdentity,
    minDHSize: 1024,
    ...given,
  };
  if (typeof options.checkServerIdentity !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('options.checkServerIdentity', 'Function', options.checkServerIdentity);
  }
  const context = options.secureContext || createSecureContext(options);
  const session = typeof options.session === 'string' ? Buffer.from(options.session, 'latin1') : options.session;
  const host = options.servername || options.host || options.socket?._host || 'localhost';
  const socket = new TLSSocket(undefined, {
    ...options, isServer: false, secureContext: context, session, servername: options.servername ?? (net.isIP(host) ? '' : host),
    allowHalfOpen: options.socket ? options.socket.allowHalfOpen : options.allowHalfOpen,
  });
  socket._host = host;
  socket.on('secure', () => verify(socket, options, host));
  if (callback) socket.once('secureConnect', callback);
  if (options.timeout) socket.setTimeout(options.timeout);
  const below = options.socket ?? connectBelow(socket, options);
  socket._wrap(below);
  socket._start();
  return socket;
}

function connectBelow(socket, options) {
  const { timeout, onread, signal, ...rest } = options;
  return net.connect({ ...rest, path: options.path || undefined, [kStandsFor]: socket });
}

// Judges the server's certificate once the handshake is over.
function verify(socket, options, host) {
  let error = verifyErrorOf(socket);
  if (error === null && !socket.isSessionReused()) {
    error = FunctionPrototypeCall(options.checkServerIdentity, undefined, host, socket.getPeerCertificate(true)) ?? null;
  }
  if (error) {
    socket.authorized = false;
    socket.authorizationError = error.code || error.message;
    if (options.rejectUnauthorized !== false) {
      socket.destroy(error);
      return;
    }
  } else {
    socket.authorized = true;
    socket.authorizationError = null;
  }
  socket.secureConnecting = false;
  socket.emit('secureConnect');
}

function createServer(options, listener) {
  return new Server(options, listener);
}

function getCiphers() {
  return StringPrototypeSplit(CIPHERS, ' ');
}

// The names that `getCiphers` lists.
const CIPHERS = 'aes128-gcm-sha256 aes128-sha aes128-sha256 aes256-gcm-sha384 aes256-sha aes256-sha256 ' +
  'dhe-rsa-aes128-gcm-sha256 dhe-rsa-aes128-sha dhe-rsa-aes128-sha256 dhe-rsa-aes256-gcm-sha384 dhe-rsa-aes256-sha ' +
  'dhe-rsa-aes256-sha256 dhe-rsa-chacha20-poly1305 ecdhe-ecdsa-aes128-gcm-sha256 ecdhe-ecdsa-aes128-sha ' +
  'ecdhe-ecdsa-aes128-sha256 ecdhe-ecdsa-aes256-gcm-sha384 ecdhe-ecdsa-aes256-sha ecdhe-ecdsa-aes256-sha384 ' +
  'ecdhe-ecdsa-chacha20-poly1305 ecdhe-rsa-aes128-gcm-sha256 ecdhe-rsa-aes128-sha ecdhe-rsa-aes128-sha256 ' +
  'ecdhe-rsa-aes256-gcm-sha384 ecdhe-rsa-aes256-sha ecdhe-rsa-aes256-sha384 ecdhe-rsa-chacha20-poly1305 ' +
  'tls_aes_128_ccm_8_sha256 tls_aes_128_ccm_sha256 tls_aes_128_gcm_sha256 tls_aes_256_gcm_sha384 tls_chacha20_poly1305_sha256';

module.exports = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  getCiphers,
  convertALPNProtocols,
  checkServerIdentity,
  createSecureContext,
  SecureContext,
  TLSSocket,
  Server,
  createServer,
  connect,
};

ObjectDefineProperty(module.exports, 'convertALPN', { __proto__: null, value: convertALPN, enumerable: false });

let roots;
ObjectDefineProperty(module.exports, 'rootCertificates', {
  __proto__: null, configurable: false, enumerable: true,
  get() { return roots ??= ObjectFreeze(native.rootCertificates()); },
});
