// Headers on their way between JavaScript's objects and the text that the native session takes and the lists that it gives.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypePush, ObjectKeys, RegExpPrototypeExec, SafeSet, String,
  StringPrototypeIncludes, StringPrototypeReplaceAll, StringPrototypeToLowerCase, Symbol,
} = primordials;

const { codes: { ERR_INVALID_HTTP_TOKEN }, codes } = require('internal/errors');
require('internal/http2/errors');

const kSensitive = Symbol('sensitiveHeaders');

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;

/** Which pseudo headers a message may have. */
const PSEUDO_ANY = new SafeSet([':status', ':method', ':path', ':authority', ':scheme', ':protocol']);
const PSEUDO_RESPONSE = new SafeSet([':status']);
const PSEUDO_NONE = new SafeSet();

/** Fields that a message has once at most. */
const SINGLE = new SafeSet([
  ':status', ':method', ':authority', ':scheme', ':path', ':protocol', 'access-control-allow-credentials',
  'access-control-max-age', 'access-control-request-method', 'age', 'authorization', 'content-encoding', 'content-language',
  'content-length', 'content-location', 'content-md5', 'content-range', 'content-type', 'date', 'dnt', 'etag', 'expires',
  'from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-modified',
  'location', 'max-forwards', 'proxy-authorization', 'range', 'referer', 'retry-after', 'tk', 'upgrade-insecure-requests',
  'user-agent', 'x-content-type-options',
]);

function isConnectionSpecific(name, value) {
  switch (name) {
    case 'connection':
    case 'upgrade':
    case 'http2-settings':
    case 'keep-alive':
    case 'proxy-connection':
    case 'transfer-encoding':
      return true;
    case 'te':
      return value !== 'trailers';
    default:
      return false;
  }
}

/** Collects one message's fields; pseudo headers come first. */
class Block {
  constructor(allowed, isStrict, secrets) {
    this.allowed = allowed;
    this.isStrict = isStrict;
    this.secrets = secrets;
    this.singles = null;
    this.pseudo = '';
    this.plain = '';
  }

  add(key, value) {
    if (value === undefined || key === '') return;
    const name = StringPrototypeToLowerCase(key);
    const isSingle = this.isStrict && SINGLE.has(name);
    if (ArrayIsArray(value)) {
      if (value.length === 0) return;
      if (value.length > 1) {
        if (isSingle) throw new codes.ERR_HTTP2_HEADER_SINGLE_VALUE(name);
        for (let i = 0; i < value.length; i++) this.check(name, String(value[i]));
        for (let i = 0; i < value.length; i++) this.put(name, String(value[i]));
        return;
      }
      value = value[0];
    }
    value = String(value);
    if (isSingle) {
      this.singles ??= new SafeSet();
      if (this.singles.has(name)) throw new codes.ERR_HTTP2_HEADER_SINGLE_VALUE(name);
      this.singles.add(name);
    }
    if (name[0] === ':') {
      if (!this.allowed.has(name)) throw new codes.ERR_HTTP2_INVALID_PSEUDOHEADER(name);
      this.pseudo += this.field(name, value);
      return;
    }
    this.check(name, value);
    this.put(name, value);
  }

  check(name, value) {
    if (RegExpPrototypeExec(TOKEN, name) === null) throw new ERR_INVALID_HTTP_TOKEN('Header name', name);
    if (isConnectionSpecific(name, value)) throw new codes.ERR_HTTP2_INVALID_CONNECTION_HEADERS(name);
  }

  isSecret(name) {
    return this.secrets !== null && ArrayPrototypeIncludes(this.secrets, name);
  }

  field(name, value) {
    // A zero ends a field on the way to the native session; any other control character is as wrong, and is refused there.
    if (StringPrototypeIncludes(value, '\0')) value = StringPrototypeReplaceAll(value, '\0', '\x01');
    return `${this.isSecret(name) ? '\x01' : ''}${name}\0${value}\0`;
  }

  put(name, value) {
    this.plain += this.field(name, value);
  }

  text() {
    return this.pseudo + this.plain;
  }
}

function secretsOf(headers) {
  const list = headers[kSensitive];
  if (!ArrayIsArray(list) || list.length === 0) return null;
  const lower = [];
  for (let i = 0; i < list.length; i++) ArrayPrototypePush(lower, StringPrototypeToLowerCase(String(list[i])));
  return lower;
}

/** The text of an object of headers, or of a flat list of names and values. */
function toText(headers, allowed, isStrict = true) {
  const block = new Block(allowed, isStrict, secretsOf(headers));
  if (ArrayIsArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) block.add(String(headers[i]), headers[i + 1]);
  } else {
    const keys = ObjectKeys(headers);
    for (let i = 0; i < keys.length; i++) block.add(keys[i], headers[keys[i]]);
  }
  return block.text();
}

/** What `sentHeaders` shows of a list that the user gave. */
function objectOfRaw(list) {
  const headers = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) {
    const before = headers[list[i]];
    if (before === undefined) headers[list[i]] = list[i + 1];
    else if (ArrayIsArray(before)) ArrayPrototypePush(before, list[i + 1]);
    else headers[list[i]] = [before, list[i + 1]];
  }
  if (list[kSensitive] !== undefined) headers[kSensitive] = list[kSensitive];
  return headers;
}

/** The object of a flat list of names and values. */
function toObject(list, secrets) {
  const headers = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    let value = list[i + 1];
    if (name === ':status') value |= 0;
    const before = headers[name];
    if (before === undefined) headers[name] = name === 'set-cookie' ? [value] : value;
    else if (!SINGLE.has(name)) {
      if (name === 'set-cookie') ArrayPrototypePush(before, value);
      else headers[name] = name === 'cookie' ? `${before}; ${value}` : `${before}, ${value}`;
    }
  }
  headers[kSensitive] = secrets ?? [];
  return headers;
}

module.exports = { PSEUDO_ANY, PSEUDO_NONE, PSEUDO_RESPONSE, isConnectionSpecific, kSensitive, objectOfRaw, toObject, toText };
