// `node:module`.
'use strict';

module.exports = require('internal/module/cjs').Module;
