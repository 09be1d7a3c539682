// Keys as arguments and as KeyObjects.
'use strict';

const { getArrayBufferOrView } = require('internal/crypto/util');

// The bytes of a secret given as bytes or a string.
function prepareSecretKey(key, encoding, name = 'key') {
  return getArrayBufferOrView(key, name, encoding);
}

module.exports = { prepareSecretKey };
