// `url.parse` and `url.format` as they were before the WHATWG URL standard: lenient, and kept as they are.
'use strict';

const {
  FunctionPrototypeCall, Int8Array, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeSet, StringPrototypeCharCodeAt,
  StringPrototypeIndexOf, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeToLowerCase,
  StringPrototypeTrim, decodeURIComponent,
} = primordials;
const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const { encodeString } = require('internal/querystring');
const { toASCII } = binding('url');

const HOST_LENGTH_MAX = 255;
const STACK_FRAMES_MAX = 10;

// Protocols whose text goes unescaped, that never have a host, and that always have one.
const unsafeProtocols = new SafeSet(['javascript', 'javascript:']);
const hostlessProtocols = new SafeSet(['javascript', 'javascript:']);
const slashedProtocols = new SafeSet([
  'http', 'http:', 'https', 'https:', 'ftp', 'ftp:', 'gopher', 'gopher:', 'file', 'file:', 'ws', 'ws:', 'wss', 'wss:',
]);

const PROTOCOL = /^[a-z0-9.+-]+:/i;
const PORT = /:[0-9]*$/;
const AUTHORITY = /^\/\/[^@/]+@[^@/]+/;
// A path and query and no more.
const SIMPLE_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const FORBIDDEN_IN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const FORBIDDEN_IN_IPV6_HOST = /[\0\t\n\r #%/<>?@\\^|]/;
// What is percent-encoded wherever it stands after the host.
const TO_ESCAPE = /[\t\n\r "'<>\\^`{|}]/g;

function escapeCharacter(character) {
  return encodeString(character, noneUnescaped);
}

const noneUnescaped = new Int8Array(128);
// What an `auth` keeps: what `encodeURIComponent` keeps, and the colon.
const unescapedInAuth = new Int8Array(128);
for (const characters of ["!'()*-._~:", '0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']) {
  for (let i = 0; i < characters.length; i++) unescapedInAuth[StringPrototypeCharCodeAt(characters, i)] = 1;
}

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

let isWarned = false;

// A warning is for the program's author, who can't change what stands in `node_modules`.
function isCallerInNodeModules() {
  const sites = binding('util').getCallSites(STACK_FRAMES_MAX);
  for (let i = 0; i < sites.length; i++) {
    const name = sites[i].scriptName;
    if (typeof name !== 'string' || name === '' || StringPrototypeStartsWith(name, 'node:')) continue;
    return RegExpPrototypeExec(/[/\\]node_modules[/\\]/, name) !== null;
  }
  return false;
}

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (!isWarned && !isCallerInNodeModules()) {
    isWarned = true;
    require('process').emitWarning('`url.parse()` behavior is not standardized and prone to errors that have security ' +
      'implications. Use the WHATWG URL API instead. CVEs are not issued for `url.parse()` vulnerabilities.', 'DeprecationWarning', 'DEP0169');
  }
  if (url instanceof Url) return url;
  const result = new Url();
  result.parse(url, parseQueryString, slashesDenoteHost);
  return result;
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url');
  let { rest, hasHash, hasAt } = normalize(url);
  if (!slashesDenoteHost && !hasHash && !hasAt) {
    const simple = RegExpPrototypeExec(SIMPLE_PATH, rest);
    if (simple !== null) return this.parsePath(rest, simple, parseQueryString);
  }
  const protocol = RegExpPrototypeExec(PROTOCOL, rest)?.[0];
  let lower;
  if (protocol !== undefined) {
    lower = StringPrototypeToLowerCase(protocol);
    this.protocol = lower;
    rest = StringPrototypeSlice(rest, protocol.length);
  }
  let hasSlashes = false;
  if (slashesDenoteHost || protocol !== undefined || RegExpPrototypeExec(AUTHORITY, rest) !== null) {
    hasSlashes = StringPrototypeStartsWith(rest, '//');
    if (hasSlashes && !hostlessProtocols.has(lower)) {
      rest = StringPrototypeSlice(rest, 2);
      this.slashes = true;
    }
  }
  if (!hostlessProtocols.has(lower) && (hasSlashes || (protocol !== undefined && !slashedProtocols.has(protocol)))) {
    rest = parseAuthority(this, rest, url);
  }
  if (!unsafeProtocols.has(lower)) rest = RegExpPrototypeSymbolReplace(TO_ESCAPE, rest, escapeCharacter);
  parseTail(this, rest, parseQueryString);
  if (slashedProtocols.has(lower) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname || '') + (this.search || '');
  this.href = this.format();
  return this;
};

// Without the white space around it, and with slashes for backslashes before the query and the hash.
function normalize(url) {
  const text = StringPrototypeTrim(url);
  let end = text.length;
  let hasHash = false;
  let hasAt = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '@') hasAt = true;
    else if (character === '#') hasHash = true;
    if ((character === '#' || character === '?') && end === text.length) end = i;
  }
  if (StringPrototypeIndexOf(text, '\\') === -1) return { rest: text, hasHash, hasAt };
  const head = StringPrototypeReplaceAll(StringPrototypeSlice(text, 0, end), '\\', '/');
  return { rest: head + StringPrototypeSlice(text, end), hasHash, hasAt };
}

