// node:dns/promises.
'use strict';

const { ObjectDefineProperty, Promise } = primordials;

const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { isIP } = require('internal/net');
const {
  CODES, RESOLVER_METHODS, dnsException, getDefaultResultOrder, lookupArguments, lookupServiceArguments, native,
  resolveHost, setDefaultResultOrder, unsupported,
} = require('internal/dns');

function lookup(hostname, options) {
  const query = lookupArguments(hostname, options);
  return new Promise((resolve, reject) => {
    if (!hostname) {
      resolve(query.all ? [] : { address: null, family: query.family === 6 ? 6 : 4 });
      return;
    }
    const literal = isIP(hostname);
    if (literal) {
      const entry = { address: hostname, family: literal };
      resolve(query.all ? [entry] : entry);
      return;
    }
    resolveHost(query, (error, list) => {
      if (error !== null) reject(error);
      else resolve(query.all ? list : list[0]);
    });
  });
}

function lookupService(address, port) {
  if (arguments.length !== 2) throw new ERR_MISSING_ARGS('address', 'port');
  port = lookupServiceArguments(address, port);
  return new Promise((resolve, reject) => {
    native.getnameinfo(address, port, (errno, hostname, service) => {
      if (errno !== 0) reject(dnsException(errno, 'getnameinfo', address));
      else resolve({ hostname, service });
    });
  });
}

class Resolver {
  cancel() {}
  getServers() { return require('dns').getServers(); }
  setServers() { throw unsupported('setServers'); }
  setLocalAddress() { throw unsupported('setLocalAddress'); }
}

module.exports = {
  ...CODES,
  Resolver,
  getDefaultResultOrder,
  getServers: () => require('dns').getServers(),
  lookup,
  lookupService,
  setDefaultResultOrder,
  setServers() { throw unsupported('setServers'); },
};

for (let i = 0; i < RESOLVER_METHODS.length; i++) {
  const name = RESOLVER_METHODS[i];
  const fail = { async [name]() { throw unsupported(name); } }[name];
  module.exports[name] = fail;
  ObjectDefineProperty(Resolver.prototype, name, {
    __proto__: null, configurable: true, enumerable: false, writable: true, value: fail,
  });
}
