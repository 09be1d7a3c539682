'use strict';

// The opening handshake of a client (RFC 6455 section 4.1), over node:http and node:https.

const { ArrayPrototypeIncludes, ArrayPrototypeJoin, ObjectAssign, StringPrototypeToLowerCase } = primordials;

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY_BYTES = 16;
const VERSION = 13;

/**
 * Asks for a connection. `callback(error)`, or `callback(null, socket, head, protocol)`; returns a function that
 * gives the attempt up.
 */
function handshake(url, protocols, headers, callback) {
  const crypto = require('crypto');
  const key = crypto.randomBytes(KEY_BYTES).toString('base64');
  const isSecure = url.protocol === 'wss:';
  const { request: send, urlToHttpOptions } = isSecure ? withOptions('https') : withOptions('http');
  const options = urlToHttpOptions(url);
  options.protocol = isSecure ? 'https:' : 'http:';
  options.agent = false;
  options.headers = ObjectAssign({}, headers, {
    'Upgrade': 'websocket',
    'Connection': 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': VERSION,
    'Pragma': 'no-cache',
    'Cache-Control': 'no-cache',
  });
  if (protocols.length > 0) options.headers['Sec-WebSocket-Protocol'] = ArrayPrototypeJoin(protocols, ', ');
  const request = send(options);
  request.on('error', (error) => callback(error));
  request.on('response', (response) => {
    request.destroy();
    callback(new Error(`The server answered ${response.statusCode} instead of 101`));
  });
  request.on('upgrade', (response, socket, head) => {
    const refusal = check(response.headers, crypto.createHash('sha1').update(key + GUID).digest('base64'), protocols);
    if (refusal !== undefined) {
      socket.destroy();
      callback(new Error(refusal));
    } else {
      callback(null, socket, head, response.headers['sec-websocket-protocol'] ?? '');
    }
  });
  request.end();
  return () => request.destroy();
}

function withOptions(id) {
  return { request: require(id).request, urlToHttpOptions: require('url').urlToHttpOptions };
}

// Why an answer is no agreement, undefined when it is one.
function check(headers, accept, protocols) {
  if (StringPrototypeToLowerCase(headers.upgrade ?? '') !== 'websocket') return 'The server did not upgrade to websocket';
  if (headers['sec-websocket-accept'] !== accept) return 'Incorrect hash received in Sec-WebSocket-Accept header';
  if (headers['sec-websocket-extensions'] !== undefined) return 'The server uses an extension that was not asked for';
  const protocol = headers['sec-websocket-protocol'];
  if (protocol !== undefined && !ArrayPrototypeIncludes(protocols, protocol)) return 'Protocol was not set in the opening handshake';
  return undefined;
}

module.exports = { handshake };
