// `http2`: not supported. Packages load it beside `http` and use it only when they are told to, so it loads: its names
// and numbers (RFC 9113) are there, and whatever would open a session throws.
'use strict';

const { StringPrototypeReplaceAll, StringPrototypeToUpperCase, SymbolFor } = primordials;

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');

const PSEUDO_HEADERS = ['status', 'method', 'authority', 'scheme', 'path', 'protocol'];
const HEADERS = [
  'accept', 'accept-charset', 'accept-encoding', 'accept-language', 'accept-ranges', 'access-control-allow-credentials',
  'access-control-allow-headers', 'access-control-allow-methods', 'access-control-allow-origin', 'access-control-expose-headers',
  'access-control-max-age', 'access-control-request-headers', 'access-control-request-method', 'age', 'allow', 'alt-svc',
  'authorization', 'cache-control', 'connection', 'content-disposition', 'content-encoding', 'content-language', 'content-length',
  'content-location', 'content-md5', 'content-range', 'content-security-policy', 'content-type', 'cookie', 'date', 'dnt',
  'early-data', 'etag', 'expect', 'expect-ct', 'expires', 'forwarded', 'from', 'host', 'http2-settings', 'if-match',
  'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'keep-alive', 'last-modified', 'link', 'location',
  'max-forwards', 'origin', 'prefer', 'priority', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'range',
  'referer', 'refresh', 'retry-after', 'server', 'set-cookie', 'strict-transport-security', 'te', 'tk', 'trailer',
  'transfer-encoding', 'upgrade', 'upgrade-insecure-requests', 'user-agent', 'vary', 'via', 'warning', 'www-authenticate',
  'x-content-type-options', 'x-forwarded-for', 'x-frame-options', 'x-xss-protection',
];
const METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];
const ERRORS = [
  'NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR',
  'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED',
];

const upper = (name) => StringPrototypeReplaceAll(StringPrototypeToUpperCase(name), '-', '_');

const constants = { __proto__: null };
for (let i = 0; i < PSEUDO_HEADERS.length; i++) constants[`HTTP2_HEADER_${upper(PSEUDO_HEADERS[i])}`] = `:${PSEUDO_HEADERS[i]}`;
for (let i = 0; i < HEADERS.length; i++) constants[`HTTP2_HEADER_${upper(HEADERS[i])}`] = HEADERS[i];
for (let i = 0; i < METHODS.length; i++) constants[`HTTP2_METHOD_${METHODS[i]}`] = METHODS[i];
for (let i = 0; i < ERRORS.length; i++) constants[`NGHTTP2_${ERRORS[i]}`] = i;

function unsupported(name) {
  return { [name]() { throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`http2.${name}()`); } }[name];
}

/** A class of which there are no instances; packages ask whether a request is one. */
function unsupportedClass(name) {
  return { [name]: class { constructor() { throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`http2.${name}`); } } }[name];
}

module.exports = {
  constants,
  Http2ServerRequest: unsupportedClass('Http2ServerRequest'),
  Http2ServerResponse: unsupportedClass('Http2ServerResponse'),
  sensitiveHeaders: SymbolFor('nodejs.http2.sensitiveHeaders'),
};
for (const name of [
  'connect', 'createServer', 'createSecureServer', 'getDefaultSettings', 'getPackedSettings', 'getUnpackedSettings',
  'performServerHandshake',
]) module.exports[name] = unsupported(name);
