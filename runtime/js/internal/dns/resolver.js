// Resolvers, which ask name servers themselves: `dns.resolve*`, `dns.Resolver`, and the same as promises.
'use strict';

const {
  ArrayPrototypeFilter, ArrayPrototypeForEach, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeReverse,
  ArrayPrototypeSlice, Error, FunctionPrototypeBind, ObjectDefineProperty, ObjectKeys, Promise, RegExpPrototypeExec, SafeSet, StringPrototypeSplit,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_IP_ADDRESS }, dnsException } = require('internal/errors');
const { validateArray, validateFunction, validateInt32, validateString, validateUint32 } = require('internal/validators');
const { isIP } = require('internal/net');
const { Query, TYPES } = require('internal/dns/query');

const PORT = 53;
const TIMEOUT_MS_DEFAULT = 2000;
const TRIES_DEFAULT = 4;
const HOSTS_FILE = '/etc/hosts';

const METHODS = {
  __proto__: null,
  resolveAny: 'ANY', resolve4: 'A', resolve6: 'AAAA', resolveCaa: 'CAA', resolveCname: 'CNAME', resolveMx: 'MX', resolveNs: 'NS',
  resolveTxt: 'TXT', resolveTlsa: 'TLSA', resolveSrv: 'SRV', resolvePtr: 'PTR', resolveNaptr: 'NAPTR', resolveSoa: 'SOA',
};
const SYSCALLS = {
  __proto__: null,
  ANY: 'queryAny', A: 'queryA', AAAA: 'queryAaaa', CAA: 'queryCaa', CNAME: 'queryCname', MX: 'queryMx', NS: 'queryNs', TXT: 'queryTxt',
  TLSA: 'queryTlsa', SRV: 'querySrv', PTR: 'queryPtr', NAPTR: 'queryNaptr', SOA: 'querySoa',
};
// The order in which Node tells what is found for ANY, and the property that has what is no object.
const ANY_ORDER = [
  ['A', 'address'], ['AAAA', 'address'], ['CNAME', 'value'], ['MX'], ['NS', 'value'], ['TXT', 'entries'], ['SRV'], ['PTR', 'value'],
  ['NAPTR'], ['SOA'], ['TLSA'], ['CAA'],
];

const NAMES = { __proto__: null, [TYPES.MX]: 'MX', [TYPES.SRV]: 'SRV', [TYPES.CAA]: 'CAA' };

class Settings {
  servers;
  local = [undefined, undefined];
  pending = new SafeSet();

  constructor(options = undefined) {
    const { timeout = -1, tries = TRIES_DEFAULT, maxTimeout = 0 } = options ?? { __proto__: null };
    validateInt32(timeout, 'options.timeout', -1);
    validateInt32(tries, 'options.tries', 1);
    validateUint32(maxTimeout, 'options.maxTimeout');
    this.timeoutMs = timeout < 0 ? TIMEOUT_MS_DEFAULT : timeout;
    this.tries = tries;
    this.timeoutMsMax = maxTimeout;
  }

  cancel() {
    const pending = [...this.pending];
    for (let i = 0; i < pending.length; i++) pending[i].cancel();
  }

