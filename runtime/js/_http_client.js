// `node:_http_client`, deprecated: what packages take from here is `node:http`'s.
'use strict';

module.exports = { ClientRequest: require('internal/http/client').ClientRequest };
