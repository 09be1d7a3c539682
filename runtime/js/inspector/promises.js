// node:inspector/promises: `node:inspector` with a `post` that gives a promise.
'use strict';

const { Promise } = primordials;

const inspector = require('inspector');

class Session extends inspector.Session {
  post(method, params) {
    return new Promise((resolve, reject) => {
      super.post(method, params, (error, result) => { if (error) reject(error); else resolve(result); });
    });
  }
}

const { open, close, url, waitForDebugger, console, Network, NetworkResources } = inspector;
module.exports = { open, close, url, waitForDebugger, console, Session, Network, NetworkResources };