  getServers() {
    this.servers ??= systemServers();
    return ArrayPrototypeMap(this.servers, ({ 0: ip, 1: port }) => {
      if (port === PORT) return ip;
      return isIP(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`;
    });
  }

  setServers(servers) {
    validateArray(servers, 'servers');
    const parsed = [];
    // Holes are passed over.
    ArrayPrototypeForEach(servers, (server, index) => {
      validateString(server, `servers[${index}]`);
      ArrayPrototypePush(parsed, parseServer(server));
    });
    if (this.pending.size > 0 && this !== shared) {
      const error = new Error(`c-ares failed to set servers: "There are pending queries." [${ArrayPrototypeJoin(servers, ',')}]`);
      error.code = 'ERR_DNS_SET_SERVERS_FAILED';
      throw error;
    }
    this.servers = parsed;
  }

  setLocalAddress(ipv4, ipv6 = undefined) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
    const given = [undefined, undefined];
    for (const address of ipv6 === undefined ? [ipv4] : [ipv4, ipv6]) {
      const family = isIP(address);
      if (family === 0) {
        const error = new Error('Invalid IP address.');
        error.code = 'ERR_INVALID_ARG_VALUE';
        throw error;
      }
      const place = family === 6 ? 1 : 0;
      if (given[place] !== undefined) {
        const error = new Error(`Cannot specify two IPv${family} addresses.`);
        error.code = 'ERR_INVALID_ARG_VALUE';
        throw error;
      }
      given[place] = address;
    }
    this.local = given;
  }

  /** Asks; `done(code, records)` once there is an answer. */
  ask(name, type, done) {
    this.servers ??= systemServers();
    const servers = this.servers.length > 0 ? this.servers : [['127.0.0.1', PORT]];
    const enter = require('async_hooks').AsyncLocalStorage.snapshot();
    const query = new Query(servers, this, toAscii(name), type, (code, records) => {
      this.pending.delete(query);
      enter(done, code, records);
    });
    this.pending.add(query);
    query.start();
  }
}

function parseServer(text) {
  if (isIP(text) !== 0) return [text, PORT];
  const bracketed = RegExpPrototypeExec(/^\[([^[\]]*)\](?::(\d+))?$/, text);
  if (bracketed !== null && isIP(bracketed[1]) === 6) return [bracketed[1], +(bracketed[2] ?? PORT)];
  const plain = RegExpPrototypeExec(/^([^:]+)(?::(\d+))?$/, text);
  if (plain !== null && isIP(plain[1]) === 4) return [plain[1], +(plain[2] ?? PORT)];
  throw new ERR_INVALID_IP_ADDRESS(text);
}

function linesOf(file) {
  try {
    return StringPrototypeSplit(require('fs').readFileSync(file, 'utf8'), '\n');
  } catch {
    return [];
  }
}

// The name servers of this machine, read from where the system's resolver reads them.
function systemServers() {
  const servers = [];
  const lines = linesOf('/etc/resolv.conf');
  for (let i = 0; i < lines.length; i++) {
    const found = RegExpPrototypeExec(/^\s*nameserver\s+(\S+)/, lines[i]);
    if (found !== null && isIP(found[1]) !== 0) ArrayPrototypePush(servers, [found[1], PORT]);
  }
  return servers.length > 0 ? servers : [['127.0.0.1', PORT]];
}

function toAscii(name) {
  return RegExpPrototypeExec(/^[\0-\x7f]*$/, name) !== null ? name : require('url').domainToASCII(name);
}

function textOf({ type, ttl, data }, withTtl) {
  // Records of several fields name their type, but for two, as in Node.
  if (type === TYPES.MX || type === TYPES.SRV || type === TYPES.CAA) return { ...data, type: NAMES[type] };
  return withTtl && (type === TYPES.A || type === TYPES.AAAA) ? { address: data, ttl } : data;
}

function listAny(records) {
  const list = [];
  for (let i = 0; i < ANY_ORDER.length; i++) {
    const { 0: type, 1: property } = ANY_ORDER[i];
    for (let j = 0; j < records.length; j++) {
      const { type: number, ttl, data } = records[j];
      if (number !== TYPES[type]) continue;
      if (property === undefined) ArrayPrototypePush(list, { ...data, type });
      else if (property === 'address') ArrayPrototypePush(list, { address: data, ttl, type });
      else ArrayPrototypePush(list, { [property]: data, type });
    }
  }
  return list;
}

/** `done(error, answer)` for the records of a type. */
function query(settings, type, name, options, done) {
  settings.ask(name, type, (code, records) => {
    if (code !== undefined) return done(dnsException(code, SYSCALLS[type], name));
    const wanted = type === 'ANY' ? listAny(records) :
      ArrayPrototypeMap(ArrayPrototypeFilter(records, (record) => record.type === TYPES[type]), (record) => textOf(record, options?.ttl === true));
    if (wanted.length === 0) return done(dnsException('ENODATA', SYSCALLS[type], name));
    // There is one authority.
    return done(null, type === 'SOA' ? wanted[0] : wanted);
  });
}

function reverseName(address) {
  if (isIP(address) === 4) return `${ArrayPrototypeJoin(ArrayPrototypeReverse(StringPrototypeSplit(address, '.')), '.')}.in-addr.arpa`;
  const { hostname } = new (require('internal/url').URL)(`http://[${address}]`);
  const { 0: head, 1: tail } = StringPrototypeSplit(hostname.slice(1, -1), '::');
  const groups = (text) => (text === undefined || text === '' ? [] : StringPrototypeSplit(text, ':'));
  const left = groups(head);
  const right = groups(tail);
  while (left.length + right.length < 8) ArrayPrototypePush(left, '0');
  const digits = ArrayPrototypeJoin(ArrayPrototypeMap([...left, ...right], (group) => group.padStart(4, '0')), '');
  return `${ArrayPrototypeJoin(ArrayPrototypeReverse(StringPrototypeSplit(digits, '')), '.')}.ip6.arpa`;
}

function reverse(settings, address, done) {
  const lines = linesOf(HOSTS_FILE);
  for (let i = 0; i < lines.length; i++) {
    const words = StringPrototypeSplit(RegExpPrototypeExec(/^[^#]*/, lines[i])[0].trim(), /\s+/);
    if (words[0] === address && words.length > 1) {
      const names = ArrayPrototypeSlice(words, 1);
      require('process').nextTick(done, null, names);
      return;
    }
  }
  settings.ask(reverseName(address), 'PTR', (code, records) => {
    if (code !== undefined) return done(dnsException(code, 'getHostByAddr', address));
    const names = ArrayPrototypeMap(ArrayPrototypeFilter(records, (record) => record.type === TYPES.PTR), (record) => record.data);
    return names.length === 0 ? done(dnsException('ENOTFOUND', 'getHostByAddr', address)) : done(null, names);
  });
}

function typeOf(rrtype) {
  if (typeof rrtype !== 'string') throw new ERR_INVALID_ARG_TYPE('rrtype', 'string', rrtype);
  if (SYSCALLS[rrtype] === undefined) throw new ERR_INVALID_ARG_VALUE('rrtype', rrtype);
  return rrtype;
}

function checkAddress(address) {
  validateString(address, 'name');
  if (isIP(address) === 0) throw dnsException(-22, 'getHostByAddr', address);
}

// A class of resolvers; `make(ask)` gives a method its manner, by callback or by promise.
function resolverClass(methods) {
  class Resolver {
    #settings;
    constructor(options = undefined) { this.#settings = new Settings(options); }
    cancel() { this.#settings.cancel(); }
    getServers() { return this.#settings.getServers(); }
    setServers(servers) { this.#settings.setServers(servers); }
    setLocalAddress(ipv4, ipv6) { this.#settings.setLocalAddress(ipv4, ipv6); }
    static settingsOf(resolver) { return resolver.#settings; }
    static share(resolver, settings) { resolver.#settings = settings; }
  }
  const { settingsOf, share } = Resolver;
  delete Resolver.settingsOf;
  delete Resolver.share;
  for (const name of ObjectKeys(methods)) {
    const method = methods[name];
    const value = { [name](...args) { return method(settingsOf(this), args); } }[name];
    ObjectDefineProperty(Resolver.prototype, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
  }
  return { Resolver, share };
}

const byCallback = { __proto__: null };
const byPromise = { __proto__: null };
for (const name of ObjectKeys(METHODS)) {
  byCallback[name] = (settings, { 0: hostname, 1: options, 2: callback }) => {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    validateString(hostname, 'name');
    validateFunction(callback, 'callback');
    query(settings, METHODS[name], hostname, options, callback);
    return { hostname };
  };
  byPromise[name] = (settings, { 0: hostname, 1: options }) => {
    validateString(hostname, 'name');
    return promised((done) => query(settings, METHODS[name], hostname, options, done));
  };
}
byCallback.resolve = (settings, { 0: hostname, 1: rrtype, 2: callback }) => {
  if (typeof rrtype === 'function') {
    callback = rrtype;
    rrtype = 'A';
  }
  const type = typeOf(rrtype);
  validateString(hostname, 'name');
  validateFunction(callback, 'callback');
  query(settings, type, hostname, undefined, callback);
  return { hostname };
};
byPromise.resolve = (settings, { 0: hostname, 1: rrtype = 'A' }) => {
  const type = typeOf(rrtype);
  validateString(hostname, 'name');
  return promised((done) => query(settings, type, hostname, undefined, done));
};
byCallback.reverse = (settings, { 0: address, 1: callback }) => {
  validateString(address, 'name');
  validateFunction(callback, 'callback');
  checkAddress(address);
  reverse(settings, address, callback);
  return { hostname: address };
};
byPromise.reverse = (settings, { 0: address }) => {
  checkAddress(address);
  return promised((done) => reverse(settings, address, done));
};

function promised(ask) {
  return new Promise((resolve, reject) => { ask((error, answer) => (error ? reject(error) : resolve(answer))); });
}

const callbacks = resolverClass(byCallback);
const promises = resolverClass(byPromise);

// The resolver behind the functions of the modules; both share its servers.
const shared = new Settings();

/** Gives a module the functions of the shared resolver. */
function install(target, kind) {
  const resolver = new kind.Resolver();
  kind.share(resolver, shared);
  for (const name of ['getServers', 'setServers', 'resolve', ...ObjectKeys(METHODS), 'reverse']) {
    const method = FunctionPrototypeBind(resolver[name], resolver);
    ObjectDefineProperty(method, 'name', { __proto__: null, value: `bound ${name}`, configurable: true });
    target[name] = method;
  }
}

module.exports = { callbacks, install, promises };
