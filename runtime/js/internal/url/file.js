// Paths as `file:` URLs and back, and URLs as options of `http.request`.
'use strict';

const {
  Number, NumberPrototypeToString, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeCharCodeAt, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith,
  StringPrototypeToUpperCase, decodeURIComponent,
} = primordials;
const { codes } = require('internal/errors');
const { kValidateObjectAllowObjects, validateObject, validateString } = require('internal/validators');
const { URL, isURL } = require('internal/url/url');
const path = require('path');

const native = binding('url');
const isWindows = path.sep === '\\';

/** The path that a `file:` URL names. */
function fileURLToPath(url, options = undefined) {
  url = fileURL(url);
  return options?.windows ?? isWindows ? windowsPath(url) : posixPath(url);
}

/** The same as bytes, for paths that are no UTF-8. */
function fileURLToPathBuffer(url, options = undefined) {
  const { Buffer } = require('buffer');
  url = fileURL(url);
  if (options?.windows ?? isWindows) return Buffer.from(windowsPath(url));
  checkPosix(url);
  const text = Buffer.from(url.pathname, 'latin1');
  let length = 0;
  for (let i = 0; i < text.length; i++, length++) {
    const pair = text[i] === 37 ? RegExpPrototypeExec(/^[0-9a-f]{2}/i, text.latin1Slice(i + 1, i + 3)) : null;
    if (pair !== null) i += 2;
    text[length] = pair === null ? text[i] : primordials.NumberParseInt(pair[0], 16);
  }
  return text.subarray(0, length);
}

function fileURL(url) {
  if (typeof url === 'string') url = new URL(url);
  else if (!isURL(url)) throw new codes.ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], url);
  if (url.protocol !== 'file:') throw new codes.ERR_INVALID_URL_SCHEME('file');
  return url;
}

function checkPosix(url) {
  if (url.hostname !== '') throw new codes.ERR_INVALID_FILE_URL_HOST(require('process').platform);
  if (RegExpPrototypeExec(/%2f/i, url.pathname) !== null) {
    throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded / characters', url);
  }
}

function posixPath(url) {
  checkPosix(url);
  const { pathname } = url;
  return StringPrototypeIncludes(pathname, '%') ? decodeURIComponent(pathname) : pathname;
}

function windowsPath(url) {
  let { pathname } = url;
  if (RegExpPrototypeExec(/%2f|%5c/i, pathname) !== null) {
    throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded \\ or / characters', url);
  }
  pathname = decodeURIComponent(RegExpPrototypeSymbolReplace(/\//g, pathname, '\\'));
  if (url.hostname !== '') return `\\\\${native.domainToUnicode(url.hostname)}${pathname}`;
  if (RegExpPrototypeExec(/^\\[a-z]:/i, pathname) === null) throw new codes.ERR_INVALID_FILE_URL_PATH('must be absolute', url);
  return StringPrototypeSlice(pathname, 1);
}

// The characters of a path that mean something else in a URL, that it would drop, or that other programs stumble over.
const POSIX_SPECIAL = /[\0-\x20%?#[\]^|~\\]/g;
const WINDOWS_SPECIAL = /[\0-\x20%?#[\]^|~]/g;

function escape(text, special) {
  return RegExpPrototypeSymbolReplace(special, text, (character) => {
    const code = StringPrototypeCharCodeAt(character, 0);
    return `%${code < 16 ? '0' : ''}${StringPrototypeToUpperCase(NumberPrototypeToString(code, 16))}`;
  });
}

/** The `file:` URL of a path, which is resolved first. */
function pathToFileURL(filepath, options = undefined) {
  validateString(filepath, 'path');
  const windows = options?.windows ?? isWindows;
  if (windows && StringPrototypeStartsWith(filepath, '\\\\')) return uncURL(filepath);
  const resolver = windows ? path.win32 : path.posix;
  let resolved = resolver.resolve(filepath);
  // `resolve` strips a trailing separator, which in a URL makes the difference between a file and a folder.
  const last = StringPrototypeCharCodeAt(filepath, filepath.length - 1);
  if ((last === 47 || (windows && last === 92)) && !StringPrototypeEndsWith(resolved, resolver.sep)) resolved += '/';
  const escaped = escape(resolved, windows ? WINDOWS_SPECIAL : POSIX_SPECIAL);
  return new URL(`file://${windows ? '/' : ''}${escaped}`);
}

function uncURL(filepath) {
  // Extended paths: `\\?\UNC\server\share` and `\\?\C:\...`.
  const isExtended = StringPrototypeStartsWith(filepath, '\\\\?\\');
  if (isExtended && !StringPrototypeStartsWith(filepath, '\\\\?\\UNC\\')) return pathToFileURL(StringPrototypeSlice(filepath, 4), { windows: true });
  const start = isExtended ? 8 : 2;
  const hostEnd = StringPrototypeIndexOf(filepath, '\\', start);
  if (hostEnd === -1) throw new codes.ERR_INVALID_ARG_VALUE('path', filepath, 'Missing UNC resource path');
  if (hostEnd === 2) throw new codes.ERR_INVALID_ARG_VALUE('path', filepath, 'Empty UNC servername');
  const host = native.domainToASCII(StringPrototypeSlice(filepath, start, hostEnd));
  const rest = RegExpPrototypeSymbolReplace(/\\/g, escape(StringPrototypeSlice(filepath, hostEnd), WINDOWS_SPECIAL), '/');
  return new URL(`file://${host}${rest}`);
}

/** A path as it is; a `file:` URL as its path. */
function toPathIfFileURL(value) {
  return isURL(value) ? fileURLToPath(value) : value;
}

/** What `http.request` takes for a URL. */
function urlToHttpOptions(url) {
  validateObject(url, 'url', kValidateObjectAllowObjects);
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    // Properties that a user has put on the URL go along.
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === '[' ? StringPrototypeSlice(hostname, 1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

module.exports = { fileURLToPath, fileURLToPathBuffer, pathToFileURL, toPathIfFileURL, urlToHttpOptions };
