// `node:_tls_common`, deprecated: what packages take from here is `node:tls`'s.
'use strict';

const { SecureContext, createSecureContext } = require('tls');

module.exports = { SecureContext, createSecureContext };
