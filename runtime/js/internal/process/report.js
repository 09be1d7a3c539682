// `process.report`: what the process is and does, as an object or a file of JSON, in Node's form.
'use strict';

const {
  ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeSlice, Date, DateNow, DatePrototypeToISOString, Error, ErrorCaptureStackTrace,
  JSONStringify, NumberParseInt, ObjectDefineProperty, ObjectKeys, RegExpPrototypeExec, SafeSet, String, StringPrototypePadStart,
  StringPrototypeReplace, StringPrototypeSplit, StringPrototypeTrim,
} = primordials;

const native = binding('process');
const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateBoolean, validateSignalName, validateString } = require('internal/validators');

const REPORT_VERSION = 5;

const settings = {
  __proto__: null, compact: false, directory: '', excludeEnv: false, excludeNetwork: false, filename: '', reportOnSignal: false,
  reportOnUncaughtException: false, signal: 'SIGUSR2',
};
let written = 0;

function onSignal() {
  report.writeReport();
}

// Starts or stops listening where the settings say so.
function watchSignal(isOn) {
  const process = require('process');
  if (isOn) process.on(settings.signal, onSignal);
  else process.removeListener(settings.signal, onSignal);
}

function getReport(error, trigger, name) {
  if (error !== undefined && (error === null || typeof error !== 'object')) throw new ERR_INVALID_ARG_TYPE('err', 'Object', error);
  if (error === undefined) {
    error = new Error('JavaScript Callstack');
    ErrorCaptureStackTrace(error, trigger === 'GetReport' ? report.getReport : report.writeReport);
  }
  return {
    header: header(trigger, name),
    javascriptStack: stackOf(error),
    javascriptHeap: heap(),
    nativeStack: [],
    resourceUsage: usage(),
    libuv: ArrayPrototypeMap(require('process').getActiveResourcesInfo(), (type) => ({ type, is_active: true, is_referenced: true })),
    workers: [],
    ...(settings.excludeEnv ? {} : { environmentVariables: { ...require('process').env } }),
    userLimits: limits(),
    sharedObjects: sharedObjects(),
  };
}

function header(trigger, name) {
  const process = require('process');
  const os = require('os');
  const now = DateNow();
  return {
    reportVersion: REPORT_VERSION,
    event: trigger === 'Exception' ? 'Uncaught exception' : 'JavaScript API',
    trigger,
    filename: name ?? null,
    dumpEventTime: StringPrototypeReplace(DatePrototypeToISOString(new Date(now)), /\.\d+Z$/, 'Z'),
    dumpEventTimeStamp: `${now}`,
    processId: process.pid,
    threadId: require('worker_threads').threadId,
    cwd: process.cwd(),
    commandLine: [process.execPath, ...process.execArgv, ...ArrayPrototypeSlice(process.argv, 1)],
    nodejsVersion: process.version,
    ...(native.glibcVersion === undefined ? {} : { glibcVersionRuntime: native.glibcVersion }),
    wordSize: 64,
    arch: process.arch,
    platform: process.platform,
    componentVersions: { ...process.versions },
    release: { ...process.release },
    osName: os.type(),
    osRelease: os.release(),
    osVersion: os.version(),
    osMachine: os.machine(),
    cpus: ArrayPrototypeMap(os.cpus(), ({ model, speed, times }) => ({ model, speed, ...times })),
    ...(settings.excludeNetwork ? {} : { networkInterfaces: interfaces(os.networkInterfaces()) }),
    host: os.hostname(),
  };
}

function interfaces(byName) {
  const list = [];
  const names = ObjectKeys(byName);
  for (let i = 0; i < names.length; i++) {
    for (let j = 0; j < byName[names[i]].length; j++) {
      const { internal, mac, address, netmask, family } = byName[names[i]][j];
      ArrayPrototypePush(list, { name: names[i], internal, mac, address, netmask, family });
    }
  }
  return list;
}

function stackOf(error) {
  const lines = StringPrototypeSplit(String(error.stack ?? error.message ?? ''), '\n');
  const errorProperties = {};
  const keys = ObjectKeys(error);
  for (let i = 0; i < keys.length; i++) errorProperties[keys[i]] = String(error[keys[i]]);
  return {
    message: lines[0],
    stack: ArrayPrototypeMap(ArrayPrototypeSlice(lines, 1), (line) => StringPrototypeTrim(line)),
    errorProperties,
  };
}

function heap() {
  const v8 = require('v8');
  const all = v8.getHeapStatistics();
  const spaces = v8.getHeapSpaceStatistics();
  const heapSpaces = {};
  for (let i = 0; i < spaces.length; i++) {
    heapSpaces[spaces[i].space_name] = {
      memorySize: spaces[i].space_size, committedMemory: spaces[i].physical_space_size, capacity: spaces[i].space_size,
      used: spaces[i].space_used_size, available: spaces[i].space_available_size,
    };
  }
  return {
    totalMemory: all.total_heap_size, executableMemory: all.total_heap_size_executable, totalCommittedMemory: all.total_physical_size,
    availableMemory: all.total_available_size, totalGlobalHandlesMemory: all.total_global_handles_size,
    usedGlobalHandlesMemory: all.used_global_handles_size, usedMemory: all.used_heap_size, memoryLimit: all.heap_size_limit,
    mallocedMemory: all.malloced_memory, externalMemory: all.external_memory, peakMallocedMemory: all.peak_malloced_memory,
    nativeContextCount: all.number_of_native_contexts, detachedContextCount: all.number_of_detached_contexts,
    doesZapGarbage: all.does_zap_garbage, heapSpaces,
  };
}

