// `node:console`: the global console. Its methods also call V8's, for an attached debugger to hear.
'use strict';

const {
  FunctionPrototypeBind, ObjectDefineProperty, ObjectKeys, ReflectDefineProperty, ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
} = primordials;
const { Console, initialize } = require('internal/console/console');
const { v8Console } = require('internal/console/v8_console');

const globalConsole = { __proto__: {} };
// The function that calls both is native: V8 takes the line of the first script below it for the place of the call, and
// that must be the user's.
function withV8(name, method) {
  const tellV8 = v8Console?.[name];
  if (typeof tellV8 !== 'function') return method;
  const isTimed = name === 'timeEnd' || name === 'timeLog';
  const took = isTimed ? (label = 'default') => require('internal/console/timers').since(globalConsole._times, label) : undefined;
  return binding('console').callBoth(tellV8, method, took);
}

for (const key of ReflectOwnKeys(Console.prototype)) {
  if (key === 'constructor') continue;
  const descriptor = ReflectGetOwnPropertyDescriptor(Console.prototype, key);
  descriptor.value = withV8(key, FunctionPrototypeBind(descriptor.value, globalConsole));
  ObjectDefineProperty(descriptor.value, 'name', { __proto__: null, value: key });
  ReflectDefineProperty(globalConsole, key, descriptor);
}
initialize(globalConsole, true, 'auto');
globalConsole.Console = Console;

// What only the debugger understands.
if (v8Console !== undefined) {
  const keys = ObjectKeys(v8Console);
  for (let i = 0; i < keys.length; i++) globalConsole[keys[i]] ??= v8Console[keys[i]];
}

for (const [key, name] of [['_stdout', 'stdout'], ['_stderr', 'stderr']]) {
  let stream;
  ObjectDefineProperty(globalConsole, key, {
    __proto__: null, enumerable: false, configurable: true,
    get() { return stream ??= require('process')[name]; },
    set(value) { stream = value; },
  });
}

module.exports = globalConsole;
