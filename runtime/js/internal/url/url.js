// `URL`, by the WHATWG URL standard: an href and where its parts begin, as the native parser found them.
'use strict';

const {
  ObjectDefineProperties, StringPrototypeCharCodeAt, StringPrototypeSlice, StringPrototypeStartsWith,
  StringPrototypeToWellFormed, SymbolFor, SymbolToStringTag, TypeError,
} = primordials;
const { codes } = require('internal/errors');
const { URLSearchParams, ofURL } = require('internal/url/search_params');

const { canParse, offsets, parse, update } = binding('url');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const ABSENT = 0xffffffff;
const AT = 64;

// The parts that `update` sets; `url.rs` has the same list.
const PROTOCOL = 0;
const USERNAME = 1;
const PASSWORD = 2;
const HOST = 3;
const HOSTNAME = 4;
const PORT = 5;
const PATHNAME = 6;
const SEARCH = 7;
const HASH = 8;
const HREF = 9;

const kFromHref = Symbol('kFromHref');

let hasParts;
let hostnameOf;
let setPart;

class URL {
  #href;
  #protocolEnd;
  #usernameEnd;
  #hostStart;
  #hostEnd;
  #port;
  #pathStart;
  #searchStart;
  #hashStart;
  #params;

  static {
    ofURL.queryChanged = (url, params) => {
      const href = update(url.#href, SEARCH, params.toString());
      if (href !== undefined) url.#read(href);
    };
    hostnameOf = (url) => {
      let start = url.#hostStart;
      if (StringPrototypeCharCodeAt(url.#href, start) === AT) start++;
      return StringPrototypeSlice(url.#href, start, url.#hostEnd);
    };
    setPart = (url, part, value) => {
      const href = update(url.#href, part, value);
      if (href !== undefined) url.#read(href);
    };
    hasParts = (value) => typeof value === 'object' && value !== null && #href in value;
  }

  constructor(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    if (input !== kFromHref) {
      input = `${input}`;
      if (base !== undefined) base = `${base}`;
      const href = parse(input, base);
      if (href === undefined) throw invalidUrl(input, base);
      base = href;
    }
    // As in `#read`: kept apart so that the fields are laid out by the constructor.
    this.#href = base;
    this.#protocolEnd = offsets[0];
    this.#usernameEnd = offsets[1];
    this.#hostStart = offsets[2];
    this.#hostEnd = offsets[3];
    this.#port = offsets[4];
    this.#pathStart = offsets[5];
    this.#searchStart = offsets[6];
    this.#hashStart = offsets[7];
    this.#params = undefined;
  }

  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    return canParse(`${input}`, base === undefined ? undefined : `${base}`);
  }

  static parse(input, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    const href = parse(`${input}`, base === undefined ? undefined : `${base}`);
    return href === undefined ? null : new URL(kFromHref, href);
  }

  static createObjectURL(object) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('obj');
    return require('internal/blob').createObjectURL(object);
  }

  static revokeObjectURL(url) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    require('internal/blob').revokeObjectURL(`${url}`);
  }

  get href() {
    this.#self();
    return this.#href;
  }

  set href(value) {
    value = `${value}`;
    const href = update(this.#href, HREF, value);
    if (href === undefined) throw invalidUrl(value, undefined);
    this.#read(href);
    this.#queryMoved();
  }

  get origin() {
    const protocol = StringPrototypeSlice(this.#href, 0, this.#protocolEnd);
    switch (protocol) {
      case 'http:': case 'https:': case 'ws:': case 'wss:': case 'ftp:':
        return `${protocol}//${hostnameOf(this)}${this.#port === ABSENT ? '' : `:${this.#port}`}`;
      case 'blob:': {
        const path = this.pathname;
        if (!StringPrototypeStartsWith(path, 'http:') && !StringPrototypeStartsWith(path, 'https:')) return 'null';
        return URL.parse(path)?.origin ?? 'null';
      }
      default:
        return 'null';
    }
  }

  get protocol() {
    return StringPrototypeSlice(this.#href, 0, this.#protocolEnd);
  }

  set protocol(value) { setPart(this, PROTOCOL, `${value}`); }

  get username() {
    const start = this.#protocolEnd + 2;
    return start < this.#usernameEnd ? StringPrototypeSlice(this.#href, start, this.#usernameEnd) : '';
  }

  set username(value) { setPart(this, USERNAME, `${value}`); }

  get password() {
    if (this.#hostStart <= this.#usernameEnd) return '';
    return StringPrototypeSlice(this.#href, this.#usernameEnd + 1, this.#hostStart);
  }

  set password(value) { setPart(this, PASSWORD, `${value}`); }

  get host() {
    return this.#port === ABSENT ? hostnameOf(this) : `${hostnameOf(this)}:${this.#port}`;
  }

  set host(value) { setPart(this, HOST, `${value}`); }

  get hostname() {
    return hostnameOf(this);
  }

  set hostname(value) { setPart(this, HOSTNAME, `${value}`); }

  get port() {
    return this.#port === ABSENT ? '' : `${this.#port}`;
  }

  set port(value) { setPart(this, PORT, `${value}`); }

  get pathname() {
    const end = this.#searchStart !== ABSENT ? this.#searchStart : this.#hashStart;
    return StringPrototypeSlice(this.#href, this.#pathStart, end === ABSENT ? undefined : end);
  }

  set pathname(value) { setPart(this, PATHNAME, `${value}`); }

  get search() {
    this.#self();
    if (this.#searchStart === ABSENT) return '';
    const end = this.#hashStart === ABSENT ? this.#href.length : this.#hashStart;
    return end - this.#searchStart <= 1 ? '' : StringPrototypeSlice(this.#href, this.#searchStart, end);
  }

  set search(value) {
    setPart(this, SEARCH, StringPrototypeToWellFormed(`${value}`));
    this.#queryMoved();
  }

  get searchParams() {
    if (this.#params === undefined) {
      this.#params = new URLSearchParams();
      ofURL.attach(this.#params, this, StringPrototypeSlice(this.search, 1));
    }
    return this.#params;
  }

  get hash() {
    if (this.#hashStart === ABSENT || this.#href.length - this.#hashStart <= 1) return '';
    return StringPrototypeSlice(this.#href, this.#hashStart);
  }

  set hash(value) { setPart(this, HASH, `${value}`); }

  toString() {
    this.#self();
    return this.#href;
  }

  toJSON() {
    this.#self();
    return this.#href;
  }

  [kInspect](depth, options, inspect) {
    if (this === null || typeof this !== 'object' || !hasParts(this)) return inspect(this, { ...options, customInspect: false });
    if (typeof depth === 'number' && depth < 0) return this;
    const { constructor } = this;
    const shown = { __proto__: { constructor: typeof constructor === 'function' ? constructor : URL } };
    for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
      'searchParams', 'hash']) {
      shown[name] = this[name];
    }
    return `${shown.constructor.name} ${inspect(shown, { ...options, depth: options.depth === null ? null : depth })}`.replace(
      /^(\S+) \1 /, '$1 ');
  }

  // Calling it is a check of the receiver.
  #self() {}

  #read(href) {
    this.#href = href;
    this.#protocolEnd = offsets[0];
    this.#usernameEnd = offsets[1];
    this.#hostStart = offsets[2];
    this.#hostEnd = offsets[3];
    this.#port = offsets[4];
    this.#pathStart = offsets[5];
    this.#searchStart = offsets[6];
    this.#hashStart = offsets[7];
  }

  #queryMoved() {
    if (this.#params !== undefined) ofURL.replace(this.#params, StringPrototypeSlice(this.search, 1));
  }
}

function invalidUrl(input, base) {
  const error = new TypeError('Invalid URL');
  error.code = 'ERR_INVALID_URL';
  error.input = input;
  if (base !== undefined) error.base = base;
  return error;
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(URL.prototype, {
  href: enumerable, origin: enumerable, protocol: enumerable, username: enumerable, password: enumerable, host: enumerable,
  hostname: enumerable, port: enumerable, pathname: enumerable, search: enumerable, searchParams: enumerable, hash: enumerable,
  toString: enumerable, toJSON: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'URL' },
});
ObjectDefineProperties(URL, {
  canParse: { __proto__: null, configurable: true, writable: true, enumerable: true },
  parse: { __proto__: null, configurable: true, writable: true, enumerable: true },
  createObjectURL: enumerable,
  revokeObjectURL: enumerable,
});

/** Whether `value` has the shape of a `URL` of any realm, and not that of a legacy one. */
function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

module.exports = { URL, isURL };
