// `node:process`: the global `process` object.
'use strict';

const native = binding('process');
const EventEmitter = require('events');
const { onStartup } = require('internal/startup');
const {
  ObjectDefineProperty, ObjectCreate, ObjectFreeze, Proxy, BigInt, Symbol, SymbolToStringTag,
  String, ArrayIsArray,
} = primordials;

const NODE_VERSION = 'v26.10.0';

function process() {}
const prototype = ObjectCreate(EventEmitter.prototype, {
  constructor: { __proto__: null, value: process, writable: true, configurable: true, enumerable: false },
  [SymbolToStringTag]: { __proto__: null, value: 'process', configurable: true },
});
const self = ObjectCreate(prototype);
module.exports = self;
EventEmitter.call(self);

function define(name, value) {
  ObjectDefineProperty(self, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}

function lazy(name, get, set) {
  ObjectDefineProperty(self, name, { __proto__: null, get, set, enumerable: true, configurable: true });
}

define('version', NODE_VERSION);
define('versions', ObjectFreeze({
  node: NODE_VERSION.slice(1), rondo: native.version, v8: native.v8Version, modules: '147', uv: '1.51.0', ares: '1.34.5',
  openssl: '3.5.4', zlib: '1.3.1', unicode: '17.0',
}));
define('arch', native.arch);
define('platform', native.platform);
define('release', { name: 'node', sourceUrl: `https://nodejs.org/download/release/${NODE_VERSION}/node-${NODE_VERSION}.tar.gz`, headersUrl: `https://nodejs.org/download/release/${NODE_VERSION}/node-${NODE_VERSION}-headers.tar.gz` });
define('pid', 0);
lazy('ppid', () => native.ppid());
define('argv0', '');
define('execPath', '');
define('execArgv', undefined);
define('argv', undefined);

define('_exiting', false);
define('features', ObjectFreeze({
  inspector: true, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true,
  cached_builtins: true, require_module: true, typescript: 'strip',
}));
define('config', ObjectFreeze({
  target_defaults: ObjectFreeze({}), variables: ObjectFreeze({ v8_enable_i18n_support: 1, napi_build_version: 0 }),
}));
lazy('report', () => require('internal/process/report').report);
lazy('allowedNodeEnvironmentFlags', () => require('internal/process/allowed_flags').flags());
lazy('debugPort', () => binding('inspector').port(), (port) => define('debugPort', port));
define('domain', null);
define('_eval', undefined);
onStartup(() => {
  self.argv0 = native.argv0[0];
  self.pid = native.pid;
  self.execPath = native.execPath;
  self.execArgv = native.execArgv;
  self.argv = [native.execPath, ...native.argv];
  self._eval = require('internal/options').getOption('eval');
});

// The environment: a proxy, since names are not known ahead and every value is a string.
const own = { __proto__: null, writable: true, enumerable: true, configurable: true };
define('env', new Proxy({}, {
  __proto__: null,
  get(target, name) {
    if (typeof name === 'symbol') return target[name];
    return native.getEnv(name) ?? target[name];
  },
  set(target, name, value) {
    if (typeof name === 'symbol' || typeof value === 'symbol') {
      throw new primordials.TypeError('Cannot convert a Symbol value to a string');
    }
    native.setEnv(name, String(value));
    return true;
  },
  has: (target, name) => typeof name === 'string' && native.getEnv(name) !== undefined,
  deleteProperty(target, name) {
    if (typeof name === 'string') native.setEnv(name, undefined);
    return true;
  },
  ownKeys: () => native.envKeys(),
  getOwnPropertyDescriptor(target, name) {
    const value = typeof name === 'string' ? native.getEnv(name) : undefined;
    return value === undefined ? undefined : { ...own, value };
  },
  defineProperty(target, name, descriptor) {
    const { codes } = require('internal/errors');
    if ('get' in descriptor || 'set' in descriptor) {
      throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY('\'process.env\' does not accept an accessor(getter/setter) descriptor');
    }
    if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
      throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY('\'process.env\' only accepts a configurable, writable, and enumerable data descriptor');
    }
    native.setEnv(name, String(descriptor.value));
    return true;
  },
}));

let exitCode;
ObjectDefineProperty(self, 'exitCode', {
  __proto__: null,
  get: () => exitCode,
  set(value) {
    if (value !== undefined && value !== null) {
      const { codes } = require('internal/errors');
      let number = value;
      if (typeof value === 'string' && value !== '') number = +value;
      if (typeof number !== 'number') throw new codes.ERR_INVALID_ARG_TYPE('code', ['number'], value);
      if (!primordials.NumberIsInteger(number)) throw new codes.ERR_OUT_OF_RANGE('code', 'an integer', value);
      value = number;
    }
    exitCode = value;
  },
  enumerable: true,
  configurable: false,
});

