// `node:_http_server`, deprecated: what packages take from here is `node:http`'s.
'use strict';

const { Server, connectionListener } = require('internal/http/server');
const { ServerResponse } = require('internal/http/server_response');
const { STATUS_CODES } = require('internal/http/status');

module.exports = { STATUS_CODES, Server, ServerResponse, _connectionListener: connectionListener };
