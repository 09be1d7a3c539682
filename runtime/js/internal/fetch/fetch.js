// `fetch`, by the Fetch standard as far as it means something on a server: over `http` and `https`, with redirects,
// compression, streams both ways and aborts. What a browser does for a page (CORS, cookies, cache) is not there.
'use strict';

const {
  ArrayPrototypeIncludes, ArrayPrototypePush, PromisePrototypeThen, PromiseReject, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeSplit, StringPrototypeToLowerCase, StringPrototypeTrim, TypeError, Uint8Array,
} = primordials;
const { withResolvers } = require('internal/webstreams/util');

const REDIRECTS_MAX = 20;

function fetch(input, init = undefined) {
  if (arguments.length === 0) return PromiseReject(new TypeError("The \"input\" argument must be specified"));
  try {
    const { Request, stateOf } = require('internal/fetch/request');
    return run(stateOf(new Request(input, init)));
  } catch (error) {
    return PromiseReject(error);
  }
}

async function run(request) {
  const { signal } = request;
  if (signal.aborted) throw signal.reason;
  const urls = [request.url];
  let { method, body } = request;
  const { Headers } = require('internal/fetch/headers');
  const headers = new Headers(request.headers);
  for (;;) {
    const url = urls[urls.length - 1];
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return local(url, urls);
    const message = await send(url, method, headers, body, signal);
    const { REDIRECT } = require('internal/fetch/response');
    const { location } = message.headers;
    if (!ArrayPrototypeIncludes(REDIRECT, message.statusCode) || location === undefined || request.redirect === 'manual') {
      return answer(message, method, urls, signal);
    }
    message.resume();
    if (request.redirect === 'error') throw failed(new TypeError('unexpected redirect'));
    if (urls.length > REDIRECTS_MAX) throw failed(new TypeError('redirect count exceeded'));
    const next = follow(url, location);
    ArrayPrototypePush(urls, next);
    const { statusCode } = message;
    if (statusCode !== 303 && body !== null && body.source === null) throw failed(new TypeError('a stream cannot be sent again'));
    if (((statusCode === 301 || statusCode === 302) && method === 'POST') ||
        (statusCode === 303 && method !== 'GET' && method !== 'HEAD')) {
      method = 'GET';
      body = null;
      for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']) headers.delete(name);
    }
    if (next.origin !== url.origin) for (const name of ['authorization', 'cookie', 'host', 'proxy-authorization']) headers.delete(name);
  }
}

function follow(url, location) {
  const { URL } = require('internal/url');
  let next;
  try {
    next = new URL(location, url);
  } catch (error) {
    throw failed(error);
  }
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw failed(new TypeError('URL scheme must be a HTTP(S) scheme'));
  if (next.hash === '') next.hash = url.hash;
  return next;
}

function failed(cause) {
  return new TypeError('fetch failed', { cause });
}

function client(url) {
  if (url.protocol === 'http:') return require('http');
  if (!require('internal/core_modules').isPublic('https')) {
    throw new (require('internal/errors').codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)('fetch() of https: URLs');
  }
  return require('https');
}

// The response's head, as an IncomingMessage.
function send(url, method, given, body, signal) {
  const { promise, resolve, reject } = withResolvers();
  const { listOf } = require('internal/fetch/headers');
  const headers = { __proto__: null };
  const list = listOf(given);
  for (let i = 0; i < list.length; i++) headers[list[i][0]] = list[i][1];
  headers.accept ??= '*/*';
  headers['accept-language'] ??= '*';
  headers['sec-fetch-mode'] ??= 'cors';
  // Servers know this name and treat it as what it is; ours they have never heard.
  headers['user-agent'] ??= 'node';
  // Brotli only where nobody between can have a mind about it, as in Node.
  const codings = url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate';
  if (headers['accept-encoding'] === undefined && hasZlib()) headers['accept-encoding'] = codings;
  if (body !== null && body.length !== null) headers['content-length'] = `${body.length}`;
  else if (body === null && (method === 'POST' || method === 'PUT')) headers['content-length'] = '0';
  const { urlToHttpOptions } = require('internal/url');
  const make = () => client(url).request({ ...urlToHttpOptions(url), method, headers });
  const { words, NETWORK } = require('internal/loop_words');
  const request = words[NETWORK] === 0 ? make() : require('internal/inspector/network').asFetch(make);
  const onAbort = () => {
    reject(signal.reason);
    request.destroy(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { __proto__: null, once: true });
  request.on('response', resolve);
  request.on('error', (error) => reject(signal.aborted ? signal.reason : failed(error)));
  request.on('close', () => signal.removeEventListener('abort', onAbort));
  writeBody(request, body, reject);
  return promise;
}

function writeBody(request, body, reject) {
  if (body === null) return request.end();
  const { isBlob } = require('internal/blob');
  if (body.source !== null && !isBlob(body.source)) return request.end(body.source);
  const stream = body.source !== null ? body.source.stream() : body.stream;
  PromisePrototypeThen(pump(stream.getReader(), request), undefined, (error) => {
    reject(error);
    request.destroy(error);
  });
}

async function pump(reader, request) {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
    if (request.destroyed) return reader.cancel();
    if (!request.write(value)) {
      const { promise, resolve } = withResolvers();
      request.once('drain', resolve);
      request.once('close', resolve);
      await promise;
    }
  }
  request.end();
}

