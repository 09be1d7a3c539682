// node:dns/promises.
'use strict';

const { Promise } = primordials;

const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { isIP } = require('internal/net');
const {
  CODES, dnsException, getDefaultResultOrder, lookupArguments, lookupServiceArguments, native, resolveHost,
  setDefaultResultOrder,
} = require('internal/dns');
const { install, promises } = require('internal/dns/resolver');

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

module.exports = {
  ...CODES,
  Resolver: promises.Resolver,
  getDefaultResultOrder,
  lookup,
  lookupService,
  setDefaultResultOrder,
};

install(module.exports, promises);
