// What Buffer knows of each encoding: sizes, reading, writing, searching. `find(name)` gives the one that a name means.
'use strict';

const { StringPrototypeCharCodeAt, StringPrototypeToLowerCase } = primordials;
const native = binding('buffer');

/** How `indexOfString` is told what to search for. */
const SEARCH_UTF8 = 0;
const SEARCH_UTF16 = 1;
const SEARCH_LATIN1 = 2;

const EQUALS_SIGN = 0x3d;

/** The bytes that base64 of `length` characters stands for, if all of them are digits or padding at the end. */
function base64Length(string, length) {
  if (length > 0 && StringPrototypeCharCodeAt(string, length - 1) === EQUALS_SIGN) length--;
  if (length > 1 && StringPrototypeCharCodeAt(string, length - 1) === EQUALS_SIGN) length--;
  return (length * 3) >>> 2;
}

class Encoding {
  constructor(name, operations) {
    this.name = name;
    /** The bytes of a string; for hex and base64 at least as many as it yields. */
    this.byteLength = operations.byteLength;
    /** (bytes, start, end): the string. */
    this.slice = operations.slice;
    /** (bytes, string, offset, length): the number of bytes written. */
    this.write = operations.write;
    /** Which search of `indexOfString` takes the string as it is; undefined if it must be decoded first. */
    this.search = operations.search;
  }
}

const utf8 = new Encoding('utf8', {
  byteLength: native.byteLengthUtf8, slice: native.utf8Slice, write: native.utf8Write, search: SEARCH_UTF8,
});
const utf16le = new Encoding('utf16le', {
  byteLength: (string) => string.length * 2, slice: native.ucs2Slice, write: native.ucs2Write, search: SEARCH_UTF16,
});
const latin1 = new Encoding('latin1', {
  byteLength: (string) => string.length, slice: native.latin1Slice, write: native.latin1Write, search: SEARCH_LATIN1,
});
const ascii = new Encoding('ascii', {
  byteLength: (string) => string.length, slice: native.asciiSlice, write: native.latin1Write, search: undefined,
});
const base64 = new Encoding('base64', {
  byteLength: (string) => base64Length(string, string.length),
  slice: native.base64Slice,
  write: native.base64Write,
  search: undefined,
});
const base64url = new Encoding('base64url', {
  byteLength: (string) => base64Length(string, string.length),
  slice: native.base64urlSlice,
  write: native.base64Write,
  search: undefined,
});
const hex = new Encoding('hex', {
  byteLength: (string) => string.length >>> 1, slice: native.hexSlice, write: native.hexWrite, search: undefined,
});

function findExact(name) {
  switch (name) {
    case 'utf8':
    case 'utf-8': return utf8;
    case 'latin1':
    case 'binary': return latin1;
    case 'hex': return hex;
    case 'base64': return base64;
    case 'base64url': return base64url;
    case 'ascii': return ascii;
    case 'utf16le':
    case 'utf-16le':
    case 'ucs2':
    case 'ucs-2': return utf16le;
    default: return undefined;
  }
}

/** The encoding that `name` means, whatever its case; undefined if there is none. */
function find(name) {
  name = `${name}`;
  return findExact(name) ?? findExact(StringPrototypeToLowerCase(name));
}

module.exports = { ascii, base64, base64url, find, hex, latin1, utf16le, utf8 };