function hasZlib() {
  return require('internal/core_modules').isPublic('zlib');
}

function answer(message, method, urls, signal) {
  const { NULL_BODY, makeResponse } = require('internal/fetch/response');
  const { Headers, setImmutable } = require('internal/fetch/headers');
  const { Body } = require('internal/fetch/body');
  const headers = new Headers();
  const { rawHeaders } = message;
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i], rawHeaders[i + 1]);
  const { statusCode: status } = message;
  let body = null;
  if (method === 'HEAD' || ArrayPrototypeIncludes(NULL_BODY, status)) message.resume();
  else body = new Body(streamOf(decoded(message), message, signal), null, null);
  return makeResponse({
    type: 'basic', status, statusText: message.statusMessage ?? '', headers: setImmutable(headers), body, urls,
  });
}

// The message's content without its encodings.
function decoded(message) {
  const encoding = message.headers['content-encoding'];
  if (encoding === undefined || !hasZlib()) return message;
  const zlib = require('zlib');
  const codings = StringPrototypeSplit(StringPrototypeToLowerCase(encoding), ',');
  let stream = message;
  for (let i = codings.length - 1; i >= 0; i--) {
    const coding = StringPrototypeTrim(codings[i]);
    let decoder;
    if (coding === 'gzip' || coding === 'x-gzip') decoder = zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH });
    else if (coding === 'deflate') decoder = zlib.createInflate();
    else if (coding === 'br') decoder = zlib.createBrotliDecompress();
    else return stream;
    const from = stream;
    from.on('error', (error) => decoder.destroy(error));
    stream = from.pipe(decoder);
  }
  return stream;
}

function streamOf(source, message, signal) {
  const { ReadableStream } = require('internal/webstreams/readable');
  let controller;
  let isOver = false;
  const end = (finish) => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', onAbort);
    finish();
  };
  const onAbort = () => {
    end(() => controller.error(signal.reason));
    message.destroy();
  };
  signal.addEventListener('abort', onAbort, { __proto__: null, once: true });
  source.on('data', (chunk) => {
    controller.enqueue(new Uint8Array(chunk));
    if (controller.desiredSize <= 0) source.pause();
  });
  source.on('end', () => end(() => {
    controller.close();
    controller.byobRequest?.respond(0);
  }));
  const onFailure = (error) => end(() => controller.error(new TypeError('terminated', { cause: error })));
  source.on('error', onFailure);
  message.on('aborted', () => onFailure(message.errored));
  if (source !== message) message.on('error', onFailure);
  return new ReadableStream({
    type: 'bytes',
    start(c) { controller = c; source.pause(); },
    pull() { source.resume(); },
    cancel() {
      end(() => {});
      message.destroy();
    },
  }, { highWaterMark: 65536 });
}

// URLs that need no network.
function local(url, urls) {
  const { makeResponse } = require('internal/fetch/response');
  const { Headers, setImmutable } = require('internal/fetch/headers');
  const { extractBody } = require('internal/fetch/body');
  const make = (content, type, length) => makeResponse({
    type: 'basic', status: 200, statusText: 'OK', body: extractBody(content).body, urls,
    headers: setImmutable(new Headers({ 'content-length': `${length}`, 'content-type': type })),
  });
  if (url.protocol === 'blob:') {
    const blob = require('internal/blob').resolveObjectURL(url.href);
    if (blob === undefined) throw failed(new TypeError('no such blob'));
    return make(blob, blob.type, blob.size);
  }
  if (url.protocol === 'data:') {
    const { bytes, type } = parseDataUrl(url.href);
    return make(bytes, type, bytes.length);
  }
  if (url.protocol === 'about:') throw failed(new TypeError('about scheme is not supported'));
  throw failed(new TypeError('unknown scheme'));
}

function parseDataUrl(href) {
  const { Buffer } = require('buffer');
  const hash = StringPrototypeIndexOf(href, '#');
  const text = StringPrototypeSlice(href, 5, hash === -1 ? undefined : hash);
  const comma = StringPrototypeIndexOf(text, ',');
  if (comma === -1) throw failed(new TypeError('invalid data URL'));
  let type = StringPrototypeTrim(StringPrototypeSlice(text, 0, comma));
  const content = Buffer.from(StringPrototypeSlice(text, comma + 1), 'latin1');
  let length = 0;
  for (let i = 0; i < content.length; i++) {
    const digits = content[i] === 37 ? content.latin1Slice(i + 1, i + 3) : '';
    const isEscape = primordials.RegExpPrototypeExec(/^[0-9a-f]{2}$/i, digits) !== null;
    content[length++] = isEscape ? primordials.NumberParseInt(digits, 16) : content[i];
    if (isEscape) i += 2;
  }
  let bytes = content.subarray(0, length);
  const base64 = primordials.RegExpPrototypeExec(/; *base64$/i, type);
  if (base64 !== null) {
    type = StringPrototypeSlice(type, 0, base64.index);
    bytes = Buffer.from(bytes.latin1Slice(0, bytes.length), 'base64');
  }
  if (type === '') type = 'text/plain;charset=US-ASCII';
  else if (type[0] === ';') type = `text/plain${type}`;
  return { bytes, type };
}

module.exports = { fetch };
