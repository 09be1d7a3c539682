// The rarer members of `process`.
'use strict';

const native = binding('process');
const { ObjectDefineProperty, SafeFinalizationRegistry, SafeSet, SafeWeakRef } = primordials;

const { onStartup } = require('internal/startup');
const codes = () => require('internal/errors').codes;
const IDS = [['setuid', 0, 'User'], ['seteuid', 1, 'User'], ['setgid', 2, 'Group'], ['setegid', 3, 'Group']];
const USAGE = [
  'userCPUTime', 'systemCPUTime', 'maxRSS', 'sharedMemorySize', 'unsharedDataSize', 'unsharedStackSize', 'minorPageFault', 'majorPageFault',
  'swappedOut', 'fsRead', 'fsWrite', 'ipcSent', 'ipcReceived', 'signalsCount', 'voluntaryContextSwitches', 'involuntaryContextSwitches',
];

function install(process, define) {
  installTitle(process);
  installIdentity(define);
  installMemory(define);
  installFinalization(process, define);
  define('loadEnvFile', function loadEnvFile(path = '.env') {
    const name = require('internal/url').toPathIfFileURL(path);
    require('internal/validators').validateString(name, 'path');
    if (!require('internal/process/env_file').load(name)) throw require('internal/errors').uvException({ errno: -2, syscall: 'open', path: name });
  });
  define('getActiveResourcesInfo', function getActiveResourcesInfo() {
    return require('internal/process/active').resources();
  });
  define('resourceUsage', function resourceUsage() {
    const values = native.resourceUsage();
    const usage = {};
    for (let i = 0; i < USAGE.length; i++) usage[USAGE[i]] = values[i];
    return usage;
  });
  define('cpuUsage', cpuUsageOf(native.cpuUsage, 'cpuUsage'));
  define('threadCpuUsage', cpuUsageOf(native.threadCpuUsage, 'threadCpuUsage'));
  define('sourceMapsEnabled', false);
  onStartup(() => { process.sourceMapsEnabled = require('internal/options').getOption('enable-source-maps') === true; });
  define('_rawDebug', function _rawDebug(...args) {
    native.writeSync(2, `${require('util').format(...args)}\n`);
  });
  define('_getActiveHandles', () => []);
  define('_getActiveRequests', () => []);
  define('_kill', (pid, signal) => native.kill(pid, signal));
  define('moduleLoadList', []);
}

function installTitle(process) {
  let title = 'rondo';
  ObjectDefineProperty(process, 'title', {
    __proto__: null, enumerable: true, configurable: true,
    get: () => title,
    set(value) {
      title = `${value}`;
      native.setTitle(title);
    },
  });
}

function installIdentity(define) {
  for (const [name, which, kind] of IDS) {
    define(name, { [name](id) {
      if (typeof id === 'number') require('internal/validators').validateUint32(id, 'id');
      else if (typeof id !== 'string') throw new (codes().ERR_INVALID_ARG_TYPE)('id', ['number', 'string'], id);
      const result = native.setId(which, id);
      if (result === 1) throw new (codes().ERR_UNKNOWN_CREDENTIAL)(kind, id);
      if (result < 0) throw require('internal/errors').errnoException(result, name);
    } }[name]);
  }
  define('getgroups', function getgroups() {
    return native.getGroups();
  });
  define('setgroups', function setgroups(groups) {
    require('internal/validators').validateArray(groups, 'groups');
    for (let i = 0; i < groups.length; i++) {
      if (typeof groups[i] === 'number') require('internal/validators').validateUint32(groups[i], `groups[${i}]`);
      else throw new (codes().ERR_INVALID_ARG_TYPE)(`groups[${i}]`, ['number', 'string'], groups[i]);
    }
    const result = native.setGroups(groups);
    if (result < 0) throw require('internal/errors').errnoException(result, 'setgroups');
  });
}

function installMemory(define) {
  define('constrainedMemory', function constrainedMemory() {
    return native.memoryLimits()[0];
  });
  define('availableMemory', function availableMemory() {
    return native.memoryLimits()[1];
  });
}

function cpuUsageOf(read, name) {
  return { [name](previous) {
    if (previous !== undefined) {
      require('internal/validators').validateObject(previous, 'prevValue');
      for (const key of ['user', 'system']) {
        if (typeof previous[key] !== 'number') throw new (codes().ERR_INVALID_ARG_TYPE)(`prevValue.${key}`, 'number', previous[key]);
        if (!(previous[key] >= 0 && previous[key] <= Number.MAX_SAFE_INTEGER)) {
          throw new (codes().ERR_INVALID_ARG_VALUE.RangeError ?? codes().ERR_INVALID_ARG_VALUE)(`prevValue.${key}`, previous[key]);
        }
      }
    }
    const values = read();
    return { user: values[0] - (previous?.user ?? 0), system: values[1] - (previous?.system ?? 0) };
  } }[name];
}

// process.finalization: a function called with an object before the process ends, while the object is still there.
function installFinalization(process, define) {
  const kept = new SafeSet();
  // Made when it is first needed: a snapshot can hold none.
  let registry;
  let watching = new SafeSet();
  const register = (event) => (object, callback) => {
    require('internal/validators').validateFunction(callback, 'callback');
    if (object === null || typeof object !== 'object' && typeof object !== 'function') throw new (codes().ERR_INVALID_ARG_TYPE)('obj', ['Object', 'Function'], object);
    const entry = { reference: new SafeWeakRef(object), callback, event };
    kept.add(entry);
    registry ??= new SafeFinalizationRegistry((gone) => kept.delete(gone));
    registry.register(object, entry, entry);
    if (watching.has(event)) return;
    watching.add(event);
    process.on(event, () => {
      for (const one of [...kept]) {
        const target = one.event === event ? one.reference.deref() : undefined;
        if (one.event === event) kept.delete(one);
        if (target !== undefined) one.callback(target, event);
      }
    });
  };
  define('finalization', {
    register: register('exit'),
    registerBeforeExit: register('beforeExit'),
    unregister(object) {
      for (const entry of [...kept]) if (entry.reference.deref() === object) kept.delete(entry);
      watching = new SafeSet(watching);
    },
  });
}

const { Number } = primordials;
module.exports = { install };
