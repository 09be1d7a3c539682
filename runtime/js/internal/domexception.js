'use strict';

// DOMException (https://webidl.spec.whatwg.org/#idl-DOMException): a real error, with a stack, whose name, message and
// code are read through the prototype.

const {
  Error,
  ErrorCaptureStackTrace,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  SafeMap,
  SafeWeakMap,
  SymbolToStringTag,
} = primordials;

// Name and constant of each code, in the order of the codes from 1 on; a missing name is a retired one.
const kCodes = [
  ['IndexSizeError', 'INDEX_SIZE_ERR'],
  [undefined, 'DOMSTRING_SIZE_ERR'],
  ['HierarchyRequestError', 'HIERARCHY_REQUEST_ERR'],
  ['WrongDocumentError', 'WRONG_DOCUMENT_ERR'],
  ['InvalidCharacterError', 'INVALID_CHARACTER_ERR'],
  [undefined, 'NO_DATA_ALLOWED_ERR'],
  ['NoModificationAllowedError', 'NO_MODIFICATION_ALLOWED_ERR'],
  ['NotFoundError', 'NOT_FOUND_ERR'],
  ['NotSupportedError', 'NOT_SUPPORTED_ERR'],
  ['InUseAttributeError', 'INUSE_ATTRIBUTE_ERR'],
  ['InvalidStateError', 'INVALID_STATE_ERR'],
  ['SyntaxError', 'SYNTAX_ERR'],
  ['InvalidModificationError', 'INVALID_MODIFICATION_ERR'],
  ['NamespaceError', 'NAMESPACE_ERR'],
  ['InvalidAccessError', 'INVALID_ACCESS_ERR'],
  [undefined, 'VALIDATION_ERR'],
  ['TypeMismatchError', 'TYPE_MISMATCH_ERR'],
  ['SecurityError', 'SECURITY_ERR'],
  ['NetworkError', 'NETWORK_ERR'],
  ['AbortError', 'ABORT_ERR'],
  ['URLMismatchError', 'URL_MISMATCH_ERR'],
  ['QuotaExceededError', 'QUOTA_EXCEEDED_ERR'],
  ['TimeoutError', 'TIMEOUT_ERR'],
  ['InvalidNodeTypeError', 'INVALID_NODE_TYPE_ERR'],
  ['DataCloneError', 'DATA_CLONE_ERR'],
];

const codeOfName = new SafeMap();
// The exceptions made here, with what their getters give.
const details = new SafeWeakMap();

class DOMException {
  constructor(message = '', options = 'Error') {
    message = `${message}`;
    const self = new Error();
    ObjectSetPrototypeOf(self, new.target.prototype);
    let name;
    if (options !== null && typeof options === 'object') {
      name = options.name === undefined ? 'Error' : `${options.name}`;
      if ('cause' in options) {
        ObjectDefineProperty(self, 'cause', {
          __proto__: null, value: options.cause, configurable: true, writable: true, enumerable: false,
        });
      }
    } else {
      name = `${options}`;
    }
    details.set(self, { message, name });
    // The stack's first line is made from the name and the message, known only now.
    ErrorCaptureStackTrace(self, new.target);
    return self;
  }

  get name() {
    return detailsOf(this).name;
  }

  get message() {
    return detailsOf(this).message;
  }

  get code() {
    return codeOfName.get(detailsOf(this).name) ?? 0;
  }
}

function detailsOf(that) {
  const found = that !== null && typeof that === 'object' ? details.get(that) : undefined;
  if (found === undefined) {
    const { codes: { ERR_INVALID_THIS } } = require('internal/errors');
    throw new ERR_INVALID_THIS('DOMException');
  }
  return found;
}

ObjectSetPrototypeOf(DOMException.prototype, Error.prototype);
const kEnumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(DOMException.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'DOMException' },
  name: kEnumerable,
  message: kEnumerable,
  code: kEnumerable,
});
for (let i = 0; i < kCodes.length; i++) {
  const { 0: name, 1: constant } = kCodes[i];
  const descriptor = { __proto__: null, value: i + 1, enumerable: true };
  ObjectDefineProperty(DOMException, constant, descriptor);
  ObjectDefineProperty(DOMException.prototype, constant, descriptor);
  if (name !== undefined) codeOfName.set(name, i + 1);
}

function isDOMException(value) {
  return value !== null && typeof value === 'object' && details.has(value);
}

module.exports = { DOMException, isDOMException };
