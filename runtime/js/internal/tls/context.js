// Secure contexts: certificates, keys, trust and the choices of protocol, checked and handed to the native side.
'use strict';

const {
  ArrayBufferIsView, ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, StringPrototypeSplit, StringPrototypeStartsWith,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_TLS_INVALID_PROTOCOL_VERSION,
    ERR_TLS_PROTOCOL_VERSION_CONFLICT,
  },
} = require('internal/errors');
const { validateInteger, validateString } = require('internal/validators');
const { constants } = require('internal/crypto/constants');
const { kHandle } = require('internal/crypto/util');
const { isArrayBuffer } = binding('util');
const native = binding('tls');

const VERSIONS = { '__proto__': null, 'TLSv1': 0x301, 'TLSv1.1': 0x302, 'TLSv1.2': 0x303, 'TLSv1.3': 0x304 };
// What `secureProtocol` of old stands for.
const METHODS = {
  '__proto__': null, 'TLS_method': [0, 0x304], 'TLS_client_method': [0, 0x304], 'TLS_server_method': [0, 0x304],
  'SSLv23_method': [0, 0x303], 'SSLv23_client_method': [0, 0x303], 'SSLv23_server_method': [0, 0x303],
  'TLSv1_method': [0x301, 0x301], 'TLSv1_client_method': [0x301, 0x301], 'TLSv1_server_method': [0x301, 0x301],
  'TLSv1_1_method': [0x302, 0x302], 'TLSv1_1_client_method': [0x302, 0x302], 'TLSv1_1_server_method': [0x302, 0x302],
  'TLSv1_2_method': [0x303, 0x303], 'TLSv1_2_client_method': [0x303, 0x303], 'TLSv1_2_server_method': [0x303, 0x303],
};
const UNSUPPORTED = ['crl', 'ticketKeys', 'privateKeyEngine', 'clientCertEngine', 'privateKeyIdentifier'];

function isBytes(value) {
  return typeof value === 'string' || ArrayBufferIsView(value) || isArrayBuffer(value);
}

function bytesOf(value, name) {
  if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  return isArrayBuffer(value) ? Buffer.from(value) : value;
}

function each(value, name, map) {
  if (value === undefined || value === null || value === false) return [];
  const list = ArrayIsArray(value) ? value : [value];
  const mapped = [];
  for (let i = 0; i < list.length; i++) ArrayPrototypePush(mapped, map(list[i], name));
  return mapped;
}

function keyOf(options) {
  const isList = ArrayIsArray(options.key);
  return (value, name) => {
    if (!isList && value?.pem !== undefined) bytesOf(value, name);
    const inner = value?.pem !== undefined ? value.pem : value;
    const passphrase = value?.pem !== undefined ? value.passphrase ?? options.passphrase : options.passphrase;
    if (passphrase !== undefined && passphrase !== null) validateString(passphrase, 'options.passphrase');
    if (inner?.[kHandle] !== undefined) return [inner[kHandle], undefined];
    return [bytesOf(inner, name), passphrase ?? undefined];
  };
}

function archiveOf(options) {
  return (value) => {
    const inner = value?.buf !== undefined ? value.buf : value;
    const passphrase = value?.buf !== undefined && value.passphrase !== undefined ? value.passphrase : options.passphrase;
    return [typeof inner === 'string' ? Buffer.from(inner, 'latin1') : bytesOf(inner, 'options.pfx'), passphrase];
  };
}

function versionOf(name, which, fallback) {
  if (name === undefined || name === null) return VERSIONS[fallback];
  const number = VERSIONS[name];
  if (number === undefined) throw new ERR_TLS_INVALID_PROTOCOL_VERSION(name, which);
  return number;
}

function versionsOf(options) {
  const tls = require('tls');
  const { secureProtocol, minVersion, maxVersion } = options;
  if (secureProtocol) {
    validateString(secureProtocol, 'options.secureProtocol');
    if (minVersion != null) throw new ERR_TLS_PROTOCOL_VERSION_CONFLICT(minVersion, secureProtocol);
    if (maxVersion != null) throw new ERR_TLS_PROTOCOL_VERSION_CONFLICT(maxVersion, secureProtocol);
    const range = METHODS[secureProtocol];
    if (range === undefined) {
      const { codes } = require('internal/errors');
      throw new codes.ERR_TLS_INVALID_PROTOCOL_METHOD(`Unknown method: ${secureProtocol}`);
    }
    return range;
  }
  return [versionOf(minVersion, 'minimum', tls.DEFAULT_MIN_VERSION), versionOf(maxVersion, 'maximum', tls.DEFAULT_MAX_VERSION)];
}

