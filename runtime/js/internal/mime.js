// MIME types as in https://mimesniff.spec.whatwg.org/: `MIMEType` and `MIMEParams`.
'use strict';

const {
  FunctionPrototypeCall, ObjectDefineProperties, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeToLowerCase, SymbolIterator,
} = primordials;
const { codes: { ERR_INVALID_MIME_SYNTAX } } = require('internal/errors');

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_QUOTED = /[^\t\u0020-~\u0080-\u00FF]/;
const LEADING_SPACE = /^[\r\n\t ]*/;
const TRAILING_SPACE = /[\r\n\t ]*$/;

function trim(text) {
  return RegExpPrototypeSymbolReplace(TRAILING_SPACE, RegExpPrototypeSymbolReplace(LEADING_SPACE, text, ''), '');
}

// The offset of the first character that may not be there, -1 when all may.
function firstInvalid(text, pattern) {
  return RegExpPrototypeExec(pattern, text)?.index ?? -1;
}

function checkToken(text, what, whole = text) {
  const invalid = firstInvalid(text, NOT_TOKEN);
  if (text === '' || invalid !== -1) throw new ERR_INVALID_MIME_SYNTAX(what, whole, invalid);
}

function quoted(value) {
  if (value === '') return '""';
  if (RegExpPrototypeExec(NOT_TOKEN, value) === null) return value;
  return `"${RegExpPrototypeSymbolReplace(/["\\]/g, value, '\\$&')}"`;
}

let parseInto;

class MIMEParams {
  #data = new SafeMap();

  static {
    parseInto = (params, text) => params.#parse(text);
  }

  delete(name) {
    this.#data.delete(`${name}`);
  }

  get(name) {
    return this.#data.get(`${name}`) ?? null;
  }

  has(name) {
    return this.#data.has(`${name}`);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    checkToken(name, 'parameter name');
    const invalid = firstInvalid(value, NOT_QUOTED);
    if (invalid !== -1) throw new ERR_INVALID_MIME_SYNTAX('parameter value', value, invalid);
    this.#data.set(name, value);
  }

  *entries() {
    for (const entry of this.#data.entries()) yield [entry[0], entry[1]];
  }

  *keys() {
    for (const key of this.#data.keys()) yield key;
  }

  *values() {
    for (const value of this.#data.values()) yield value;
  }

  toString() {
    let text = '';
    for (const { 0: name, 1: value } of this.#data) text += `${text === '' ? '' : ';'}${name}=${quoted(value)}`;
    return text;
  }

  // What is not a parameter is left out; the first of a name counts.
  #parse(text) {
    let at = 0;
    while (at < text.length) {
      at += RegExpPrototypeExec(LEADING_SPACE, StringPrototypeSlice(text, at))[0].length;
      let end = at;
      while (end < text.length && text[end] !== ';' && text[end] !== '=') end++;
      const name = StringPrototypeToLowerCase(StringPrototypeSlice(text, at, end));
      at = end;
      if (at >= text.length) return;
      if (text[at++] === ';') continue;
      let value;
      if (text[at] === '"') {
        ({ value, at } = readQuoted(text, at + 1));
      } else {
        end = StringPrototypeIndexOf(text, ';', at);
        if (end === -1) end = text.length;
        value = RegExpPrototypeSymbolReplace(TRAILING_SPACE, StringPrototypeSlice(text, at, end), '');
        at = end + 1;
        if (value === '') continue;
      }
      if (name !== '' && firstInvalid(name, NOT_TOKEN) === -1 && firstInvalid(value, NOT_QUOTED) === -1 && !this.#data.has(name)) {
        this.#data.set(name, value);
      }
    }
  }
}

function readQuoted(text, at) {
  let value = '';
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  const end = StringPrototypeIndexOf(text, ';', at);
  return { value, at: end === -1 ? text.length : end + 1 };
}

ObjectDefineProperties(MIMEParams.prototype, {
  [SymbolIterator]: { __proto__: null, configurable: true, writable: true, enumerable: false, value: MIMEParams.prototype.entries },
  toJSON: { __proto__: null, configurable: true, writable: true, enumerable: true, value: MIMEParams.prototype.toString },
});

class MIMEType {
  #type;
  #subtype;
  #params = new MIMEParams();

  constructor(input) {
    const text = `${input}`;
    const trimmed = trim(text);
    const slash = StringPrototypeIndexOf(trimmed, '/');
    const type = slash === -1 ? trimmed : StringPrototypeSlice(trimmed, 0, slash);
    const invalid = firstInvalid(type, NOT_TOKEN);
    if (type === '' || slash === -1 || invalid !== -1) throw new ERR_INVALID_MIME_SYNTAX('type', text, invalid);
    const rest = StringPrototypeSlice(trimmed, slash + 1);
    const semicolon = StringPrototypeIndexOf(rest, ';');
    const subtype = RegExpPrototypeSymbolReplace(TRAILING_SPACE, semicolon === -1 ? rest : StringPrototypeSlice(rest, 0, semicolon), '');
    checkToken(subtype, 'subtype', text);
    this.#type = StringPrototypeToLowerCase(type);
    this.#subtype = StringPrototypeToLowerCase(subtype);
    if (semicolon !== -1) parseInto(this.#params, StringPrototypeSlice(rest, semicolon + 1));
  }

  get type() { return this.#type; }
  set type(value) {
    value = `${value}`;
    checkToken(value, 'type');
    this.#type = StringPrototypeToLowerCase(value);
  }

  get subtype() { return this.#subtype; }
  set subtype(value) {
    value = trim(`${value}`);
    checkToken(value, 'subtype');
    this.#subtype = StringPrototypeToLowerCase(value);
  }

  get essence() { return `${this.#type}/${this.#subtype}`; }
  get params() { return this.#params; }

  toString() {
    const params = FunctionPrototypeCall(MIMEParams.prototype.toString, this.#params);
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
}
const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(MIMEType.prototype, {
  type: enumerable, subtype: enumerable, essence: enumerable, params: enumerable, toString: enumerable,
  toJSON: { __proto__: null, configurable: true, writable: true, enumerable: true, value: MIMEType.prototype.toString },
});

module.exports = { MIMEType, MIMEParams };
