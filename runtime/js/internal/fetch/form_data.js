// FormData, by the XMLHttpRequest standard, and its two forms on the wire.
'use strict';

const {
  ArrayPrototypeFilter, ArrayPrototypeFindIndex, ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeSplice,
  ObjectDefineProperties, ReflectApply, RegExpPrototypeExec, StringPrototypeReplaceAll, StringPrototypeToLowerCase,
  StringPrototypeToWellFormed, SymbolFor, SymbolIterator, SymbolToStringTag, TypeError,
} = primordials;
const { codes } = require('internal/errors');
const { Blob, File, isBlob } = require('internal/blob');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

let isFormData;
let entriesOf;

class FormData {
  // `{ name, value }`
  #entries = [];

  static {
    isFormData = (value) => value !== null && typeof value === 'object' && #entries in value;
    entriesOf = (form) => form.#entries;
  }

  constructor(form = undefined) {
    if (form !== undefined) throw new TypeError("Failed to construct 'FormData': Argument 1 could not be converted to: undefined.");
  }

  append(name, value, filename = undefined) {
    check(this, 'append', 2, arguments.length);
    ArrayPrototypePush(this.#entries, makeEntry(name, value, filename, 'append', arguments.length > 2));
  }

  delete(name) {
    check(this, 'delete', 1, arguments.length);
    name = StringPrototypeToWellFormed(`${name}`);
    this.#entries = ArrayPrototypeFilter(this.#entries, (entry) => entry.name !== name);
  }

  get(name) {
    check(this, 'get', 1, arguments.length);
    name = StringPrototypeToWellFormed(`${name}`);
    const index = ArrayPrototypeFindIndex(this.#entries, (entry) => entry.name === name);
    return index === -1 ? null : this.#entries[index].value;
  }

  getAll(name) {
    check(this, 'getAll', 1, arguments.length);
    name = StringPrototypeToWellFormed(`${name}`);
    return ArrayPrototypeMap(ArrayPrototypeFilter(this.#entries, (entry) => entry.name === name), (entry) => entry.value);
  }

  has(name) {
    check(this, 'has', 1, arguments.length);
    name = StringPrototypeToWellFormed(`${name}`);
    return ArrayPrototypeFindIndex(this.#entries, (entry) => entry.name === name) !== -1;
  }

  set(name, value, filename = undefined) {
    check(this, 'set', 2, arguments.length);
    const entry = makeEntry(name, value, filename, 'set', arguments.length > 2);
    const index = ArrayPrototypeFindIndex(this.#entries, (other) => other.name === entry.name);
    if (index === -1) {
      ArrayPrototypePush(this.#entries, entry);
      return;
    }
    this.#entries[index] = entry;
    for (let i = this.#entries.length - 1; i > index; i--) {
      if (this.#entries[i].name === entry.name) ArrayPrototypeSplice(this.#entries, i, 1);
    }
  }

  * entries() {
    check(this, 'entries', 0, 0);
    for (let i = 0; i < this.#entries.length; i++) yield [this.#entries[i].name, this.#entries[i].value];
  }

  * keys() {
    check(this, 'keys', 0, 0);
    for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i].name;
  }

  * values() {
    check(this, 'values', 0, 0);
    for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i].value;
  }

  forEach(callback, thisArg = undefined) {
    check(this, 'forEach', 1, arguments.length);
    if (typeof callback !== 'function') {
      throw new TypeError("Failed to execute 'forEach' on 'FormData': parameter 1 is not of type 'Function'.");
    }
    for (let i = 0; i < this.#entries.length; i++) {
      ReflectApply(callback, thisArg, [this.#entries[i].value, this.#entries[i].name, this]);
    }
  }

  [kInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    const shown = {};
    for (const { name, value } of this.#entries) shown[name] = shown[name] === undefined ? value : [].concat(shown[name], value);
    return `FormData ${inspect(shown, { ...options, depth: options.depth ?? depth })}`;
  }
}

function check(value, method, wanted, got) {
  if (!isFormData(value)) throw new codes.ERR_INVALID_THIS('FormData');
  if (got < wanted) {
    throw new TypeError(`FormData.${method}: ${wanted} argument${wanted > 1 ? 's' : ''} required, but${got ? ' only' : ''} ${got} found.`);
  }
}

function makeEntry(name, value, filename, method, hasFilename) {
  name = StringPrototypeToWellFormed(`${name}`);
  if (!isBlob(value)) {
    if (hasFilename) throw new TypeError(`Failed to execute '${method}' on 'FormData': parameter 2 is not of type 'Blob'`);
    return { name, value: StringPrototypeToWellFormed(`${value}`) };
  }
  const isFile = value instanceof File;
  if (isFile && filename === undefined) return { name, value };
  const fileName = filename === undefined ? 'blob' : StringPrototypeToWellFormed(`${filename}`);
  const options = { type: value.type, lastModified: isFile ? value.lastModified : undefined };
  return { name, value: new File([value], fileName, options) };
}

function escapeName(name) {
  return StringPrototypeReplaceAll(StringPrototypeReplaceAll(StringPrototypeReplaceAll(name, '\n', '%0A'), '\r', '%0D'), '"', '%22');
}

function normalizeLines(text) {
  return primordials.RegExpPrototypeSymbolReplace(/\r?\n|\r/g, text, '\r\n');
}

/** `{ blob, type }`: a form as `multipart/form-data`. */
function toMultipart(form) {
  const boundary = `----formdata-rondo-0${`${primordials.MathRandom()}`.slice(2, 13)}`;
  const parts = [];
  const entries = entriesOf(form);
  for (let i = 0; i < entries.length; i++) {
    const { name, value } = entries[i];
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(normalizeLines(name))}"`;
    if (typeof value === 'string') ArrayPrototypePush(parts, `${head}\r\n\r\n${normalizeLines(value)}\r\n`);
    else {
      ArrayPrototypePush(parts, `${head}; filename="${escapeName(value.name)}"\r\nContent-Type: ${
        value.type || 'application/octet-stream'}\r\n\r\n`, value, '\r\n');
    }
  }
  ArrayPrototypePush(parts, `--${boundary}--\r\n`);
  return { blob: new Blob(parts), type: `multipart/form-data; boundary=${boundary}` };
}

/** The form that the bytes of a body hold, by its content type; a TypeError if they hold none. */
function parseForm(bytes, contentType) {
  const form = new FormData();
  const essence = StringPrototypeToLowerCase(/^[^;]*/.exec(contentType)[0].trim());
  if (essence === 'application/x-www-form-urlencoded') {
    const { parseForm: parseUrlencoded } = require('internal/url/form_urlencoded');
    const list = parseUrlencoded(bytes.utf8Slice(0, bytes.length));
    for (let i = 0; i < list.length; i += 2) form.append(list[i], list[i + 1]);
    return form;
  }
  const boundary = essence === 'multipart/form-data' && RegExpPrototypeExec(/;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i, contentType);
  if (!boundary) throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
  parseMultipart(form, bytes, `--${boundary[1] ?? boundary[2]}`);
  return form;
}

function parseMultipart(form, bytes, delimiter) {
  let at = bytes.indexOf(delimiter);
  if (at !== 0 && bytes.latin1Slice(0, at) !== '\r\n') throw malformed();
  for (;;) {
    at += delimiter.length;
    if (bytes.latin1Slice(at, at + 2) === '--') return;
    if (bytes.latin1Slice(at, at + 2) !== '\r\n') throw malformed();
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    const end = bytes.indexOf(`\r\n${delimiter}`, headEnd + 2);
    if (headEnd === -1 || end === -1) throw malformed();
    addPart(form, bytes.utf8Slice(at + 2, headEnd), bytes.subarray(headEnd + 4, end));
    at = end + 2;
  }
}

function addPart(form, head, body) {
  const name = RegExpPrototypeExec(/content-disposition:\s*form-data;(?:.*;)?\s*name="([^"]*)"/i, head)?.[1];
  if (name === undefined) throw malformed();
  const filename = RegExpPrototypeExec(/;\s*filename="([^"]*)"/i, head)?.[1];
  const unescape = (text) => StringPrototypeReplaceAll(StringPrototypeReplaceAll(StringPrototypeReplaceAll(text, '%0A', '\n'), '%0D', '\r'), '%22', '"');
  if (filename === undefined) return form.append(unescape(name), body.utf8Slice(0, body.length));
  const type = RegExpPrototypeExec(/^content-type:\s*(.*)$/im, head)?.[1]?.trim() ?? 'text/plain';
  form.append(unescape(name), new File([body], unescape(filename), { type }));
}

function malformed() {
  return new TypeError('Failed to parse body as FormData.');
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(FormData.prototype, {
  append: enumerable, delete: enumerable, get: enumerable, getAll: enumerable, has: enumerable, set: enumerable,
  entries: enumerable, keys: enumerable, values: enumerable, forEach: enumerable,
  [SymbolIterator]: { __proto__: null, configurable: true, writable: true, value: FormData.prototype.entries },
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'FormData' },
});

module.exports = { FormData, isFormData, parseForm, toMultipart };
