// `url.format` of a `URL`: with or without its hash, query, credentials and Punycode.
'use strict';

const { StringPrototypeSlice, StringPrototypeStartsWith } = primordials;
const { codes } = require('internal/errors');
const { domainToUnicode } = binding('url');

function formatURL(url, options) {
  let fragment = true;
  let unicode = false;
  let search = true;
  let auth = true;
  if (options) {
    if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    fragment = options.fragment === undefined || options.fragment === null || Boolean(options.fragment);
    unicode = Boolean(options.unicode);
    search = options.search === undefined || options.search === null || Boolean(options.search);
    auth = options.auth === undefined || options.auth === null || Boolean(options.auth);
  } else if (options !== undefined && options !== null) {
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  const { protocol, username, password, hostname, port, href } = url;
  let text = protocol;
  if (StringPrototypeStartsWith(StringPrototypeSlice(href, protocol.length), '//')) {
    text += '//';
    if (auth && (username !== '' || password !== '')) text += `${username}${password === '' ? '' : `:${password}`}@`;
    text += unicode ? domainToUnicode(hostname) || hostname : hostname;
    if (port !== '') text += `:${port}`;
  }
  text += url.pathname;
  if (search) text += url.search;
  if (fragment) text += url.hash;
  return text;
}

module.exports = { formatURL };
