// Old names of core modules that packages still ask for.
'use strict';
const assert = require('assert');
const http = require('http');
const tls = require('tls');

const constants = require('constants');
assert.strictEqual(constants.O_RDONLY, 0);
assert.strictEqual(constants.SIGTERM, 15);
assert.ok(constants.ENOENT > 0 && Object.isFrozen(constants));
assert.strictEqual(require('_http_agent').Agent, http.Agent);
assert.strictEqual(require('_http_agent').globalAgent, http.globalAgent);
assert.strictEqual(require('_http_client').ClientRequest, http.ClientRequest);
assert.strictEqual(require('_http_server').ServerResponse, http.ServerResponse);
assert.strictEqual(require('_http_incoming').IncomingMessage, http.IncomingMessage);
assert.strictEqual(require('_http_outgoing').OutgoingMessage, http.OutgoingMessage);
assert.deepStrictEqual(require('_http_common').methods, http.METHODS);
assert.strictEqual(require('_http_common')._checkIsHttpToken('a b'), false);
assert.throws(() => require('_http_common').HTTPParser, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
assert.strictEqual(require('_tls_common').createSecureContext, tls.createSecureContext);
assert.strictEqual(require('_tls_wrap').TLSSocket, tls.TLSSocket);
