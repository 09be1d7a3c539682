// Blob and File, by the W3C File API: pieces of memory that never change, in a row.
'use strict';

const {
  ArrayBuffer, ArrayBufferIsView, ArrayPrototypePush, ArrayPrototypeSome, MathMax, MathMin, NumberIsNaN, ObjectDefineProperties, PromiseReject,
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeToLowerCase, StringPrototypeToWellFormed, SymbolIterator, SymbolToStringTag,
  TypedArrayPrototypeSet, TypedArrayPrototypeSlice, TypedArrayPrototypeSubarray, Uint8Array, SymbolFor, MathTrunc,
} = primordials;
const { codes } = require('internal/errors');
const { validateObject, kValidateObjectAllowObjectsAndNull } = require('internal/validators');
const { isAnyArrayBuffer } = require('internal/util/types');
const { FilePiece } = require('internal/file_piece');
const { kClone, kRevive, markDescribed } = require('internal/transferable');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const NOT_A_TYPE = /[^\u{0020}-\u{007E}]/u;
/** What `stream()` gives at a time. */
const CHUNK_BYTES = 65536;

const isFile = (piece) => piece instanceof FilePiece;

let isBlob;
let piecesOf;
let setPieces;

class Blob {
  // Uint8Arrays that nobody else sees, and parts of files.
  #pieces = [];
  #size = 0;
  #type = '';

  static {
    isBlob = (value) => value !== null && typeof value === 'object' && #pieces in value;
    piecesOf = (blob) => blob.#pieces;
    setPieces = (blob, pieces, size, type) => {
      blob.#pieces = pieces;
      blob.#size = size;
      blob.#type = type;
    };
  }

  constructor(sources = [], options = undefined) {
    if (sources === null || typeof sources[SymbolIterator] !== 'function' || typeof sources === 'string') {
      throw new codes.ERR_INVALID_ARG_TYPE('sources', 'a sequence', sources);
    }
    validateObject(options ?? {}, 'options', kValidateObjectAllowObjectsAndNull);
    let { type = '', endings = 'transparent' } = options ?? {};
    endings = `${endings}`;
    if (endings !== 'transparent' && endings !== 'native') {
      throw new codes.ERR_INVALID_ARG_VALUE('options.endings', endings);
    }
    type = `${type}`;
    this.#type = RegExpPrototypeExec(NOT_A_TYPE, type) !== null ? '' : StringPrototypeToLowerCase(type);
    for (const source of sources) this.#add(source, endings);
  }