Url.prototype.parsePath = function parsePath(rest, simple, parseQueryString) {
  this.path = rest;
  this.href = rest;
  this.pathname = simple[1];
  if (simple[2]) {
    this.search = simple[2];
    this.query = StringPrototypeSlice(simple[2], 1);
    if (parseQueryString) this.query = require('querystring').parse(this.query);
  } else if (parseQueryString) {
    this.search = null;
    this.query = { __proto__: null };
  }
  return this;
};

// Takes the authority from the start of `rest` and returns what follows it.
function parseAuthority(self, rest, url) {
  let hostEnd = -1;
  let atSign = -1;
  let nonHost = -1;
  for (let i = 0; i < rest.length && hostEnd === -1; i++) {
    switch (rest[i]) {
      case '\t': case '\n': case '\r':
        // Dropped, as browsers do.
        rest = StringPrototypeSlice(rest, 0, i) + StringPrototypeSlice(rest, i + 1);
        i--;
        break;
      case ' ': case '"': case '%': case "'": case ';': case '<': case '>': case '\\': case '^':
      case '`': case '{': case '|': case '}':
        // These end a host, but may stand in the auth before an `@` to come.
        if (nonHost === -1) nonHost = i;
        break;
      case '#': case '/': case '?':
        if (nonHost === -1) nonHost = i;
        hostEnd = i;
        break;
      case '@':
        atSign = i;
        nonHost = -1;
        break;
    }
  }
  let start = 0;
  if (atSign !== -1) {
    self.auth = decodeURIComponent(StringPrototypeSlice(rest, 0, atSign));
    start = atSign + 1;
  }
  self.host = StringPrototypeSlice(rest, start, nonHost === -1 ? undefined : nonHost);
  rest = nonHost === -1 ? '' : StringPrototypeSlice(rest, nonHost);
  self.parseHost();
  if (typeof self.hostname !== 'string') self.hostname = '';
  const isIPv6 = self.hostname[0] === '[' && self.hostname[self.hostname.length - 1] === ']';
  if (!isIPv6) rest = checkHostname(self, rest, url);
  if (self.hostname.length > HOST_LENGTH_MAX) self.hostname = '';
  else self.hostname = StringPrototypeToLowerCase(self.hostname);
  if (self.hostname !== '') {
    if (isIPv6) {
      if (RegExpPrototypeExec(FORBIDDEN_IN_IPV6_HOST, self.hostname) !== null) throw new codes.ERR_INVALID_URL(url);
    } else {
      self.hostname = toASCII(self.hostname);
      // An international name may become a character that splits the host, or nothing at all.
      if (self.hostname === '' || RegExpPrototypeExec(FORBIDDEN_IN_HOST, self.hostname) !== null) {
        throw new codes.ERR_INVALID_URL(url);
      }
    }
  }
  self.host = (self.hostname || '') + (self.port ? `:${self.port}` : '');
  if (isIPv6) {
    self.hostname = StringPrototypeSlice(self.hostname, 1, -1);
    if (rest[0] !== '/') rest = `/${rest}`;
  }
  return rest;
}

