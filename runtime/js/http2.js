// node:http2: HTTP/2 (RFC 9113) over nghttp2. Nothing of it is loaded before it is asked for.
'use strict';

const { ObjectDefineProperty } = primordials;

const { constants } = require('internal/http2/constants');
const { getDefaultSettings, getPackedSettings, getUnpackedSettings } = require('internal/http2/settings');
const { kSensitive } = require('internal/http2/headers');
const { connect } = require('internal/http2/client');
const { createSecureServer, createServer, performServerHandshake } = require('internal/http2/server');
const { Http2ServerRequest, Http2ServerResponse } = require('internal/http2/compat');
const { promisify } = require('internal/util');

ObjectDefineProperty(connect, promisify.custom, {
  __proto__: null,
  value: (authority, options) => new primordials.Promise((resolve, reject) => {
    const session = connect(authority, options, () => {
      session.removeListener('error', reject);
      resolve(session);
    });
    session.once('error', reject);
  }),
});

module.exports = {
  connect,
  constants,
  createServer,
  createSecureServer,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake,
  sensitiveHeaders: kSensitive,
  Http2ServerRequest,
  Http2ServerResponse,
};
