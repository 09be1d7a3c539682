// `node:_http_outgoing`, deprecated: what packages take from here is `node:http`'s.
'use strict';

const { validateHeaderName, validateHeaderValue } = require('internal/http/common');
const { OutgoingMessage, parseUniqueHeaders } = require('internal/http/outgoing');

module.exports = {
  parseUniqueHeadersOption: parseUniqueHeaders, validateHeaderName, validateHeaderValue, OutgoingMessage,
};