  #add(source, endings) {
    if (isBlob(source)) {
      for (let i = 0; i < source.#pieces.length; i++) ArrayPrototypePush(this.#pieces, source.#pieces[i]);
      this.#size += source.#size;
      return;
    }
    let bytes;
    if (isAnyArrayBuffer(source)) bytes = TypedArrayPrototypeSlice(new Uint8Array(source));
    else if (ArrayBufferIsView(source)) {
      bytes = TypedArrayPrototypeSlice(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
    } else {
      let text = StringPrototypeToWellFormed(`${source}`);
      if (endings === 'native') text = RegExpPrototypeSymbolReplace(/\r\n|\n|\r/g, text, require('os').EOL);
      bytes = binding('buffer').encodeUtf8(text);
    }
    if (bytes.byteLength > 0) ArrayPrototypePush(this.#pieces, bytes);
    this.#size += bytes.byteLength;
  }

  get size() {
    check(this);
    return this.#size;
  }

  get type() {
    check(this);
    return this.#type;
  }

  slice(start = 0, end = undefined, contentType = '') {
    check(this);
    const size = this.#size;
    const from = clamp(start, 0, size);
    const to = MathMax(from, clamp(end, size, size));
    contentType = `${contentType}`;
    const type = RegExpPrototypeExec(NOT_A_TYPE, contentType) !== null ? '' : StringPrototypeToLowerCase(contentType);
    const blob = new Blob();
    const pieces = [];
    let at = 0;
    for (let i = 0; i < this.#pieces.length && at < to; i++) {
      const piece = this.#pieces[i];
      const first = MathMax(from - at, 0);
      const last = MathMin(to - at, piece.byteLength);
      if (first < last) ArrayPrototypePush(pieces, isFile(piece) ? piece.part(first, last) : TypedArrayPrototypeSubarray(piece, first, last));
      at += piece.byteLength;
    }
    setPieces(blob, pieces, to - from, type);
    return blob;
  }

  arrayBuffer() {
    if (!isBlob(this)) return PromiseReject(new codes.ERR_INVALID_THIS('Blob'));
    return later(async () => (await this.#whole()).buffer);
  }

  bytes() {
    if (!isBlob(this)) return PromiseReject(new codes.ERR_INVALID_THIS('Blob'));
    return later(() => this.#whole());
  }

  text() {
    if (!isBlob(this)) return PromiseReject(new codes.ERR_INVALID_THIS('Blob'));
    return later(async () => {
      const { TextDecoder } = require('internal/encoding');
      return new TextDecoder().decode(await this.#whole());
    });
  }

  async #whole() {
    const all = new Uint8Array(new ArrayBuffer(this.#size));
    let at = 0;
    for (let i = 0; i < this.#pieces.length; i++) {
      const piece = this.#pieces[i];
      TypedArrayPrototypeSet(all, isFile(piece) ? await piece.read() : piece, at);
      at += piece.byteLength;
    }
    return all;
  }

  stream() {
    check(this);
    const { ReadableStream } = require('internal/webstreams/readable');
    const pieces = this.#pieces;
    let index = 0;
    let at = 0;
    return new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        // A file that is empty must still be that.
        while (index < pieces.length && pieces[index].byteLength === 0) await pieces[index++].read?.();
        if (index === pieces.length) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        const piece = pieces[index];
        const end = MathMin(at + CHUNK_BYTES, piece.byteLength);
        controller.enqueue(isFile(piece) ? await piece.read(at, end) : TypedArrayPrototypeSlice(piece, at, end));
        at = end;
        if (at === piece.byteLength) {
          index++;
          at = 0;
        }
      },
    }, { highWaterMark: 0 });
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `Blob ${inspect({ size: this.size, type: this.type }, {
      ...options, depth: options.depth === null ? null : options.depth - 1,
    })}`;
  }

  [kClone]() {
    if (ArrayPrototypeSome(this.#pieces, isFile)) throw new codes.ERR_INVALID_STATE.TypeError('File-backed Blobs are not cloneable');
    return { data: { pieces: this.#pieces, size: this.#size, type: this.#type }, info: 'internal/blob:Blob' };
  }

  [kRevive]({ pieces, size, type }) {
    setPieces(this, pieces, size, type);
  }
}
markDescribed(Blob.prototype);

function check(value) {
  if (!isBlob(value)) throw new codes.ERR_INVALID_THIS('Blob');
}

// The answer comes after the current callback, as from a blob that has to be read.
function later(make) {
  const { promise, resolve, reject } = require('internal/webstreams/util').withResolvers();
  require('timers').setImmediate(() => {
    try {
      resolve(make());
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}

// An index as `[Clamp] long long` has it, counted from the end if negative.
function clamp(value, missing, size) {
  if (value === undefined) return missing;
  value = MathTrunc(+value);
  if (NumberIsNaN(value)) value = 0;
  return value < 0 ? MathMax(size + value, 0) : MathMin(value, size);
}

class File extends Blob {
  #name;
  #lastModified;

  constructor(bits, name, options = undefined) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('sources', 'fileName');
    super(bits, options);
    this.#name = StringPrototypeToWellFormed(`${name}`);
    const { lastModified } = options ?? {};
    const time = lastModified === undefined ? primordials.DateNow() : MathTrunc(+lastModified);
    this.#lastModified = NumberIsNaN(time) ? 0 : time;
  }

  get name() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#name;
  }

  get lastModified() {
    if (!(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#lastModified;
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `File ${inspect({ size: this.size, type: this.type, name: this.name, lastModified: this.lastModified }, {
      ...options, depth: options.depth === null ? null : options.depth - 1,
    })}`;
  }

  [kClone]() {
    const { data } = super[kClone]();
    return { data: { ...data, name: this.#name, lastModified: this.#lastModified }, info: 'internal/blob:ReceivedFile' };
  }

  [kRevive](data) {
    super[kRevive](data);
    this.#name = data.name;
    this.#lastModified = data.lastModified;
  }
}

// What a message makes a File from.
function ReceivedFile() {
  return new File([], '');
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Blob.prototype, {
  size: enumerable, type: enumerable, slice: enumerable, stream: enumerable, text: enumerable, arrayBuffer: enumerable,
  bytes: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Blob' },
});
ObjectDefineProperties(File.prototype, {
  name: enumerable, lastModified: enumerable,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'File' },
});

// The file at `path` as a blob.
function openAsBlob(path, type) {
  const piece = FilePiece.open(path);
  const blob = new Blob([], { type });
  setPieces(blob, [piece], piece.byteLength, blob.type);
  return blob;
}

// Blobs by the id in their `blob:` URL.
const registered = new SafeMap();
const PREFIX = 'blob:nodedata:';

function createObjectURL(object) {
  if (!isBlob(object)) throw new codes.ERR_INVALID_ARG_TYPE('obj', 'Blob', object);
  const id = require('crypto').randomUUID();
  registered.set(id, object);
  return `${PREFIX}${id}`;
}

function idOf(url) {
  return StringPrototypeIndexOf(url, PREFIX) === 0 ? StringPrototypeSlice(url, PREFIX.length) : '';
}

function revokeObjectURL(url) {
  registered.delete(idOf(url));
}

function resolveObjectURL(url) {
  return registered.get(idOf(`${url}`))?.slice();
}

module.exports = { Blob, File, ReceivedFile, createObjectURL, isBlob, openAsBlob, piecesOf, resolveObjectURL, revokeObjectURL };
