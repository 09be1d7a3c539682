// Request, by the Fetch standard.
'use strict';

const {
  ArrayPrototypeIncludes, ObjectDefineProperties, RegExpPrototypeExec, StringPrototypeToUpperCase, SymbolFor, SymbolToStringTag,
  TypeError,
} = primordials;
const { codes } = require('internal/errors');
const { Headers } = require('internal/fetch/headers');
const { extractBody, mixInBody } = require('internal/fetch/body');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NORMALIZED = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const FORBIDDEN = ['CONNECT', 'TRACE', 'TRACK'];
const CHOICES = {
  __proto__: null,
  redirect: ['follow', 'error', 'manual'],
  mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
  credentials: ['omit', 'same-origin', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
    'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
};

let stateOf;

class Request {
  #state;

  static {
    stateOf = (value) => (value !== null && typeof value === 'object' && #state in value ? value.#state : undefined);
  }

  constructor(input, init = undefined) {
    if (arguments.length === 0) throw new TypeError('Request constructor: 1 argument required, but only 0 found.');
    init ??= {};
    const other = stateOf(input);
    const url = other === undefined ? parseUrl(input) : other.url;
    if (other === undefined && (url.username !== '' || url.password !== '')) {
      throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
    }
    const state = {
      url,
      method: normalizeMethod(init.method ?? other?.method ?? 'GET'),
      headers: undefined,
      body: null,
      redirect: choose(init, 'redirect', other?.redirect ?? 'follow'),
      mode: choose(init, 'mode', other?.mode ?? 'cors'),
      credentials: choose(init, 'credentials', other?.credentials ?? 'same-origin'),
      cache: choose(init, 'cache', other?.cache ?? 'default'),
      referrer: init.referrer === undefined ? other?.referrer ?? 'about:client' : `${init.referrer}`,
      referrerPolicy: choose(init, 'referrerPolicy', other?.referrerPolicy ?? ''),
      integrity: init.integrity === undefined ? other?.integrity ?? '' : `${init.integrity}`,
      keepalive: Boolean(init.keepalive ?? other?.keepalive ?? false),
      duplex: init.duplex === undefined ? other?.duplex ?? 'half' : `${init.duplex}`,
      signal: signalOf(init.signal === undefined ? other?.signal : init.signal),
      dispatcher: init.dispatcher ?? other?.dispatcher,
    };
    if (state.mode === 'navigate') throw new TypeError('Request constructor: invalid request mode navigate.');
    state.headers = new Headers(init.headers ?? other?.headers);
    const given = init.body ?? null;
    if ((given !== null || (other?.body ?? null) !== null) && (state.method === 'GET' || state.method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body.');
    }
    if (given !== null) {
      const { body, type } = extractBody(given);
      if (body.source === null && init.duplex === undefined) {
        throw new TypeError('RequestInit: duplex option is required when sending a body.');
      }
      state.body = body;
      if (type !== null && !state.headers.has('content-type')) state.headers.set('content-type', type);
    } else if (other !== undefined && other.body !== null) {
      if (other.body.isUnusable) {
        throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
      }
      // The body moves: the other request has used it.
      state.body = other.body.clone();
      other.body.stream.getReader().cancel();
    }
    this.#state = state;
  }

  get method() { return of(this).method; }
  get url() { return of(this).url.href; }
  get headers() { return of(this).headers; }
  get destination() { of(this); return ''; }
  get referrer() { return of(this).referrer; }
  get referrerPolicy() { return of(this).referrerPolicy; }
  get mode() { return of(this).mode; }
  get credentials() { return of(this).credentials; }
  get cache() { return of(this).cache; }
  get redirect() { return of(this).redirect; }
  get integrity() { return of(this).integrity; }
  get keepalive() { return of(this).keepalive; }
  get isReloadNavigation() { of(this); return false; }
  get isHistoryNavigation() { of(this); return false; }
  get signal() { return of(this).signal; }
  get duplex() { of(this); return 'half'; }

  clone() {
    const state = of(this);
    if (state.body?.isUnusable) throw new TypeError('Request.clone: Body has already been consumed.');
    const copy = new Request(state.url, { method: state.method === 'GET' ? undefined : state.method });
    copy.#state = {
      ...state, headers: new Headers(state.headers), body: state.body === null ? null : state.body.clone(),
      signal: signalOf(state.signal),
    };
    return copy;
  }

  [kInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    const { method, url, headers, destination, referrer, mode, credentials, cache, redirect, integrity, keepalive, signal } = this;
    return `Request ${inspect({
      method, url, headers, destination, referrer, referrerPolicy: this.referrerPolicy, mode, credentials, cache, redirect,
      integrity, keepalive, isReloadNavigation: false, isHistoryNavigation: false, signal,
    }, { ...options, depth: options.depth ?? 2 })}`;
  }
}
mixInBody(Request, (value) => stateOf(value));

function of(value) {
  const state = stateOf(value);
  if (state === undefined) throw new codes.ERR_INVALID_THIS('Request');
  return state;
}

function parseUrl(input) {
  const { URL } = require('internal/url');
  try {
    return new URL(`${input}`);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${input}`, { cause });
  }
}

function normalizeMethod(method) {
  method = `${method}`;
  const upper = StringPrototypeToUpperCase(method);
  if (RegExpPrototypeExec(METHOD, method) === null) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  if (ArrayPrototypeIncludes(FORBIDDEN, upper)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
  return ArrayPrototypeIncludes(NORMALIZED, upper) ? upper : method;
}

function choose(init, name, whenMissing) {
  if (init[name] === undefined) return whenMissing;
  const value = `${init[name]}`;
  if (!ArrayPrototypeIncludes(CHOICES[name], value)) {
    throw new TypeError(`Request constructor: ${value} is not an accepted type. Expected one of ${CHOICES[name].join(', ')}.`);
  }
  return value;
}

// A signal of the request's own, which follows the one that was given.
function signalOf(signal) {
  const { AbortController, AbortSignal } = require('internal/abort_controller');
  if (signal === undefined || signal === null) return new AbortController().signal;
  if (typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
    throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
  }
  return AbortSignal.any([signal]);
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Request.prototype, {
  method: enumerable, url: enumerable, headers: enumerable, redirect: enumerable, clone: enumerable, signal: enumerable,
  duplex: enumerable, destination: enumerable, isHistoryNavigation: enumerable, isReloadNavigation: enumerable,
  keepalive: enumerable, integrity: enumerable, cache: enumerable, credentials: enumerable, referrerPolicy: enumerable,
  referrer: enumerable, mode: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Request' },
});

module.exports = { Request, stateOf };
