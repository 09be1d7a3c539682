'use strict';

// CloseEvent (https://websockets.spec.whatwg.org/#the-closeevent-interface) and ErrorEvent.

const { ObjectDefineProperties, SymbolToStringTag } = primordials;
const { codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { Event } = require('internal/event_target');

class CloseEvent extends Event {
  #wasClean;
  #code;
  #reason;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    super(type, init);
    this.#wasClean = Boolean(init?.wasClean);
    this.#code = (init?.code ?? 0) & 0xffff;
    this.#reason = `${init?.reason ?? ''}`;
  }

  get wasClean() { return this.#wasClean; }
  get code() { return this.#code; }
  get reason() { return this.#reason; }
}

class ErrorEvent extends Event {
  #init;

  constructor(type, init) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    super(type, init);
    const { message = '', filename = '', lineno = 0, colno = 0, error } = init ?? {};
    this.#init = { message: `${message}`, filename: `${filename}`, lineno: lineno >>> 0, colno: colno >>> 0, error };
  }

  get message() { return this.#init.message; }
  get filename() { return this.#init.filename; }
  get lineno() { return this.#init.lineno; }
  get colno() { return this.#init.colno; }
  get error() { return this.#init.error; }
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(CloseEvent.prototype, {
  wasClean: enumerable, code: enumerable, reason: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'CloseEvent' },
});
ObjectDefineProperties(ErrorEvent.prototype, {
  message: enumerable, filename: enumerable, lineno: enumerable, colno: enumerable, error: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'ErrorEvent' },
});

module.exports = { CloseEvent, ErrorEvent };
