// A worker that computes for a fifth of a second: once, again and again (`often`), or until its parent ends it (`ended`).
const { Worker, isMainThread, parentPort } = require('worker_threads');
const [, , how = 'once'] = process.argv;

if (isMainThread) {
  const worker = new Worker(__filename, { argv: [how] });
  worker.on('message', () => { if (how === 'ended') setTimeout(() => worker.terminate(), 300); });
  worker.on('exit', () => console.log('the worker has ended'));
} else {
  parentPort.postMessage('ready');
  setTimeout(function compute() {
    const end = Date.now() + (how === 'ended' ? 60_000 : 200);
    while (Date.now() < end); // GUILTY
    if (how === 'often') setTimeout(compute, 10);
  }, 10);
}
