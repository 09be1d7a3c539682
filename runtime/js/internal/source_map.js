// Source maps are not read yet: no script has one, and asking for their support says so.
'use strict';

const { ObjectFreeze } = primordials;

function unavailable(what) {
  const { codes } = require('internal/errors');
  return new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(what);
}

function findSourceMap(path) {
  require('internal/validators').validateString(path, 'path');
  return undefined;
}

function setSupport(enabled) {
  require('internal/validators').validateBoolean(enabled, 'enabled');
  if (enabled) throw unavailable('module.setSourceMapsSupport()');
}

function getSupport() {
  return ObjectFreeze({ __proto__: null, enabled: false, nodeModules: false, generatedCode: false });
}

class SourceMap {
  constructor() {
    throw unavailable('module.SourceMap');
  }
}

module.exports = { findSourceMap, setSupport, getSupport, SourceMap };
