// What dns and dns/promises share: the arguments and errors of lookup.
'use strict';

const { ArrayPrototypePush, ArrayPrototypeSort, ObjectFreeze } = primordials;
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
  dnsException,
} = require('internal/errors');
const {
  validateBoolean, validateNumber, validateOneOf, validatePort, validateString,
} = require('internal/validators');
const { isIP } = require('internal/net');

const native = binding('dns');

const ADDRCONFIG = 0x20;
const V4MAPPED = 0x08;
const ALL = 0x10;

// Node's codes of name resolution, by the names its module exports.
const CODES = ObjectFreeze({
  NODATA: 'ENODATA', FORMERR: 'EFORMERR', SERVFAIL: 'ESERVFAIL', NOTFOUND: 'ENOTFOUND', NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED', BADQUERY: 'EBADQUERY', BADNAME: 'EBADNAME', BADFAMILY: 'EBADFAMILY', BADRESP: 'EBADRESP',
  CONNREFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEOUT', EOF: 'EOF', FILE: 'EFILE', NOMEM: 'ENOMEM',
  DESTRUCTION: 'EDESTRUCTION', BADSTR: 'EBADSTR', BADFLAGS: 'EBADFLAGS', NONAME: 'ENONAME', BADHINTS: 'EBADHINTS',
  NOTINITIALIZED: 'ENOTINITIALIZED', LOADIPHLPAPI: 'ELOADIPHLPAPI',
  ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS', CANCELLED: 'ECANCELLED',
});

const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'];
let defaultOrder;

function getDefaultResultOrder() {
  if (defaultOrder === undefined) {
    const { execArgv } = require('process');
    defaultOrder = 'verbatim';
    for (let i = 0; i < (execArgv?.length ?? 0); i++) {
      for (let j = 0; j < ORDERS.length; j++) {
        if (execArgv[i] === `--dns-result-order=${ORDERS[j]}`) defaultOrder = ORDERS[j];
      }
    }
  }
  return defaultOrder;
}

function setDefaultResultOrder(order) {
  validateOneOf(order, 'dnsOrder', ORDERS);
  defaultOrder = order;
}

// Returns {hostname, family, hints, all, order} or throws.
function lookupArguments(hostname, options) {
  if (hostname) validateString(hostname, 'hostname');
  let family = 0;
  let hints = 0;
  let all = false;
  let order = getDefaultResultOrder();
  if (typeof options === 'number') {
    validateOneOf(options, 'family', [0, 4, 6]);
    family = options;
  } else if (options !== undefined && options !== null) {
    if (typeof options !== 'object') {
      throw new ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
    }
    if (options.hints != null) {
      validateNumber(options.hints, 'options.hints');
      hints = options.hints >>> 0;
      if ((hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw new ERR_INVALID_ARG_VALUE('hints', hints);
    }
    if (options.family != null) {
      if (options.family === 'IPv4') family = 4;
      else if (options.family === 'IPv6') family = 6;
      else {
        validateOneOf(options.family, 'options.family', [0, 4, 6]);
        family = options.family;
      }
    }
    if (options.all != null) {
      validateBoolean(options.all, 'options.all');
      all = options.all;
    }
    if (options.verbatim != null) {
      validateBoolean(options.verbatim, 'options.verbatim');
      order = options.verbatim ? 'verbatim' : 'ipv4first';
    }
    if (options.order != null) {
      validateOneOf(options.order, 'options.order', ORDERS);
      order = options.order;
    }
  }
  return { hostname, family, hints, all, order };
}

// Calls `done(error, addresses)` with [{address, family}] in the wanted order.
function resolveHost({ hostname, family, hints, order }, done) {
  native.getaddrinfo(hostname, family, hints, function onAddresses(errno, addresses) {
    if (errno !== 0) {
      done(dnsException(errno, 'getaddrinfo', hostname));
      return;
    }
    const list = [];
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[i];
      ArrayPrototypePush(list, { address, family: isIP(address) });
    }
    if (order === 'ipv4first') ArrayPrototypeSort(list, (a, b) => a.family - b.family);
    else if (order === 'ipv6first') ArrayPrototypeSort(list, (a, b) => b.family - a.family);
    done(null, list);
  });
}

function lookupServiceArguments(address, port) {
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  return +port;
}

module.exports = {
  ADDRCONFIG, ALL, CODES, V4MAPPED, dnsException, getDefaultResultOrder, lookupArguments, lookupServiceArguments, native,
  resolveHost, setDefaultResultOrder,
};
