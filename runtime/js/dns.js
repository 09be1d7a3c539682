// node:dns: lookup and lookupService by the system's resolver, the rest by our own (`internal/dns/resolver`).
'use strict';

const { ObjectDefineProperty, SymbolFor } = primordials;

const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { isIP } = require('internal/net');
const {
  ADDRCONFIG, ALL, CODES, V4MAPPED, dnsException, getDefaultResultOrder, lookupArguments, lookupServiceArguments, native,
  resolveHost, setDefaultResultOrder,
} = require('internal/dns');
const { callbacks, install } = require('internal/dns/resolver');

function lookup(hostname, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const query = lookupArguments(hostname, options);
  const { nextTick } = require('process');
  if (!hostname) {
    if (query.all) nextTick(callback, null, []);
    else nextTick(callback, null, null, query.family === 6 ? 6 : 4);
    return {};
  }
  const literal = isIP(hostname);
  if (literal) {
    if (query.all) nextTick(callback, null, [{ address: hostname, family: literal }]);
    else nextTick(callback, null, hostname, literal);
    return {};
  }
  resolveHost(query, function done(error, list) {
    if (error !== null) callback(error);
    else if (query.all) callback(null, list);
    else callback(null, list[0].address, query.family || list[0].family);
  });
  return {};
}

ObjectDefineProperty(lookup, SymbolFor('nodejs.util.promisify.customArgs'), {
  __proto__: null, enumerable: false, value: ['address', 'family'],
});

function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new ERR_MISSING_ARGS('address', 'port', 'callback');
  port = lookupServiceArguments(address, port);
  validateFunction(callback, 'callback');
  native.getnameinfo(address, port, function onName(errno, hostname, service) {
    if (errno !== 0) callback(dnsException(errno, 'getnameinfo', address));
    else callback(null, hostname, service);
  });
}

ObjectDefineProperty(lookupService, SymbolFor('nodejs.util.promisify.customArgs'), {
  __proto__: null, enumerable: false, value: ['hostname', 'service'],
});

module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  ...CODES,
  Resolver: callbacks.Resolver,
  getDefaultResultOrder,
  lookup,
  lookupService,
  setDefaultResultOrder,
};

install(module.exports, callbacks);

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('dns/promises'); },
});
