// URLs for the other core modules: what stands under `internal/url/`, in one place.
'use strict';

const { URL, isURL } = require('internal/url/url');
const { URLSearchParams } = require('internal/url/search_params');
const { toUSVString } = require('internal/url/form_urlencoded');
const file = require('internal/url/file');
const native = binding('url');

/** The ASCII form of a domain, empty if it is none. */
function domainToASCII(domain) {
  if (arguments.length < 1) throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('domain');
  return native.domainToASCII(toUSVString(domain));
}

/** The Unicode form of a domain, empty if it is none. */
function domainToUnicode(domain) {
  if (arguments.length < 1) throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('domain');
  return native.domainToUnicode(toUSVString(domain));
}

module.exports = { URL, URLSearchParams, isURL, toUSVString, domainToASCII, domainToUnicode, ...file };
