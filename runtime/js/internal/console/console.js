// The `Console` class: formats its arguments and writes them to two streams.
'use strict';

const {
  ArrayPrototypeUnshift, Boolean, ErrorCaptureStackTrace, FunctionPrototypeBind, MapPrototypeGet, MapPrototypeValues,
  ObjectDefineProperties, ObjectDefineProperty, ObjectKeys, ReflectApply, ReflectConstruct, ReflectOwnKeys, SafeMap, SafeWeakMap,
  StringPrototypeIncludes, StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice, Symbol, SymbolHasInstance,
  SymbolToStringTag,
} = primordials;
const { codes: { ERR_CONSOLE_WRITABLE_STREAM, ERR_INCOMPATIBLE_OPTION_PAIR }, isStackOverflowError } = require('internal/errors');
const { validateArray, validateInteger, validateObject, validateOneOf } = require('internal/validators');
const { isLoaded } = require('internal/core_modules');

// Text alone needs none of it.
const inspection = () => require('internal/util/inspect');

const GROUP_INDENTATION_MAX = 1000;
const COLORS = { colors: true };
const NO_COLORS = {};
const kState = Symbol('kConsoleState');
const inspectOptionsOf = new SafeWeakMap();

const CHANNELS = ['log', 'warn', 'error', 'info', 'debug'];
// Those of `diagnostics_channel`, by method; undefined while nobody has asked for that module.
let channels;

function hidden(value) {
  return { __proto__: null, value, writable: true, enumerable: false, configurable: true };
}

function noop() {}

// `new Console({ stdout, stderr, ... })` or `new Console(stdout, stderr, ignoreErrors)`; also without `new`.
function Console(options) {
  if (new.target === undefined) return ReflectConstruct(Console, arguments);
  if (!options || typeof options.write === 'function') {
    options = { stdout: options, stderr: arguments[1], ignoreErrors: arguments[2] };
  }
  const { stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation } = options;
  if (!stdout || typeof stdout.write !== 'function') throw new ERR_CONSOLE_WRITABLE_STREAM('stdout');
  if (!stderr || typeof stderr.write !== 'function') throw new ERR_CONSOLE_WRITABLE_STREAM('stderr');
  validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) validateInteger(groupIndentation, 'groupIndentation', 0, GROUP_INDENTATION_MAX);
  if (inspectOptions !== undefined) setInspectOptions(this, options, stdout, stderr);
  bindMethods(this);
  ObjectDefineProperties(this, { _stdout: hidden(stdout), _stderr: hidden(stderr) });
  initialize(this, ignoreErrors, colorMode, groupIndentation);
}

function setInspectOptions(self, options, stdout, stderr) {
  const { inspectOptions } = options;
  validateObject(inspectOptions, 'options.inspectOptions');
  const map = require('internal/util/types').isMap(inspectOptions) ? inspectOptions : new SafeMap([[stdout, inspectOptions], [stderr, inspectOptions]]);
  for (const each of MapPrototypeValues(map)) {
    if (each.colors !== undefined && options.colorMode !== undefined) {
      throw new ERR_INCOMPATIBLE_OPTION_PAIR('options.inspectOptions.color', 'colorMode');
    }
  }
  inspectOptionsOf.set(self, map);
}

// Methods work without their console; those that a subclass overrides are bound too.
function bindMethods(self) {
  const keys = ObjectKeys(Console.prototype);
  for (let i = 0; i < keys.length; i++) {
    self[keys[i]] = FunctionPrototypeBind(self[keys[i]], self);
    ObjectDefineProperty(self[keys[i]], 'name', { __proto__: null, value: keys[i] });
  }
}

function initialize(self, ignoreErrors, colorMode, groupIndentation = 2) {
  ObjectDefineProperties(self, {
    _ignoreErrors: hidden(Boolean(ignoreErrors)),
    _times: hidden(new SafeMap()),
    _stdoutErrorHandler: hidden((error) => swallow(self._stdout, error)),
    _stderrErrorHandler: hidden((error) => swallow(self._stderr, error)),
    [kState]: hidden({ colorMode, counts: new SafeMap(), width: groupIndentation, indentation: '' }),
    [SymbolToStringTag]: { __proto__: null, value: 'console', writable: false, enumerable: false, configurable: true },
  });
}

// The `error` event that follows a failed write of ours must not be uncaught.
function swallow(stream, error) {
  if (error !== null && error !== undefined && !stream._writableState?.errorEmitted && stream.listenerCount('error') === 0) {
    stream.once('error', noop);
  }
}

ObjectDefineProperty(Console, SymbolHasInstance, {
  __proto__: null,
  value: { [SymbolHasInstance](instance) { return instance?.[kState] !== undefined; } }[SymbolHasInstance],
});

