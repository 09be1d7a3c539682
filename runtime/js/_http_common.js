// `node:_http_common`, deprecated: the checks of names and values. There is no parser object to be had.
'use strict';

const { METHODS, checkInvalidHeaderChar, checkIsHttpToken } = require('internal/http/common');

module.exports = {
  _checkInvalidHeaderChar: checkInvalidHeaderChar,
  _checkIsHttpToken: checkIsHttpToken,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  methods: METHODS,
  get HTTPParser() { return unavailable('_http_common.HTTPParser'); },
  get parsers() { return unavailable('_http_common.parsers'); },
  get freeParser() { return unavailable('_http_common.freeParser'); },
};

function unavailable(name) {
  throw new (require('internal/errors').codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)(name);
}
