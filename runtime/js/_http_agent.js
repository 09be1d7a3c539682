// `node:_http_agent`, deprecated: what packages take from here is `node:http`'s.
'use strict';

const { ObjectDefineProperty } = primordials;

const { Agent, globalAgent, setGlobalAgent } = require('internal/http/agent');

module.exports = { Agent };
ObjectDefineProperty(module.exports, 'globalAgent', {
  __proto__: null, configurable: true, enumerable: true, get: globalAgent, set: setGlobalAgent,
});
