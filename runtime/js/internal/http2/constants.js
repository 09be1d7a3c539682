// `http2.constants`: the numbers and names of the protocol (RFC 9113) under the names that Node gives them.
'use strict';

const { ArrayPrototypePush, ObjectKeys, SafeMap, StringPrototypeReplaceAll, StringPrototypeToUpperCase } = primordials;

const { STATUS_CODES } = require('internal/http/status');

const numbers = {
  __proto__: null,
  NGHTTP2_ERR_FRAME_SIZE_ERROR: -522,
  NGHTTP2_SESSION_SERVER: 0,
  NGHTTP2_SESSION_CLIENT: 1,
  NGHTTP2_STREAM_STATE_IDLE: 1,
  NGHTTP2_STREAM_STATE_OPEN: 2,
  NGHTTP2_STREAM_STATE_RESERVED_LOCAL: 3,
  NGHTTP2_STREAM_STATE_RESERVED_REMOTE: 4,
  NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL: 5,
  NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE: 6,
  NGHTTP2_STREAM_STATE_CLOSED: 7,
  NGHTTP2_FLAG_NONE: 0,
  NGHTTP2_FLAG_END_STREAM: 1,
  NGHTTP2_FLAG_END_HEADERS: 4,
  NGHTTP2_FLAG_ACK: 1,
  NGHTTP2_FLAG_PADDED: 8,
  NGHTTP2_FLAG_PRIORITY: 32,
  DEFAULT_SETTINGS_HEADER_TABLE_SIZE: 4096,
  DEFAULT_SETTINGS_ENABLE_PUSH: 1,
  DEFAULT_SETTINGS_MAX_CONCURRENT_STREAMS: 4294967295,
  DEFAULT_SETTINGS_INITIAL_WINDOW_SIZE: 65535,
  DEFAULT_SETTINGS_MAX_FRAME_SIZE: 16384,
  DEFAULT_SETTINGS_MAX_HEADER_LIST_SIZE: 65535,
  DEFAULT_SETTINGS_ENABLE_CONNECT_PROTOCOL: 0,
  MAX_MAX_FRAME_SIZE: 16777215,
  MIN_MAX_FRAME_SIZE: 16384,
  MAX_INITIAL_WINDOW_SIZE: 2147483647,
  NGHTTP2_SETTINGS_HEADER_TABLE_SIZE: 1,
  NGHTTP2_SETTINGS_ENABLE_PUSH: 2,
  NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS: 3,
  NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE: 4,
  NGHTTP2_SETTINGS_MAX_FRAME_SIZE: 5,
  NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE: 6,
  NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL: 8,
  PADDING_STRATEGY_NONE: 0,
  PADDING_STRATEGY_ALIGNED: 1,
  PADDING_STRATEGY_MAX: 2,
  PADDING_STRATEGY_CALLBACK: 1,
};

const ERRORS = [
  'NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR',
  'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED',
];
const PSEUDO_HEADERS = ['status', 'method', 'authority', 'scheme', 'path', 'protocol'];
const HEADERS = [
  'accept-encoding', 'accept-language', 'accept-ranges', 'accept', 'access-control-allow-credentials',
  'access-control-allow-headers', 'access-control-allow-methods', 'access-control-allow-origin',
  'access-control-expose-headers', 'access-control-request-headers', 'access-control-request-method', 'age',
  'authorization', 'cache-control', 'connection', 'content-disposition', 'content-encoding', 'content-length',
  'content-type', 'cookie', 'date', 'etag', 'forwarded', 'host', 'if-modified-since', 'if-none-match', 'if-range',
  'last-modified', 'link', 'location', 'range', 'referer', 'server', 'set-cookie', 'strict-transport-security',
  'transfer-encoding', 'te', 'upgrade-insecure-requests', 'upgrade', 'user-agent', 'vary', 'x-content-type-options',
  'x-frame-options', 'keep-alive', 'proxy-connection', 'x-xss-protection', 'alt-svc', 'content-security-policy',
  'early-data', 'expect-ct', 'origin', 'purpose', 'timing-allow-origin', 'x-forwarded-for', 'priority', 'accept-charset',
  'access-control-max-age', 'allow', 'content-language', 'content-location', 'content-md5', 'content-range', 'dnt',
  'expect', 'expires', 'from', 'if-match', 'if-unmodified-since', 'max-forwards', 'prefer', 'proxy-authenticate',
  'proxy-authorization', 'refresh', 'retry-after', 'trailer', 'tk', 'via', 'warning', 'www-authenticate', 'http2-settings',
];
const METHODS = [
  'ACL', 'BASELINE-CONTROL', 'BIND', 'CHECKIN', 'CHECKOUT', 'CONNECT', 'COPY', 'DELETE', 'GET', 'HEAD', 'LABEL', 'LINK',
  'LOCK', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MKREDIRECTREF', 'MKWORKSPACE', 'MOVE', 'OPTIONS', 'ORDERPATCH',
  'PATCH', 'POST', 'PRI', 'PROPFIND', 'PROPPATCH', 'PUT', 'REBIND', 'REPORT', 'SEARCH', 'TRACE', 'UNBIND', 'UNCHECKOUT',
  'UNLINK', 'UNLOCK', 'UPDATE', 'UPDATEREDIRECTREF', 'VERSION-CONTROL',
];
/** Where Node's name for a status differs from its text. */
const STATUS_NAMES = { __proto__: null, 418: 'TEAPOT', 103: 'EARLY_HINTS' };

const upper = (name) => StringPrototypeReplaceAll(StringPrototypeReplaceAll(StringPrototypeToUpperCase(name), '-', '_'), ' ', '_');

const constants = { ...numbers };
/** The name of each error code, for messages. */
const errorNames = new SafeMap();
for (let i = 0; i < ERRORS.length; i++) {
  constants[`NGHTTP2_${ERRORS[i]}`] = i;
  errorNames.set(i, `NGHTTP2_${ERRORS[i]}`);
}
constants.NGHTTP2_DEFAULT_WEIGHT = 16;
for (let i = 0; i < PSEUDO_HEADERS.length; i++) constants[`HTTP2_HEADER_${upper(PSEUDO_HEADERS[i])}`] = `:${PSEUDO_HEADERS[i]}`;
for (let i = 0; i < HEADERS.length; i++) constants[`HTTP2_HEADER_${upper(HEADERS[i])}`] = HEADERS[i];
for (let i = 0; i < METHODS.length; i++) constants[`HTTP2_METHOD_${upper(METHODS[i])}`] = METHODS[i];
const statuses = ObjectKeys(STATUS_CODES);
const numbersOfStatuses = [];
for (let i = 0; i < statuses.length; i++) {
  const name = STATUS_NAMES[statuses[i]] ?? StringPrototypeReplaceAll(upper(STATUS_CODES[statuses[i]]), "'", '');
  constants[`HTTP_STATUS_${name}`] = +statuses[i];
  ArrayPrototypePush(numbersOfStatuses, +statuses[i]);
}

module.exports = { constants, errorNames };