define('cwd', () => native.cwd());
define('chdir', function chdir(directory) {
  require('internal/validators').validateString(directory, 'directory');
  const errno = native.chdir(directory);
  if (errno !== 0) {
    throw require('internal/errors').uvException({ errno, syscall: 'chdir', path: native.cwd(), dest: directory });
  }
});
define('exit', function exit(code) {
  require('internal/process/exit').exit(code);
});
define('reallyExit', (code) => native.exit(code ?? 0));
define('abort', () => native.abort());
define('nextTick', function nextTick(callback, ...args) {
  return tasks().nextTick(callback, ...args);
});

let taskQueue;
function tasks() {
  taskQueue ??= require('internal/process/task_queue');
  self.nextTick = taskQueue.nextTick;
  return taskQueue;
}

function hrtime(previous) {
  const now = native.hrtime();
  if (previous === undefined) return now;
  if (!ArrayIsArray(previous)) throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)('time', 'Array', previous);
  if (previous.length !== 2) throw new (require('internal/errors').codes.ERR_OUT_OF_RANGE)('time', 2, previous.length);
  let seconds = now[0] - previous[0];
  let nanos = now[1] - previous[1];
  if (nanos < 0) {
    seconds--;
    nanos += 1e9;
  }
  return [seconds, nanos];
}
hrtime.bigint = function bigint() {
  const [seconds, nanos] = native.hrtime();
  return BigInt(seconds) * 1000000000n + BigInt(nanos);
};
define('hrtime', hrtime);
define('uptime', () => native.uptime());

function memoryUsage() {
  const [rss, heapTotal, heapUsed, external, arrayBuffers] = native.memoryUsage();
  return { rss, heapTotal, heapUsed, external, arrayBuffers };
}
memoryUsage.rss = () => native.memoryUsage()[0];
define('memoryUsage', memoryUsage);
define('kill', function kill(pid, signal = 'SIGTERM') {
  const { codes, errnoException } = require('internal/errors');
  if (pid != (pid | 0)) throw new codes.ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  const { signals } = require('os').constants;
  const number = typeof signal === 'number' ? signal : signals[signal];
  if (number === undefined) throw new codes.ERR_UNKNOWN_SIGNAL(signal);
  const errno = native.kill(pid | 0, number);
  if (errno !== 0) throw errnoException(errno, 'kill');
  return true;
});
define('umask', (mask) => native.umask(typeof mask === 'string' ? primordials.NumberParseInt(mask, 8) : mask));
for (const [index, name] of ['getuid', 'geteuid', 'getgid', 'getegid'].entries()) define(name, () => native.ids()[index]);
define('emitWarning', function emitWarning(warning, type, code, constructor) {
  require('internal/process/warning').emitWarning(warning, type, code, constructor);
});
define('setUncaughtExceptionCaptureCallback', function setUncaughtExceptionCaptureCallback(callback) {
  const uncaught = require('internal/process/uncaught');
  if (callback === null) return uncaught.setCapture(null);
  require('internal/validators').validateFunction(callback, 'fn');
  if (uncaught.hasCapture()) throw new (require('internal/errors').codes.ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET)();
  uncaught.setCapture(callback);
});
define('hasUncaughtExceptionCaptureCallback', () => require('internal/process/uncaught').hasCapture());
define('getBuiltinModule', (id) => require('internal/module/builtin').getPublic(id));
define('binding', function processBinding(name) {
  throw new (require('internal/errors').codes.ERR_INVALID_MODULE)(name);
});
define('dlopen', function dlopen(module, filename) {
  throw require('internal/module/addon').refuse(`${filename}`);
});
define('setSourceMapsEnabled', function setSourceMapsEnabled(val) {
  require('internal/source_map').enableAll(val);
});
define('ref', (thing) => thing?.[Symbol.for('nodejs.ref')]?.() ?? thing?.ref?.());
define('unref', (thing) => thing?.[Symbol.for('nodejs.unref')]?.() ?? thing?.unref?.());

for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
  let stream;
  lazy(name, () => stream ??= require('internal/process/stdio').open(fd), (value) => { stream = value; });
}

require('internal/process/methods').install(self, define);
require('internal/process/signals').watchListeners(self);
