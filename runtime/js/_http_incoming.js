// `node:_http_incoming`, deprecated: what packages take from here is `node:http`'s.
'use strict';

function readStart(socket) {
  if (socket) socket.resume();
}

function readStop(socket) {
  if (socket) socket.pause();
}

module.exports = { IncomingMessage: require('internal/http/incoming').IncomingMessage, readStart, readStop };
