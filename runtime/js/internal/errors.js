// Errors with codes: Node's `ERR_*` classes, and the errors of system calls.
'use strict';

const {
  AggregateError, ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypeSlice, Error, ErrorCaptureStackTrace,
  NumberIsInteger, ObjectDefineProperty, ObjectKeys, RangeError, ReflectApply, RegExpPrototypeExec, String, StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeReplace, StringPrototypeSlice, StringPrototypeToLowerCase, SyntaxError, TypeError, URIError,
} = primordials;

const kIsNodeError = Symbol('kIsNodeError');
const codes = { __proto__: null };

const uv = () => require('internal/uv_errors');

function inspect(value, options) {
  return require('internal/util/inspect').inspect(value, options);
}

// Makes `codes[code]`: a class whose message is a string or is made by a function, which may add properties to the error.
function define(code, message, Base, ...others) {
  codes[code] = makeClass(code, message, Base);
  for (let i = 0; i < others.length; i++) codes[code][others[i].name] = makeClass(code, message, others[i]);
}

function makeClass(code, message, Base) {
  function NodeError(...args) {
    // The head of a stack is the message of the constructor, whatever the property says later.
    const fields = {};
    const error = new Base(typeof message === 'function' ? ReflectApply(message, fields, args) : fill(message, args));
    const keys = ObjectKeys(fields);
    for (let i = 0; i < keys.length; i++) error[keys[i]] = fields[keys[i]];
    ObjectDefineProperty(error, 'toString', {
      __proto__: null, enumerable: false, writable: true, configurable: true,
      value() { return `${this.name} [${code}]: ${this.message}`; },
    });
    ObjectDefineProperty(error, kIsNodeError, { __proto__: null, value: true, enumerable: false, writable: true, configurable: true });
    capture(error, code, NodeError);
    error.code = code;
    return error;
  }
  ObjectDefineProperty(NodeError, 'name', { __proto__: null, value: Base.name });
  return NodeError;
}

// The stack says `Name [CODE]: message` while the name stays plain.
function capture(error, code, below) {
  const { name } = error;
  ObjectDefineProperty(error, 'name', { __proto__: null, value: `${name} [${code}]`, enumerable: false, writable: true, configurable: true });
  ErrorCaptureStackTrace(error, below);
  error.stack; // eslint-disable-line no-unused-expressions -- the header is made when it is first read
  delete error.name;
}

function fill(message, args) {
  let i = 0;
  return StringPrototypeReplace(message, /%[sdj]/g, () => {
    const value = args[i++];
    return typeof value === 'object' && value !== null ? require('internal/util/inspect').format('%s', value) : String(value);
  });
}

function typesOf(expected) {
  const list = ArrayIsArray(expected) ? expected : [expected];
  const types = [];
  const instances = [];
  const others = [];
  for (let i = 0; i < list.length; i++) {
    const name = list[i];
    if (RegExpPrototypeExec(/^(string|function|number|object|Function|Object|boolean|bigint|symbol)$/, name) !== null) {
      types.push(StringPrototypeToLowerCase(name));
    } else if (RegExpPrototypeExec(/^([A-Z][a-z0-9]*)+$/, name) !== null) instances.push(name);
    else others.push(name);
  }
  const object = types.indexOf('object');
  if (instances.length > 0 && object !== -1) {
    types.splice(object, 1);
    instances.push('Object');
  }
  return { types, instances, others };
}

function orList(list) {
  if (list.length < 2) return list[0] ?? '';
  if (list.length === 2) return `${list[0]} or ${list[1]}`;
  return `${ArrayPrototypeJoin(ArrayPrototypeSlice(list, 0, -1), ', ')}, or ${list[list.length - 1]}`;
}

function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name) return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  let shown = inspect(value, { colors: false });
  if (shown.length > 28) shown = `${StringPrototypeSlice(shown, 0, 25)}...`;
  return ` Received type ${typeof value} (${shown})`;
}

