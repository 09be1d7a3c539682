// node:dns: lookup and lookupService by the system's resolver. Queries to name servers (resolve*) throw.
'use strict';

const { ArrayPrototypePush, ObjectDefineProperty, RegExpPrototypeExec, SymbolFor } = primordials;

const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { isIP } = require('internal/net');
const {
  ADDRCONFIG, ALL, CODES, RESOLVER_METHODS, V4MAPPED, dnsException, getDefaultResultOrder, lookupArguments,
  lookupServiceArguments, native, resolveHost, setDefaultResultOrder, unsupported,
} = require('internal/dns');

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

class Resolver {
  cancel() {}
  getServers() { return getServers(); }
  setServers() { throw unsupported('setServers'); }
  setLocalAddress() { throw unsupported('setLocalAddress'); }
}

// The name servers of this machine, read from where the system's resolver reads them.
function getServers() {
  const { readFileSync } = require('fs');
  const servers = [];
  let text;
  try {
    text = readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return ['127.0.0.1'];
  }
  const pattern = /^\s*nameserver\s+(\S+)/gm;
  for (let match = RegExpPrototypeExec(pattern, text); match !== null; match = RegExpPrototypeExec(pattern, text)) ArrayPrototypePush(servers, match[1]);
  return servers.length > 0 ? servers : ['127.0.0.1'];
}

function setServers() {
  throw unsupported('setServers');
}

module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  ...CODES,
  Resolver,
  getDefaultResultOrder,
  getServers,
  lookup,
  lookupService,
  setDefaultResultOrder,
  setServers,
};

for (let i = 0; i < RESOLVER_METHODS.length; i++) {
  const name = RESOLVER_METHODS[i];
  const fail = { [name]() { throw unsupported(name); } }[name];
  module.exports[name] = fail;
  ObjectDefineProperty(Resolver.prototype, name, {
    __proto__: null, configurable: true, enumerable: false, writable: true, value: fail,
  });
}

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('dns/promises'); },
});