// The suites of TLS 1.3 and the ciphers before it are set apart.
function splitCiphers(text) {
  const suites = [];
  const ciphers = [];
  const list = StringPrototypeSplit(text, ':');
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '') continue;
    ArrayPrototypePush(StringPrototypeStartsWith(list[i], 'TLS_') ? suites : ciphers, list[i]);
  }
  return { suites: ArrayPrototypeJoin(suites, ':'), ciphers: ArrayPrototypeJoin(ciphers, ':') };
}

class SecureContext {
  constructor(handle) {
    this.context = handle;
  }
}

let plainClientContext;

// A client's context without options is always the same one.
function isPlain(options) {
  for (const name of ['ca', 'cert', 'key', 'pfx', 'ciphers', 'minVersion', 'maxVersion', 'secureProtocol', 'secureOptions',
    'ecdhCurve', 'sigalgs', 'sessionIdContext', 'honorCipherOrder', 'crl', 'dhparam', 'ticketKeys']) {
    if (options[name] !== undefined && options[name] !== null) return false;
  }
  return true;
}

function createSecureContext(options) {
  options ??= {};
  const tls = require('tls');
  const defaults = tls.DEFAULT_CIPHERS + tls.DEFAULT_MIN_VERSION + tls.DEFAULT_MAX_VERSION;
  const plain = isPlain(options);
  if (plain && plainClientContext?.defaults === defaults) return plainClientContext.context;
  for (let i = 0; i < UNSUPPORTED.length; i++) {
    if (options[UNSUPPORTED[i]]) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`tls option '${UNSUPPORTED[i]}'`);
  }
  const { ciphers, ecdhCurve, honorCipherOrder, sigalgs, sessionIdContext, dhparam } = options;
  if (dhparam !== undefined && dhparam !== null && dhparam !== 'auto') {
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("tls option 'dhparam' other than 'auto'");
  }
  if (ciphers !== undefined && ciphers !== null) validateString(ciphers, 'options.ciphers');
  if (ecdhCurve !== undefined && ecdhCurve !== null) validateString(ecdhCurve, 'options.ecdhCurve');
  if (sessionIdContext !== undefined && sessionIdContext !== null) validateString(sessionIdContext, 'options.sessionIdContext');
  if (sigalgs !== undefined && sigalgs !== null) {
    validateString(sigalgs, 'options.sigalgs');
    if (sigalgs === '') throw new ERR_INVALID_ARG_VALUE('options.sigalgs', sigalgs);
  }
  let secureOptions = 0;
  if (options.secureOptions) {
    validateInteger(options.secureOptions, 'secureOptions');
    ({ secureOptions } = options);
  }
  if (honorCipherOrder) secureOptions |= constants.SSL_OP_CIPHER_SERVER_PREFERENCE;
  const range = versionsOf(options);
  const split = splitCiphers(ciphers || tls.DEFAULT_CIPHERS);
  const handle = native.contextNew(
    each(options.cert, 'options.cert', bytesOf),
    each(options.key, 'options.key', keyOf(options)),
    each(options.pfx, 'options.pfx', archiveOf(options)),
    options.ca === undefined || options.ca === null ? undefined : each(options.ca, 'options.ca', bytesOf),
    split.ciphers || undefined,
    ciphers && !split.suites ? undefined : split.suites || undefined,
    range[0], range[1],
    ecdhCurve && ecdhCurve !== 'auto' ? ecdhCurve : undefined,
    sigalgs ?? undefined,
    secureOptions >>> 0,
    sessionIdContext ?? undefined);
  const context = new SecureContext(handle);
  if (plain) plainClientContext = { defaults, context };
  return context;
}

module.exports = { SecureContext, createSecureContext };
