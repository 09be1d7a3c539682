// node:http.
'use strict';

const { ObjectDefineProperties } = primordials;

const { METHODS, validateHeaderName, validateHeaderValue } = require('internal/http/common');
const { IncomingMessage } = require('internal/http/incoming');
const { OutgoingMessage } = require('internal/http/outgoing');
const { ServerResponse } = require('internal/http/server_response');
const { Server, connectionListener } = require('internal/http/server');
const { STATUS_CODES } = require('internal/http/status');
const { ClientRequest } = require('internal/http/client');
const { Agent, globalAgent, setGlobalAgent } = require('internal/http/agent');
const { maxHeaderSize, setMaxIdleHTTPParsers } = require('internal/http/limits');

function createServer(options, requestListener) {
  return new Server(options, requestListener);
}

function request(url, options, callback) {
  return new ClientRequest(url, options, callback);
}

function get(url, options, callback) {
  const sent = request(url, options, callback);
  sent.end();
  return sent;
}

module.exports = {
  _connectionListener: connectionListener,
  METHODS,
  STATUS_CODES,
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer,
  get,
  request,
  setMaxIdleHTTPParsers,
  validateHeaderName,
  validateHeaderValue,
};

ObjectDefineProperties(module.exports, {
  maxHeaderSize: { __proto__: null, configurable: true, enumerable: true, get: maxHeaderSize },
  globalAgent: { __proto__: null, configurable: true, enumerable: true, get: globalAgent, set: setGlobalAgent },
});

// Web API classes that Node offers here too, made when somebody asks.
function webClass(name) {
  return { __proto__: null, configurable: true, enumerable: true, get() { return globalThis[name]; } };
}

ObjectDefineProperties(module.exports, {
  WebSocket: webClass('WebSocket'),
  CloseEvent: webClass('CloseEvent'),
  MessageEvent: webClass('MessageEvent'),
});