function checkHostname(self, rest, url) {
  const { hostname } = self;
  for (let i = 0; i < hostname.length; i++) {
    const character = hostname[i];
    if (character === ':') throw new codes.ERR_INVALID_ARG_VALUE('url', url, 'must not have an invalid port');
    if (character === '/' || character === '\\' || character === '#' || character === '?') {
      self.hostname = StringPrototypeSlice(hostname, 0, i);
      return `/${StringPrototypeSlice(hostname, i)}${rest}`;
    }
  }
  return rest;
}

function parseTail(self, rest, parseQueryString) {
  const hashAt = StringPrototypeIndexOf(rest, '#');
  let queryAt = StringPrototypeIndexOf(rest, '?');
  if (hashAt !== -1) {
    self.hash = StringPrototypeSlice(rest, hashAt);
    if (queryAt > hashAt) queryAt = -1;
  }
  if (queryAt !== -1) {
    self.search = StringPrototypeSlice(rest, queryAt, hashAt === -1 ? undefined : hashAt);
    self.query = StringPrototypeSlice(self.search, 1);
    if (parseQueryString) self.query = require('querystring').parse(self.query);
  } else if (parseQueryString) {
    self.search = null;
    self.query = { __proto__: null };
  }
  const end = queryAt !== -1 ? queryAt : hashAt;
  if (end === -1) {
    if (rest.length > 0) self.pathname = rest;
  } else if (end > 0) self.pathname = StringPrototypeSlice(rest, 0, end);
}

Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  let port = RegExpPrototypeExec(PORT, host);
  if (port !== null) {
    port = port[0];
    if (port !== ':') this.port = StringPrototypeSlice(port, 1);
    host = StringPrototypeSlice(host, 0, host.length - port.length);
  }
  if (host) this.hostname = host;
};

function urlFormat(urlObject, options) {
  if (typeof urlObject === 'string') urlObject = urlParse(urlObject);
  else if (typeof urlObject !== 'object' || urlObject === null) {
    throw new codes.ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], urlObject);
  } else if (require('internal/url/url').isURL(urlObject)) return require('internal/url/format').formatURL(urlObject, options);
  return FunctionPrototypeCall(Url.prototype.format, urlObject);
}

Url.prototype.format = function format() {
  let auth = this.auth || '';
  if (auth) auth = `${encodeString(auth, unescapedInAuth)}@`;
  let protocol = this.protocol || '';
  let pathname = this.pathname || '';
  let hash = this.hash || '';
  let host = '';
  let query = '';
  if (this.host) host = auth + this.host;
  else if (this.hostname) {
    const isBareIPv6 = StringPrototypeIndexOf(this.hostname, ':') !== -1 && this.hostname[0] !== '[';
    host = auth + (isBareIPv6 ? `[${this.hostname}]` : this.hostname);
    if (this.port) host += `:${this.port}`;
  }
  if (this.query !== null && typeof this.query === 'object') query = require('querystring').stringify(this.query);
  let search = this.search || (query && `?${query}`) || '';
  if (protocol && protocol[protocol.length - 1] !== ':') protocol += ':';
  pathname = StringPrototypeReplaceAll(StringPrototypeReplaceAll(pathname, '#', '%23'), '?', '%3F');
  // Only the protocols that always have a host get their slashes unasked.
  if (this.slashes || slashedProtocols.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (StringPrototypeStartsWith(protocol, 'file')) host = '//';
  }
  search = StringPrototypeReplaceAll(search, '#', '%23');
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return protocol + host + pathname + search + hash;
};

module.exports = { Url, slashedProtocols, hostlessProtocols, urlParse, urlFormat };

// Puts `resolve` on the prototype of `Url`.
require('internal/url/legacy_resolve');
