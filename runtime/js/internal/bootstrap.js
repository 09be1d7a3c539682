// Fills the realm: globals, the trampolines through which the loop enters, and the program's start.
'use strict';

const loop = binding('loop');
const { onStartup } = require('internal/startup');
const { ObjectDefineProperty } = primordials;

const taskQueue = require('internal/process/task_queue');
const rejections = require('internal/process/rejections');
const timers = require('internal/timers');
const uncaught = require('internal/process/uncaught');
const process = require('process');

require('internal/globals');
// V8 gives a context its WebAssembly when it comes out of the snapshot.
onStartup(require('internal/webassembly').install);

// From here on the inspector may ask about the loop.
onStartup(() => loop.setTrampolines({
  runTimer: timers.runTimer,
  runImmediate: timers.runImmediate,
  peekImmediate: timers.peekImmediate,
  drainTicks: taskQueue.drainTicks,
  promiseRejected: rejections.promiseRejected,
  uncaughtException: uncaught.uncaughtException,
  emitSignal: (number) => require('internal/process/signals').emitSignal(number),
  emitBeforeExit: () => process.emit('beforeExit', process.exitCode ?? 0),
  emitExit: () => require('internal/process/exit').emitNaturalExit(),
}));

function runMain() {
  require('internal/main').run();
}

ObjectDefineProperty(exports, 'runMain', { __proto__: null, value: runMain });