function optionsFor(self, stream) {
  let { colorMode } = self[kState];
  if (colorMode === 'auto') colorMode = require('internal/util/colors').shouldColorize(stream);
  const map = inspectOptionsOf.get(self);
  const options = map === undefined ? undefined : MapPrototypeGet(map, stream);
  if (!options) return colorMode ? COLORS : NO_COLORS;
  options.colors ??= colorMode;
  return options;
}

function formatFor(self, stream, args) {
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  return inspection().formatAll(optionsFor(self, stream), args);
}

function write(self, stream, text, onError) {
  const { indentation } = self[kState];
  if (indentation !== '') {
    if (StringPrototypeIncludes(text, '\n')) text = StringPrototypeReplaceAll(text, '\n', `\n${indentation}`);
    text = indentation + text;
  }
  text += '\n';
  if (self._ignoreErrors === false) return void stream.write(text);
  // Errors come either at once or through the callback.
  try {
    if (stream.listenerCount('error') === 0) stream.once('error', noop);
    stream.write(text, onError);
  } catch (error) {
    if (isStackOverflowError(error)) throw error;
  } finally {
    stream.removeListener('error', noop);
  }
}

function writeOut(self, text) {
  write(self, self._stdout, text, self._stdoutErrorHandler);
}

function publish(name, args) {
  if (channels === undefined) {
    if (!isLoaded('diagnostics_channel')) return;
    const { channel } = require('diagnostics_channel');
    channels = { __proto__: null };
    for (let i = 0; i < CHANNELS.length; i++) channels[CHANNELS[i]] = channel(`console.${CHANNELS[i]}`);
  }
  const published = channels[name];
  if (published.hasSubscribers) published.publish(args);
}

function print(self, name, args) {
  publish(name, args);
  writeOut(self, formatFor(self, self._stdout, args));
}

function printError(self, name, args) {
  publish(name, args);
  write(self, self._stderr, formatFor(self, self._stderr, args), self._stderrErrorHandler);
}

function logTime(self, label, method, data) {
  label = `${label}`;
  const text = require('internal/console/timers').elapsed(self._times, label, method);
  if (text !== undefined) self.log('%s: %s', label, text, ...data);
  return text !== undefined;
}

const methods = {
  log(...args) { print(this, 'log', args); },
  info(...args) { print(this, 'info', args); },
  debug(...args) { print(this, 'debug', args); },
  warn(...args) { printError(this, 'warn', args); },
  error(...args) { printError(this, 'error', args); },

  dir(object, options) {
    writeOut(this, inspection().inspect(object, { customInspect: false, ...optionsFor(this, this._stdout), ...options }));
  },

  time(label = 'default') { require('internal/console/timers').start(this._times, label); },
  timeEnd(label = 'default') { if (logTime(this, label, 'timeEnd', [])) this._times.delete(`${label}`); },
  timeLog(label = 'default', ...data) { logTime(this, label, 'timeLog', data); },

  trace: function trace(...args) {
    const error = { name: 'Trace', message: formatFor(this, this._stderr, args) };
    ErrorCaptureStackTrace(error, trace);
    this.error(error.stack);
  },

  assert(expression, ...args) {
    if (expression) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else ArrayPrototypeUnshift(args, 'Assertion failed');
    ReflectApply(this.warn, this, args);
  },

  clear() {
    if (!this._stdout.isTTY || require('process').env.TERM === 'dumb') return;
    const { clearScreenDown, cursorTo } = require('internal/readline/callbacks');
    cursorTo(this._stdout, 0, 0);
    clearScreenDown(this._stdout);
  },

  count(label = 'default') {
    label = `${label}`;
    const { counts } = this[kState];
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    this.log(`${label}: ${count}`);
  },

  countReset(label = 'default') {
    if (!this[kState].counts.delete(`${label}`)) require('process').emitWarning(`Count for '${label}' does not exist`);
  },

  group(...data) {
    if (data.length > 0) ReflectApply(this.log, this, data);
    this[kState].indentation += StringPrototypeRepeat(' ', this[kState].width);
  },

  groupEnd() {
    const state = this[kState];
    state.indentation = StringPrototypeSlice(state.indentation, 0, state.indentation.length - state.width);
  },

  table(tabularData, properties) {
    if (properties !== undefined) validateArray(properties, 'properties');
    if (tabularData === null || typeof tabularData !== 'object') return this.log(tabularData);
    const { cellOptions, draw, tabulate } = require('internal/console/table');
    const options = optionsFor(this, this._stdout);
    this.log(draw(tabulate(tabularData, properties, (value) => inspection().inspect(value, cellOptions(value, options)))));
  },
};
for (const name of ReflectOwnKeys(methods)) Console.prototype[name] = methods[name];
Console.prototype.dirxml = Console.prototype.log;
Console.prototype.groupCollapsed = Console.prototype.group;

module.exports = { Console, initialize };