function invalidArgType(name, expected, actual) {
  let text = 'The ';
  if (StringPrototypeEndsWith(name, ' argument')) text += `${name} `;
  else text += `"${name}" ${StringPrototypeIncludes(name, '.') ? 'property' : 'argument'} `;
  text += 'must be ';
  const { types, instances, others } = typesOf(expected);
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${orList(types)}`);
  if (instances.length > 0) parts.push(`an instance of ${orList(instances)}`);
  if (others.length > 1) parts.push(`one of ${orList(others)}`);
  else if (others.length === 1) parts.push(StringPrototypeToLowerCase(others[0]) !== others[0] ? `an ${others[0]}` : others[0]);
  return `${text}${ArrayPrototypeJoin(parts, ' or ')}.${received(actual)}`;
}

function withSeparators(text) {
  let result = '';
  let i = text.length;
  const start = text[0] === '-' ? 1 : 0;
  for (; i >= start + 4; i -= 3) result = `_${StringPrototypeSlice(text, i - 3, i)}${result}`;
  return `${StringPrototypeSlice(text, 0, i)}${result}`;
}

function outOfRange(name, range, value, replaceMessage = false) {
  let shown;
  if (NumberIsInteger(value) && (value > 2 ** 32 || value < -(2 ** 32))) shown = withSeparators(String(value));
  else if (typeof value === 'bigint') {
    shown = String(value);
    if (value > 2n ** 32n || value < -(2n ** 32n)) shown = withSeparators(shown);
    shown += 'n';
  } else shown = inspect(value);
  return `${replaceMessage ? name : `The value of "${name}" is out of range.`} It must be ${range}. Received ${shown}`;
}

function invalidArgValue(name, value, reason = 'is invalid') {
  let shown = inspect(value);
  if (shown.length > 128) shown = `${StringPrototypeSlice(shown, 0, 128)}...`;
  const kind = StringPrototypeIncludes(name, '.') ? 'property' : 'argument';
  return `The ${kind} '${name}' ${reason}. Received ${shown}`;
}

function missingArgs(...names) {
  const list = ArrayPrototypeMap(names, (name) => (ArrayIsArray(name) ? ArrayPrototypeJoin(ArrayPrototypeMap(name, (n) => `"${n}"`), ' or ') : `"${name}"`));
  const joined = list.length === 1 ? list[0] : `${ArrayPrototypeJoin(ArrayPrototypeSlice(list, 0, -1), ', ')}${list.length > 2 ? ',' : ''} and ${list[list.length - 1]}`;
  return `The ${joined} argument${list.length > 1 ? 's' : ''} must be specified`;
}

const texts = {
  invalidArgType, outOfRange, invalidArgValue, missingArgs, inspect, TypeError, RangeError, Error, SyntaxError, URIError,
  specificType: (value) => StringPrototypeSlice(received(value), ' Received '.length),
};
require('internal/error_codes')(define, texts);
require('internal/error_codes_modules')(define, texts);

// Marks a check whose frames need not be in an error's stack. A wrapper that took them out would cost every call of
// every check; they stay.
function hideStackFrames(check) {
  check.withoutStackTrace = check;
  return check;
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

function finish(error, fields, below) {
  const keys = ObjectKeys(fields);
  for (let i = 0; i < keys.length; i++) if (fields[keys[i]] !== undefined) error[keys[i]] = fields[keys[i]];
  ErrorCaptureStackTrace(error, below);
  return error;
}

function describe(number) {
  return uv().errors.get(number) ?? ['UNKNOWN', 'unknown error'];
}

// The error of a file operation: `{ errno, syscall, path, dest, message }`.
function uvException(context, hideFrom = uvException) {
  const { 0: code, 1: text } = describe(context.errno);
  let message = `${code}: ${context.message || text}, ${context.syscall}`;
  const path = context.path === undefined ? undefined : String(context.path);
  const dest = context.dest === undefined ? undefined : String(context.dest);
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  return finish(new Error(message), { errno: context.errno, code, syscall: context.syscall, path, dest }, hideFrom);
}

function uvExceptionWithHostPort(errno, syscall, address, port) {
  const { 0: code, 1: text } = describe(errno);
  let details = '';
  if (port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  return finish(new Error(`${syscall} ${code}: ${text}${details}`),
    { code, errno, syscall, address, port: port || undefined }, uvExceptionWithHostPort);
}

function errnoException(errno, syscall, original) {
  const code = uv().errname(errno);
  const message = original ? `${syscall} ${code} ${original}` : `${syscall} ${code}`;
  return finish(new Error(message), { errno, code, syscall }, errnoException);
}

function exceptionWithHostPort(errno, syscall, address, port, additional) {
  const code = uv().errname(errno);
  let details = '';
  if (port && port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  if (additional) details += ` - Local (${additional})`;
  return finish(new Error(`${syscall} ${code}${details}`),
    { errno, code, syscall, address, port: port || undefined }, exceptionWithHostPort);
}

class DNSException extends Error {
  constructor(code, syscall, hostname) {
    let errno;
    if (typeof code === 'number') {
      errno = code;
      code = code === uv().constants.UV_EAI_NODATA || code === uv().constants.UV_EAI_NONAME ? 'ENOTFOUND' : uv().errname(code);
    }
    super(`${syscall} ${code}${hostname ? ` ${hostname}` : ''}`);
    this.errno = errno;
    this.code = code;
    this.syscall = syscall;
    if (hostname) this.hostname = hostname;
    delete this.name;
  }
}
ObjectDefineProperty(DNSException, 'name', { __proto__: null, value: 'Error' });

function dnsException(code, syscall, hostname) {
  return new DNSException(code, syscall, hostname);
}

function genericNodeError(message, fields) {
  return finish(new Error(message), fields, genericNodeError);
}

function connResetException(message) {
  return finish(new Error(message), { code: 'ECONNRESET' }, connResetException);
}

function aggregateTwoErrors(inner, outer) {
  if (inner && outer && inner !== outer) {
    if (ArrayIsArray(outer.errors)) {
      outer.errors.push(inner);
      return outer;
    }
    const error = new AggregateError([outer, inner], outer.message);
    error.code = outer.code;
    return error;
  }
  return inner || outer;
}

class NodeAggregateError extends AggregateError {
  constructor(errors, message) {
    super(errors, message);
    this.code = errors[0]?.code;
  }
  get [kIsNodeError]() { return true; }
  get ['constructor']() { return AggregateError; }
}

let stackOverflowMessage;
function isStackOverflowError(error) {
  if (stackOverflowMessage === undefined) {
    try {
      const overflow = () => { overflow(); };
      overflow();
    } catch (deep) {
      stackOverflowMessage = deep.message;
    }
  }
  return error instanceof RangeError && error.message === stackOverflowMessage;
}

module.exports = {
  codes, define, AbortError, DNSException, NodeAggregateError, kIsNodeError, hideStackFrames, uvException, uvExceptionWithHostPort,
  errnoException, ErrnoException: errnoException, exceptionWithHostPort, ExceptionWithHostPort: exceptionWithHostPort,
  UVExceptionWithHostPort: uvExceptionWithHostPort, UVException: uvException, dnsException, genericNodeError, connResetException,
  ConnResetException: connResetException, aggregateTwoErrors, isStackOverflowError,
  determineSpecificType: (value) => StringPrototypeSlice(received(value), 10),
};
