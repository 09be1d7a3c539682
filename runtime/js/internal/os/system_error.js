// The error of a question to the system that it did not answer: Node's SystemError, with what is known in `info`.
'use strict';

const { Error, ErrorCaptureStackTrace, ObjectDefineProperties, ObjectDefineProperty } = primordials;
const uv = require('internal/uv_errors');

const CODE = 'ERR_SYSTEM_ERROR';

class SystemError extends Error {
  constructor(errno, syscall) {
    const { 0: code, 1: text } = uv.errors.get(errno) ?? ['UNKNOWN', 'unknown error'];
    super(`A system error occurred: ${syscall} returned ${code} (${text})`);
    // The stack's first line has the code; the name does not.
    ObjectDefineProperty(this, 'name', { __proto__: null, configurable: true, value: `SystemError [${CODE}]` });
    ErrorCaptureStackTrace(this, SystemError);
    void this.stack;
    delete this.name;

    const info = { errno, code, message: text, syscall };
    this.code = CODE;
    ObjectDefineProperties(this, {
      info: { __proto__: null, configurable: true, enumerable: true, value: info },
      errno: shared(info, 'errno'),
      syscall: shared(info, 'syscall'),
    });
  }

  toString() {
    return `${this.name} [${CODE}]: ${this.message}`;
  }
}

ObjectDefineProperty(SystemError.prototype, 'name', {
  __proto__: null, configurable: true, writable: true, value: 'SystemError',
});

function shared(info, name) {
  return {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return info[name]; },
    set(value) { info[name] = value; },
  };
}

module.exports = { SystemError };
