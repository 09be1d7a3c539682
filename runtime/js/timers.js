// `node:timers`.
'use strict';

const timers = require('internal/timers');
const { ObjectDefineProperty } = primordials;

const promisified = Symbol.for('nodejs.util.promisify.custom');

module.exports = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  clearInterval: timers.clearInterval,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
};

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null, configurable: true, enumerable: true, get: () => require('timers/promises'),
});

for (const name of ['setTimeout', 'setImmediate']) {
  ObjectDefineProperty(module.exports[name], promisified, {
    __proto__: null, enumerable: true, get: () => require('timers/promises')[name],
  });
}
