// `process.on('SIGINT', ...)`: a signal is watched while it has a listener.
'use strict';

const native = binding('signals');
const { onStartup } = require('internal/startup');
const { SafeMap, ObjectKeys } = primordials;

const watched = new SafeMap();

function numbers() {
  return require('os').constants.signals;
}

function start(name) {
  const number = numbers()[name];
  if (number === undefined || watched.has(number)) return;
  const errno = native.start(number);
  if (errno !== 0) throw require('internal/errors').errnoException(errno, 'uv_signal_start');
  watched.set(number, name);
}

function stop(name, emitter) {
  const number = numbers()[name];
  if (number === undefined || !watched.has(number) || emitter.listenerCount(name) > 0) return;
  native.stop(number);
  watched.delete(number);
}

function emitSignal(number) {
  const name = watched.get(number) ?? ObjectKeys(numbers()).find((key) => numbers()[key] === number);
  require('process').emit(name, name, number);
}

function watchListeners(process) {
  onStartup(() => {
    // Signals are the main thread's.
    if (binding('worker').port === undefined) watchSignals(process);
  });
}

function watchSignals(process) {
  process.on('newListener', (event) => {
    if (typeof event === 'string' && event.startsWith('SIG')) start(event);
  });
  process.on('removeListener', (event) => {
    if (typeof event === 'string' && event.startsWith('SIG')) stop(event, process);
  });
}

module.exports = { emitSignal, watchListeners };
