// `node:url`
'use strict';

const url = require('internal/url');
const { Url, urlParse, urlFormat } = require('internal/url/legacy');
const { urlResolve, urlResolveObject } = require('internal/url/legacy_resolve');

module.exports = {
  Url,
  parse: urlParse,
  resolve: urlResolve,
  resolveObject: urlResolveObject,
  format: urlFormat,
  URL: url.URL,
  URLSearchParams: url.URLSearchParams,
  domainToASCII: url.domainToASCII,
  domainToUnicode: url.domainToUnicode,
  pathToFileURL: url.pathToFileURL,
  fileURLToPath: url.fileURLToPath,
  fileURLToPathBuffer: url.fileURLToPathBuffer,
  urlToHttpOptions: url.urlToHttpOptions,
};
