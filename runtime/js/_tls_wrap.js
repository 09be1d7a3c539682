// `node:_tls_wrap`, deprecated: what packages take from here is `node:tls`'s.
'use strict';

const { Server, TLSSocket, connect, createServer } = require('tls');

module.exports = { TLSSocket, Server, createServer, connect };
