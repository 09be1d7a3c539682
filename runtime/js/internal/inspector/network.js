// Tells clients of the inspector of the HTTP requests that the program makes, while one has the `Network` domain enabled.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypePush, DateNow, JSONStringify, ObjectDefineProperty, ObjectKeys, ReflectApply,
  RegExpPrototypeExec, String, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeToLowerCase,
  StringPrototypeTrim, Symbol,
} = primordials;

const { words, NETWORK } = require('internal/loop_words');
const { networkEvent } = binding('inspector');
const kFollowed = Symbol('followed by the inspector');

const TEXT_CHARSET = /;\s*charset\s*=\s*"?([^;"\s]+)/i;

let last = 0;
let type = 'Other';

/** Whether a client listens. */
function isObserved() {
  return words[NETWORK] !== 0;
}

/** What `make` begins is a request of `fetch`. */
function asFetch(make) {
  type = 'Fetch';
  try {
    return make();
  } finally {
    type = 'Other';
  }
}

const seconds = () => require('perf_hooks').performance.now() / 1000;

function tell(event, params, bytes) {
  networkEvent(event, JSONStringify(params), bytes);
}

// A method of the one object, which nobody sees who lists its properties.
function override(object, name, method) {
  ObjectDefineProperty(object, name, { __proto__: null, configurable: true, enumerable: false, writable: true, value: method });
}

/** Follows a request that has just been made to its end. */
function follow(request) {
  const followed = {
    __proto__: null,
    id: `node-network-event-${++last}`,
    type,
    url: '',
    isOver: false,
    received: 0,
    // Copies of what came, where it has to be decoded.
    encoded: null,
  };
  override(request, kFollowed, followed);
  const headers = headersOf(request);
  followed.url = `${request.protocol}//${headers.host ?? request.host}${request.path}`;
  const { method } = request;
  const hasPostData = method !== 'GET' && method !== 'HEAD' && headers['content-length'] !== '0';
  tell('requestWillBeSent', {
    requestId: followed.id, timestamp: seconds(), wallTime: DateNow() / 1000, type: followed.type,
    request: { url: followed.url, method, headers, hasPostData },
  });
  followSent(request, followed);
  const fail = (error) => {
    if (followed.isOver) return;
    followed.isOver = true;
    tell('loadingFailed', { requestId: followed.id, timestamp: seconds(), type: followed.type, errorText: error?.message ?? 'canceled' });
  };
  request.on(require('events').errorMonitor, fail);
  request.once('close', () => { if (request.res === null) fail(); });
}

function headersOf(request) {
  const headers = { __proto__: null };
  const given = request.getHeaders();
  const names = ObjectKeys(given);
  for (let i = 0; i < names.length; i++) headers[names[i]] = textOf(given[names[i]]);
  if (names.length > 0 || typeof request._header !== 'string') return headers;
  // Given as a list, they are written already.
  const lines = StringPrototypeSplit(request._header, '\r\n');
  for (let i = 1; i < lines.length; i++) {
    const colon = StringPrototypeIndexOf(lines[i], ':');
    if (colon > 0) headers[StringPrototypeToLowerCase(StringPrototypeSlice(lines[i], 0, colon))] = StringPrototypeTrim(StringPrototypeSlice(lines[i], colon + 1));
  }
  return headers;
}

function textOf(value) {
  return ArrayIsArray(value) ? ArrayPrototypeJoin(value, ', ') : String(value);
}

function followSent(request, followed) {
  const { write, end } = request;
  let isEnding = false;
  const sent = (chunk, encoding) => {
    if (typeof chunk !== 'string' && chunk?.byteLength === undefined) return;
    const { Buffer } = require('buffer');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : undefined) : chunk;
    tell('dataSent', { requestId: followed.id, timestamp: seconds(), dataLength: bytes.byteLength }, bytes);
  };
  override(request, 'write', function(chunk, encoding) {
    if (!isEnding) sent(chunk, encoding);
    return ReflectApply(write, this, arguments);
  });
  override(request, 'end', function(chunk, encoding) {
    if (!isEnding) sent(chunk, encoding);
    isEnding = true;
    return ReflectApply(end, this, arguments);
  });
}

/** The head of a response has come. */
function responded(request, response) {
  const followed = request[kFollowed];
  if (followed === undefined || followed.isOver) return;
  const headers = { __proto__: null };
  const { headers: given } = response;
  const names = ObjectKeys(given);
  for (let i = 0; i < names.length; i++) headers[names[i]] = textOf(given[names[i]]);
  const contentType = headers['content-type'] ?? '';
  const mimeType = StringPrototypeTrim(StringPrototypeSplit(contentType, ';', 1)[0]);
  tell('responseReceived', {
    requestId: followed.id, timestamp: seconds(), type: followed.type,
    response: {
      url: followed.url, status: response.statusCode, statusText: response.statusMessage, headers, mimeType,
      charset: RegExpPrototypeExec(TEXT_CHARSET, contentType)?.[1] ?? '',
    },
  });
  if (headers['content-encoding'] !== undefined) followed.encoded = [];
  const { receive, receiveEnd } = response;
  override(response, 'receive', function(bytes) {
    if (!followed.isOver) received(followed, bytes);
    return ReflectApply(receive, this, arguments);
  });
  override(response, 'receiveEnd', function() {
    if (!followed.isOver) finished(followed, headers['content-encoding']);
    return ReflectApply(receiveEnd, this, arguments);
  });
  response.once('close', () => {
    if (followed.isOver) return;
    followed.isOver = true;
    tell('loadingFailed', { requestId: followed.id, timestamp: seconds(), type: followed.type, errorText: response.errored?.message ?? 'canceled', canceled: true });
  });
}

function received(followed, bytes) {
  const { byteLength } = bytes;
  followed.received += byteLength;
  if (followed.encoded !== null) ArrayPrototypePush(followed.encoded, require('buffer').Buffer.from(bytes));
  tell('dataReceived', { requestId: followed.id, timestamp: seconds(), dataLength: byteLength, encodedDataLength: byteLength }, bytes);
}

function finished(followed, encoding) {
  followed.isOver = true;
  if (followed.encoded !== null) decode(followed, encoding);
  tell('loadingFinished', { requestId: followed.id, timestamp: seconds(), encodedDataLength: followed.received });
}

// People look at bodies, so they are kept without their encoding; one that can't be decoded stays as it came.
function decode(followed, encoding) {
  if (!require('internal/core_modules').isPublic('zlib')) return;
  const zlib = require('zlib');
  const bytes = require('buffer').Buffer.concat(followed.encoded);
  followed.encoded = null;
  try {
    let decoded;
    if (encoding === 'gzip' || encoding === 'x-gzip') decoded = zlib.gunzipSync(bytes);
    else if (encoding === 'deflate') decoded = zlib.inflateSync(bytes);
    else if (encoding === 'br') decoded = zlib.brotliDecompressSync(bytes);
    else if (encoding === 'zstd') decoded = zlib.zstdDecompressSync(bytes);
    else return;
    tell('responseDecoded', { requestId: followed.id }, decoded);
  } catch {
    // The program will hear of it from its own decoder.
  }
}

module.exports = { asFetch, follow, isObserved, responded };
