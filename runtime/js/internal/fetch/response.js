// Response, by the Fetch standard.
'use strict';

const { ArrayPrototypeIncludes, JSONStringify, ObjectDefineProperties, RangeError, RegExpPrototypeExec, Symbol, SymbolFor, SymbolToStringTag, TypeError } = primordials;
const { codes } = require('internal/errors');
const { Headers, setImmutable } = require('internal/fetch/headers');
const { extractBody, mixInBody } = require('internal/fetch/body');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const kState = Symbol('kState');
const NULL_BODY = [101, 204, 205, 304];
const REDIRECT = [301, 302, 303, 307, 308];

let stateOf;

class Response {
  #state;

  static {
    stateOf = (value) => (value !== null && typeof value === 'object' && #state in value ? value.#state : undefined);
  }

  constructor(body = null, init = undefined) {
    if (body === kState) {
      this.#state = init;
      return;
    }
    init ??= {};
    const status = init.status === undefined ? 200 : init.status & 0xffff;
    if (init.status !== undefined && (status < 200 || status > 599)) {
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
    }
    const statusText = init.statusText === undefined ? '' : `${init.statusText}`;
    if (RegExpPrototypeExec(/^[\t\x20-\x7e\x80-\xff]*$/, statusText) === null) throw new TypeError('Invalid statusText');
    const state = { type: 'default', status, statusText, headers: new Headers(init.headers), body: null, urls: [] };
    if (body !== null && body !== undefined) {
      if (ArrayPrototypeIncludes(NULL_BODY, status)) {
        throw new TypeError(`Response constructor: Invalid response status code ${status}`);
      }
      const extracted = extractBody(body);
      state.body = extracted.body;
      if (extracted.type !== null && !state.headers.has('content-type')) state.headers.set('content-type', extracted.type);
    }
    this.#state = state;
  }

  static error() {
    return makeResponse({ type: 'error', status: 0, statusText: '', headers: setImmutable(new Headers()), body: null, urls: [] });
  }

  static json(data, init = undefined) {
    if (arguments.length === 0) throw new TypeError('Response.json: 1 argument required, but only 0 found.');
    const text = JSONStringify(data);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const response = new Response(text, init);
    if (new Headers(init?.headers).get('content-type') === null) response.headers.set('content-type', 'application/json');
    return response;
  }

  static redirect(url, status = 302) {
    if (arguments.length === 0) throw new TypeError('Response.redirect: 1 argument required, but only 0 found.');
    const { URL } = require('internal/url');
    let parsed;
    try {
      parsed = new URL(`${url}`);
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${url}`, { cause });
    }
    if (!ArrayPrototypeIncludes(REDIRECT, status)) throw new RangeError(`Invalid status code ${status}`);
    const headers = setImmutable(new Headers({ location: parsed.href }));
    return makeResponse({ type: 'default', status, statusText: '', headers, body: null, urls: [] });
  }

  get type() { return of(this).type; }
  get url() {
    const { urls } = of(this);
    return urls.length === 0 ? '' : urls[urls.length - 1].href.replace(/#.*$/, '');
  }
  get redirected() { return of(this).urls.length > 1; }
  get status() { return of(this).status; }
  get ok() {
    const { status } = of(this);
    return status >= 200 && status <= 299;
  }
  get statusText() { return of(this).statusText; }
  get headers() { return of(this).headers; }

  clone() {
    const state = of(this);
    if (state.body?.isUnusable) throw new TypeError('Response.clone: Body has already been consumed.');
    return makeResponse({
      ...state, headers: new Headers(state.headers), body: state.body === null ? null : state.body.clone(),
    });
  }

  [kInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    const { status, statusText, headers, body, bodyUsed, ok, redirected, type, url } = this;
    return `Response ${inspect({ status, statusText, headers, body, bodyUsed, ok, redirected, type, url },
      { ...options, depth: options.depth ?? 2 })}`;
  }
}
mixInBody(Response, (value) => stateOf(value));

function makeResponse(state) {
  return new Response(kState, state);
}

function of(value) {
  const state = stateOf(value);
  if (state === undefined) throw new codes.ERR_INVALID_THIS('Response');
  return state;
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Response, { json: enumerable, redirect: enumerable, error: enumerable });
ObjectDefineProperties(Response.prototype, {
  type: enumerable, url: enumerable, status: enumerable, ok: enumerable, redirected: enumerable, statusText: enumerable,
  headers: enumerable, clone: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Response' },
});

module.exports = { NULL_BODY, REDIRECT, Response, makeResponse };