function usage() {
  const process = require('process');
  const { maxRSS, userCPUTime, systemCPUTime, majorPageFault, minorPageFault, fsRead, fsWrite } = process.resourceUsage();
  const seconds = process.uptime();
  return {
    rss: process.memoryUsage.rss(), free_memory: require('os').freemem(), total_memory: require('os').totalmem(),
    constrained_memory: process.constrainedMemory(), available_memory: process.availableMemory(),
    userCpuSeconds: userCPUTime / 1e6, kernelCpuSeconds: systemCPUTime / 1e6,
    cpuConsumptionPercent: (userCPUTime + systemCPUTime) / 1e4 / seconds,
    userCpuConsumptionPercent: userCPUTime / 1e4 / seconds, kernelCpuConsumptionPercent: systemCPUTime / 1e4 / seconds,
    maxRss: maxRSS * 1024, pageFaults: { IORequired: majorPageFault, IONotRequired: minorPageFault },
    fsActivity: { reads: fsRead, writes: fsWrite },
  };
}

const LIMITS = {
  '__proto__': null, 'Max core file size': 'core_file_size_blocks', 'Max data size': 'data_seg_size_bytes', 'Max file size': 'file_size_blocks',
  'Max locked memory': 'max_locked_memory_bytes', 'Max resident set': 'max_memory_size_bytes', 'Max open files': 'open_files',
  'Max stack size': 'stack_size_bytes', 'Max cpu time': 'cpu_time_seconds', 'Max processes': 'max_user_processes',
  'Max address space': 'virtual_memory_bytes',
};

function lines(file) {
  try {
    return StringPrototypeSplit(require('fs').readFileSync(file, 'utf8'), '\n');
  } catch {
    // Not every system tells.
    return [];
  }
}

function limits() {
  const result = {};
  const list = lines('/proc/self/limits');
  const number = (text) => (text === 'unlimited' ? text : NumberParseInt(text, 10));
  for (let i = 0; i < list.length; i++) {
    const found = RegExpPrototypeExec(/^(Max [a-z ]+?) {2,}(\S+) +(\S+)/, list[i]);
    const name = found === null ? undefined : LIMITS[found[1]];
    if (name !== undefined) result[name] = { soft: number(found[2]), hard: number(found[3]) };
  }
  return result;
}

function sharedObjects() {
  const seen = new SafeSet();
  const list = lines('/proc/self/maps');
  for (let i = 0; i < list.length; i++) {
    const found = RegExpPrototypeExec(/\s(\/\S*\.so(?:\.\S+)?)$/, list[i]);
    if (found !== null) seen.add(found[1]);
  }
  return primordials.ArrayFrom(seen);
}

function defaultName() {
  const now = new Date();
  const two = (n) => StringPrototypePadStart(`${n}`, 2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const sequence = StringPrototypePadStart(`${++written}`, 3, '0');
  return `report.${day}.${time}.${require('process').pid}.${require('worker_threads').threadId}.${sequence}.json`;
}

// Writes a report; the result is the name of its file.
function write(name, error, trigger) {
  name ??= settings.filename || defaultName();
  const text = `${JSONStringify(getReport(error, trigger, name), null, settings.compact ? 0 : 2)}\n`;
  if (name === 'stdout' || name === 'stderr') {
    native.writeSync(name === 'stdout' ? 1 : 2, text);
    return name;
  }
  const path = require('path').resolve(settings.directory, name);
  native.writeSync(2, `\nWriting report to file: ${path}\n`);
  require('fs').writeFileSync(path, text);
  native.writeSync(2, 'Report completed\n');
  return name;
}

const report = {
  writeReport(file, error) {
    if (typeof file === 'object' && file !== null) {
      error = file;
      file = undefined;
    } else if (file !== undefined) {
      validateString(file, 'file');
    }
    if (error !== undefined && (error === null || typeof error !== 'object')) throw new ERR_INVALID_ARG_TYPE('err', 'Object', error);
    return write(file, error, 'API');
  },
  getReport(error) {
    return getReport(error, 'GetReport');
  },
};

function setting(name, validate, changed) {
  ObjectDefineProperty(report, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => settings[name],
    set(value) {
      validate(value, name);
      const before = settings[name];
      changed?.(value, before);
      settings[name] = value;
    },
  });
}

setting('compact', validateBoolean);
setting('directory', validateString);
setting('excludeEnv', validateBoolean);
setting('excludeNetwork', validateBoolean);
setting('filename', validateString);
setting('reportOnFatalError', validateBoolean, (value) => {
  // The engine ends the process there; nothing of ours runs any more.
  if (value) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('process.report.reportOnFatalError');
});
setting('reportOnSignal', validateBoolean, (value, before) => { if (value !== before) watchSignal(value); });
setting('reportOnUncaughtException', validateBoolean);
setting('signal', validateSignalName, (value) => {
  if (!settings.reportOnSignal) return;
  watchSignal(false);
  settings.signal = value;
  watchSignal(true);
});
settings.reportOnFatalError = false;

// An exception that nobody caught ends the process.
function uncaught(error) {
  if (settings.reportOnUncaughtException) write(undefined, error !== null && typeof error === 'object' ? error : undefined, 'Exception');
}

module.exports = { report, uncaught };
