// Gives each stream to the server's 'request' listeners as a request and a response.
'use strict';

const { Http2ServerRequest } = require('internal/http2/compat_request');
const { Http2ServerResponse } = require('internal/http2/compat_response');

function onServerStream(server, Request, Response, stream, headers, flags, rawHeaders) {
  const request = new Request(stream, headers, undefined, rawHeaders);
  const response = new Response(stream);
  if (headers[':method'] === 'CONNECT') {
    if (!server.emit('connect', request, response)) refuse(response, 405);
    return;
  }
  if (headers.expect === undefined) {
    server.emit('request', request, response);
  } else if (headers.expect !== '100-continue') {
    if (!server.emit('checkExpectation', request, response)) refuse(response, 417);
  } else if (server.listenerCount('checkContinue') > 0) {
    server.emit('checkContinue', request, response);
  } else {
    response.writeContinue();
    server.emit('request', request, response);
  }
}

function refuse(response, status) {
  response.statusCode = status;
  response.end();
}

module.exports = { Http2ServerRequest, Http2ServerResponse, onServerStream };
