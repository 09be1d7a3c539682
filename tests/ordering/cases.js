// The order of callbacks: each case is a small program that logs. What it logs under Node is what it must log here.
//
// A case is written so that Node has one answer only: no race between a timer and an immediate of the main program, no
// two timers whose expiry depends on how fast the machine is.
'use strict';

const fs = require('fs');
const net = require('net');
const http = require('http');
const events = require('events');
const stream = require('stream');
const timersPromises = { __proto__: null, get later() { return require('timers/promises'); } };
const { AsyncLocalStorage } = require('async_hooks');

const soon = (fn) => Promise.resolve().then(fn);
const tick = (fn, ...args) => process.nextTick(fn, ...args);
const busy = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };

// A server and a client on it, both of one connection.
function connected(serve, use, options = {}) {
  const server = net.createServer(options, (socket) => { server.close(); serve(socket); });
  server.listen(0, '127.0.0.1', () => use(net.connect(server.address().port, '127.0.0.1')));
  return server;
}

function answered(handle, use, options = {}) {
  const server = http.createServer(options, handle);
  server.listen(0, '127.0.0.1', () => use(server.address().port, server));
}

exports.cases = {
  // ---- the main program, ticks and microtasks
  'main before tick before microtask'(log) {
    soon(() => log('microtask'));
    tick(() => log('tick'));
    log('main');
  },
  'ticks queue behind ticks, microtasks wait for all'(log) {
    tick(() => { log('tick 1'); tick(() => log('tick 3')); soon(() => log('microtask 1')); });
    tick(() => log('tick 2'));
  },
  'a microtask\'s tick waits for the other microtasks'(log) {
    soon(() => { log('m1'); tick(() => log('tick of m1')); });
    soon(() => log('m2'));
    soon(() => soon(() => log('m3 nested')));
  },
  'ticks and microtasks alternate until both are empty'(log) {
    let n = 0;
    const again = () => { log(`tick ${n}`); if (n++ < 4) soon(() => { log(`micro ${n}`); tick(again); }); };
    tick(again);
  },
  'queueMicrotask and promise reactions share one queue'(log) {
    queueMicrotask(() => log('q1'));
    soon(() => log('p1'));
    queueMicrotask(() => log('q2'));
    soon(() => log('p2'));
  },
  'tick arguments'(log) {
    tick((...args) => log(args.join()), 1, 2, 3, 4, 5);
    tick((a) => log(a), 'one');
  },
  'await takes one microtask for a native promise'(log) {
    (async () => { log('a1'); await null; log('a2'); await null; log('a3'); })();
    soon(() => log('p1')).then(() => log('p2')).then(() => log('p3'));
  },
  'returning a promise from a reaction costs two more'(log) {
    soon(() => soon(() => {})).then(() => log('inner promise'));
    soon(() => {}).then(() => log('1')).then(() => log('2')).then(() => log('3'));
  },
  'a thenable costs one more'(log) {
    Promise.resolve({ then(resolve) { log('then called'); resolve(); } }).then(() => log('thenable done'));
    soon(() => log('1')).then(() => log('2')).then(() => log('3'));
  },
  'async generator and for await'(log) {
    async function* numbers() { yield 1; log('between'); yield 2; }
    (async () => { for await (const n of numbers()) log(n); log('end'); })();
    soon(() => log('p1')).then(() => log('p2')).then(() => log('p3')).then(() => log('p4'));
  },
  'promise combinators'(log) {
    Promise.all([1, soon(() => 2)]).then(() => log('all'));
    Promise.race([soon(() => 1)]).then(() => log('race'));
    Promise.allSettled([1]).then(() => log('allSettled'));
    Promise.any([1]).then(() => log('any'));
    soon(() => log('m1')).then(() => log('m2')).then(() => log('m3')).then(() => log('m4'));
  },
  // ---- timers
  'timers of one duration keep their order'(log) {
    for (let i = 0; i < 5; i++) setTimeout(log, 5, `t${i}`);
  },
  'shorter timers first when both are due'(log) {
    setTimeout(() => log('20'), 20);
    setTimeout(() => log('10'), 10);
    busy(40);
  },
  'zero is one millisecond'(log) {
    setTimeout(() => log('one'), 1);
    setTimeout(() => log('zero'), 0);
    setTimeout(() => log('negative'), -5);
    setTimeout(() => log('nan'), NaN);
  },
  'ticks and microtasks drain between timers'(log) {
    setTimeout(() => { log('t1'); soon(() => log('m1')); tick(() => log('k1')); }, 1);
    setTimeout(() => { log('t2'); tick(() => log('k2')); soon(() => log('m2')); }, 1);
  },
  'a timer started in a timer waits for the next turn'(log) {
    setTimeout(() => {
      log('outer');
      setTimeout(() => log('inner timeout'), 20);
      setImmediate(() => log('immediate'));
    }, 1);
  },
  'clearing a timer of the same list from a timer'(log) {
    setTimeout(() => { log('first'); clearTimeout(second); }, 1);
    const second = setTimeout(() => log('never'), 1);
    setTimeout(() => log('third'), 1);
  },
  'an interval is rescheduled after its callback'(log) {
    let n = 0;
    const id = setInterval(() => { log(`i${++n}`); tick(() => log(`k${n}`)); if (n === 3) clearInterval(id); }, 2);
  },
  'refresh moves a timer behind its list'(log) {
    const a = setTimeout(() => log('a'), 20);
    setTimeout(() => log('b'), 20);
    setTimeout(() => a.refresh(), 5);
  },
  'refresh in its own callback runs it once more'(log) {
    let n = 0;
    const timer = setTimeout(() => { log(`run ${++n}`); if (n < 3) timer.refresh(); }, 1);
  },
  'an unrefed timer does not hold the process'(log) {
    setTimeout(() => log('never'), 10_000).unref();
    setTimeout(() => log('held'), 5);
  },
  'an unrefed interval runs while something else holds'(log) {
    let n = 0;
    const id = setInterval(() => log(`i${++n}`), 1).unref();
    setTimeout(() => { clearInterval(id); log(n > 2 ? 'ran often' : 'ran too little'); }, 300);
    const before = log; log = (text) => { if (!String(text).startsWith('i')) before(text); };
  },
  'ref after unref holds again'(log) {
    const timer = setTimeout(() => log('ran'), 5);
    timer.unref();
    timer.ref();
    log(timer.hasRef());
  },
  'a timer callback that throws does not stop the others'(log) {
    process.on('uncaughtException', (error) => log(`caught ${error.message}`));
    setTimeout(() => { tick(() => log('tick before')); throw new Error('one'); }, 1);
    setTimeout(() => log('second'), 1);
    setTimeout(() => { throw new Error('two'); }, 1);
    setTimeout(() => log('fourth'), 1);
  },
  'timers/promises setTimeout resolves in the timer phase'(log) {
    timersPromises.later.setTimeout(5, 'value').then(log);
    setTimeout(() => log('plain'), 5);
  },
  'timers/promises setImmediate'(log) {
    timersPromises.later.setImmediate('value').then(log);
    setImmediate(() => log('immediate 2'));
  },
  'timers/promises setInterval'(log) {
    (async () => {
      let n = 0;
      for await (const value of timersPromises.later.setInterval(2, 'v')) { log(`${value}${++n}`); if (n === 3) break; }
      log('done');
    })();
  },
  // ---- immediates
  'immediates run in order, drained between'(log) {
    setImmediate(() => { log('i1'); tick(() => log('k1')); soon(() => log('m1')); });
    setImmediate(() => log('i2'));
  },
  'an immediate made in an immediate waits for the next turn'(log) {
    setImmediate(() => { log('i1'); setImmediate(() => log('i3')); });
    setImmediate(() => log('i2'));
  },
  'clearing an immediate of the same turn'(log) {
    setImmediate(() => { log('i1'); clearImmediate(two); });
    const two = setImmediate(() => log('never'));
    setImmediate(() => log('i3'));
  },
  'an immediate that throws leaves the others'(log) {
    process.on('uncaughtException', (error) => log(`caught ${error.message}`));
    setImmediate(() => { throw new Error('one'); });
    setImmediate(() => log('two'));
  },
  'an unrefed immediate does not hold the process'(log) {
    setImmediate(() => log('never')).unref();
    process.on('exit', () => log('exit'));
  },
  'in an I/O callback the immediate comes before the timer'(log) {
    fs.stat(__filename, () => {
      setTimeout(() => log('timeout'), 0);
      setImmediate(() => log('immediate'));
      tick(() => log('tick'));
      soon(() => log('microtask'));
    });
  },
  'immediate, then timer, then immediate'(log) {
    setImmediate(() => {
      setTimeout(() => { log('timeout'); setImmediate(() => log('immediate 3')); }, 1);
      busy(5);
      setImmediate(() => log('immediate 2'));
      log('immediate 1');
    });
  },
  // ---- files
  'fs callbacks drain ticks and microtasks'(log) {
    fs.readFile(__filename, () => { log('read'); soon(() => log('m')); tick(() => log('k')); });
  },
  'fs operations in sequence'(log) {
    fs.open(__filename, 'r', (error, fd) => {
      log('open');
      fs.fstat(fd, () => { log('fstat'); fs.read(fd, Buffer.alloc(4), 0, 4, 0, () => { log('read'); fs.close(fd, () => log('close')); }); });
    });
    log('main');
  },
  'fs error callbacks are asynchronous'(log) {
    fs.readFile('/nonexistent', (error) => log(error.code));
    tick(() => log('tick'));
    log('main');
  },
  'fs promises settle in microtasks of the poll phase'(log) {
    fs.promises.stat(__filename).then(() => {
      log('stat');
      setImmediate(() => log('immediate'));
      setTimeout(() => log('timeout'), 0);
      return null;
    }).then(() => log('then'));
  },
  'a read stream'(log) {
    const file = fs.createReadStream(__filename, { highWaterMark: 1 << 20 });
    file.on('open', () => log('open')).on('ready', () => log('ready')).on('data', () => log('data'))
      .on('end', () => log('end')).on('close', () => log('close'));
  },
  'a write stream'(log) {
    const file = fs.createWriteStream('/dev/null');
    file.on('open', () => log('open')).on('finish', () => log('finish')).on('close', () => log('close'));
    file.write('x', () => log('written'));
    file.end(() => log('end callback'));
    log('main');
  },
  'a stream of a missing file'(log) {
    const file = fs.createReadStream('/nonexistent');
    file.on('error', (error) => log(error.code)).on('close', () => log('close'));
  },
  // ---- sockets
  'a connection, both sides'(log) {
    connected((socket) => { log('accepted'); socket.end('x'); }, (client) => {
      client.on('connect', () => log('connect')).on('data', (data) => log(`data ${data}`))
        .on('end', () => log('end')).on('close', () => log('close'));
    });
  },
  'listening is asynchronous'(log) {
    const server = net.createServer().listen(0, '127.0.0.1', () => { log('listening'); server.close(() => log('closed')); });
    tick(() => log('tick'));
    soon(() => log('microtask'));
    setImmediate(() => log('immediate'));
    log('main');
  },
  'a refused connection'(log) {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => {
        net.connect(port, '127.0.0.1').on('error', (error) => { log(error.code); tick(() => log('tick')); })
          .on('close', (failed) => log(`close ${failed}`));
      });
    });
  },
  'socket events drain ticks and microtasks'(log) {
    connected((socket) => socket.end('x'), (client) => {
      client.on('data', () => { log('data'); soon(() => log('m')); tick(() => log('k')); });
      client.on('end', () => log('end'));
      client.on('close', () => log('close'));
    });
  },
  'data, immediate, timer'(log) {
    connected((socket) => socket.end('x'), (client) => {
      client.once('data', () => { setTimeout(() => log('timeout'), 0); setImmediate(() => log('immediate')); log('data'); });
    });
  },
  'half-open: the other side can still speak'(log) {
    connected((socket) => {
      socket.resume();
      socket.on('end', () => { log('server end'); socket.end('late'); });
    }, (client) => {
      client.on('data', (data) => log(`client ${data}`)).on('close', () => log('client close'));
      client.end('x', () => log('client finished'));
    }, { allowHalfOpen: true });
  },
  'destroy: close comes later'(log) {
    connected((socket) => socket.resume().on('error', () => {}), (client) => {
      client.on('connect', () => {
        client.on('close', () => log('close'));
        client.destroy();
        log('destroyed');
        tick(() => log('tick'));
        soon(() => log('microtask'));
        setImmediate(() => log('immediate'));
      });
    });
  },
  'destroy with an error'(log) {
    connected((socket) => socket.resume().on('error', () => {}), (client) => {
      client.on('error', (error) => log(`error ${error.message}`)).on('close', (failed) => log(`close ${failed}`));
      client.on('connect', () => { client.destroy(new Error('mine')); log('destroyed'); });
    });
  },
  'write callbacks come in order'(log) {
    connected((socket) => socket.resume(), (client) => {
      client.write('a', () => log('a'));
      client.write('b', () => log('b'));
      client.end('c', () => log('c'));
      client.on('finish', () => log('finish')).on('close', () => log('close'));
    });
  },
  'a socket timeout'(log) {
    connected((socket) => { socket.on('end', () => socket.end()); socket.resume(); }, (client) => {
      client.setTimeout(10, () => { log('timeout'); client.end(); });
      client.on('close', () => log('close'));
      client.resume();
    });
  },
  'an unrefed server does not hold the process'(log) {
    net.createServer().listen(0, '127.0.0.1', () => log('listening')).unref();
    setTimeout(() => log('timer'), 30);
  },
  // ---- http
  'a request and its answer'(log) {
    answered((request, response) => {
      log('request');
      request.on('end', () => log('request end')).resume();
      response.on('finish', () => log('finish')).on('close', () => log('response close'));
      response.end('hello');
    }, (port, server) => {
      http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
        log('response');
        response.on('data', () => log('data')).on('end', () => { log('end'); server.close(); });
      });
    });
  },
  'a post with a body'(log) {
    answered((request, response) => {
      request.setEncoding('utf8').on('data', (data) => log(`body ${data}`)).on('end', () => { log('end'); response.end('ok'); });
    }, (port, server) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false });
      request.on('finish', () => log('sent')).on('response', (response) => response.resume().on('end', () => { log('answer'); server.close(); }));
      request.end('x');
    });
  },
  'expect: 100-continue'(log) {
    answered((request, response) => { log('request'); request.resume().on('end', () => response.end()); }, (port, server) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', headers: { Expect: '100-continue' }, agent: false });
      request.on('continue', () => { log('continue'); request.end('x'); });
      request.on('response', (response) => { log('response'); response.resume().on('end', () => server.close()); });
      request.flushHeaders();
    });
  },
  'a request that is destroyed'(log) {
    let request;
    answered(() => { log('request'); setImmediate(() => { request.destroy(); log('destroyed'); }); }, (port, server) => {
      request = http.get({ port, host: '127.0.0.1', agent: false });
      request.on('error', (error) => { log(error.code); server.close(); server.closeAllConnections(); }).on('close', () => log('close'));
    });
  },
  'keep-alive: two requests over one socket'(log) {
    let sockets = 0;
    answered((request, response) => response.end(request.url), (port, server) => {
      server.on('connection', () => sockets++);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const get = (path, then) => http.get({ port, host: '127.0.0.1', path, agent }, (response) => {
        response.on('data', (data) => log(`${data}`)).on('end', then);
      });
      get('/1', () => log('end 1'));
      get('/2', () => { log(`end 2 over ${sockets}`); agent.destroy(); server.close(); });
    });
  },
  // ---- streams
  'readable: read, end, close'(log) {
    const readable = stream.Readable.from(['a', 'b']);
    readable.on('data', log).on('end', () => log('end')).on('close', () => log('close'));
    tick(() => log('tick'));
    soon(() => log('microtask'));
    log('main');
  },
  'readable event and read'(log) {
    const readable = new stream.Readable({ read() {} });
    readable.on('readable', () => { let part; while ((part = readable.read()) !== null) log(`read ${part}`); log('empty'); });
    readable.on('end', () => log('end'));
    readable.push('a');
    readable.push('b');
    setImmediate(() => { readable.push('c'); readable.push(null); });
  },
  'writable: callbacks and finish'(log) {
    const writable = new stream.Writable({ write(chunk, encoding, done) { log(`write ${chunk}`); tick(done); } });
    writable.write('a', () => log('a done'));
    writable.write('b', () => log('b done'));
    writable.end('c', () => log('end done'));
    writable.on('finish', () => log('finish')).on('close', () => log('close'));
    log('main');
  },
  'a synchronous write callback'(log) {
    const writable = new stream.Writable({ write(chunk, encoding, done) { log(`write ${chunk}`); done(); } });
    writable.write('a', () => log('a done'));
    soon(() => log('microtask'));
    tick(() => log('tick'));
    writable.end(() => log('ended'));
  },
  'backpressure and drain'(log) {
    const writable = new stream.Writable({ highWaterMark: 2, write(chunk, encoding, done) { setImmediate(done); } });
    log(writable.write('aa'));
    log(writable.write('b'));
    writable.on('drain', () => { log('drain'); writable.end(); }).on('finish', () => log('finish'));
  },
  'cork and uncork'(log) {
    const writable = new stream.Writable({ writev(chunks, done) { log(`writev ${chunks.length}`); done(); } });
    writable.cork();
    writable.write('a');
    writable.write('b');
    tick(() => { writable.uncork(); log('uncorked'); });
    writable.on('finish', () => log('finish'));
    tick(() => writable.end());
  },
  'transform and flush'(log) {
    const upper = new stream.Transform({
      transform(chunk, encoding, done) { done(null, String(chunk).toUpperCase()); },
      flush(done) { log('flush'); done(null, '!'); },
    });
    upper.on('data', (data) => log(String(data))).on('end', () => log('end')).on('finish', () => log('finish')).on('close', () => log('close'));
    upper.write('a');
    upper.end('b');
  },
  'pipeline reports at the end'(log) {
    stream.pipeline(stream.Readable.from(['a', 'b']), new stream.PassThrough({ objectMode: true }), async function* (source) {
      for await (const part of source) { log(part); yield part; }
    }, new stream.Writable({ objectMode: true, write(chunk, encoding, done) { log(`got ${chunk}`); done(); } }), (error) => log(`done ${error}`));
  },
  'pipeline with an error destroys all'(log) {
    const source = new stream.Readable({ read() {} });
    const sink = new stream.PassThrough();
    source.on('close', () => log('source close'));
    sink.on('close', () => log('sink close')).on('error', (error) => log(`sink ${error.message}`));
    stream.pipeline(source, sink, (error) => log(`pipeline ${error.message}`));
    source.destroy(new Error('broken'));
  },
  'async iteration of a stream'(log) {
    (async () => {
      for await (const part of stream.Readable.from([1, 2, 3])) { log(part); if (part === 2) break; }
      log('left');
    })();
    soon(() => log('microtask'));
  },
  // ---- errors and rejections
  'uncaughtException, then the loop goes on'(log) {
    process.on('uncaughtException', (error, origin) => { log(`${origin} ${error.message}`); tick(() => log('tick')); });
    setTimeout(() => log('timer'), 100);
    setImmediate(() => { throw new Error('boom'); });
  },
  'an exception in a tick leaves the other ticks'(log) {
    process.on('uncaughtException', (error) => log(`caught ${error.message}`));
    tick(() => { throw new Error('one'); });
    tick(() => log('two'));
    soon(() => log('microtask'));
    tick(() => { throw new Error('three'); });
  },
  'an exception in queueMicrotask'(log) {
    process.on('uncaughtException', (error) => log(`caught ${error.message}`));
    queueMicrotask(() => { throw new Error('micro'); });
    queueMicrotask(() => log('next'));
    tick(() => log('tick'));
  },
  'unhandledRejection after the microtasks'(log) {
    process.on('unhandledRejection', (reason) => log(`unhandled ${reason}`));
    process.on('rejectionHandled', () => log('handled late'));
    const promise = Promise.reject('no');
    soon(() => log('m1')).then(() => log('m2'));
    tick(() => log('tick'));
    setImmediate(() => { promise.catch(() => log('caught')); log('immediate'); });
  },
  'a rejection that is handled in time is silent'(log) {
    process.on('unhandledRejection', () => log('unhandled'));
    const promise = Promise.reject(new Error('x'));
    tick(() => promise.catch(() => log('caught in a tick')));
    setImmediate(() => log('immediate'));
  },
  'beforeExit can start work again'(log) {
    let n = 0;
    process.on('beforeExit', (code) => { log(`beforeExit ${code}`); if (n++ < 2) setTimeout(() => log('more'), 1); });
    process.on('exit', (code) => log(`exit ${code}`));
  },
  'exit: nothing runs after it'(log) {
    process.on('exit', (code) => { log(`exit ${code}`); tick(() => log('never')); setTimeout(() => log('never'), 0); });
    setTimeout(() => { tick(() => log('never')); process.exit(3); }, 1);
    setTimeout(() => log('never'), 20);
  },
  // ---- events and context
  'events.once and events.on'(log) {
    const emitter = new events.EventEmitter();
    events.once(emitter, 'x').then(([value]) => log(`once ${value}`));
    (async () => { for await (const [value] of events.on(emitter, 'x')) { log(`on ${value}`); if (value === 2) break; } })();
    tick(() => { emitter.emit('x', 1); emitter.emit('x', 2); log('emitted'); });
  },
  'EventTarget and AbortSignal'(log) {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', () => { log('abort'); soon(() => log('microtask')); });
    controller.signal.onabort = () => log('onabort');
    tick(() => { controller.abort(); log('after abort'); });
    timersPromises.later.setTimeout(1000, null, { signal: controller.signal }).catch((error) => log(error.name));
  },
  'AsyncLocalStorage follows every kind of callback'(log) {
    const storage = new AsyncLocalStorage();
    const show = (name) => () => log(`${name} ${storage.getStore()}`);
    storage.run(1, () => {
      tick(show('tick'));
      soon(show('promise'));
      queueMicrotask(show('microtask'));
      setImmediate(() => { show('immediate')(); fs.stat(__filename, () => { show('fs')(); setTimeout(show('timeout'), 1); }); });
    });
    show('outside')();
  },
  'AsyncLocalStorage: enterWith lasts for the callback'(log) {
    const storage = new AsyncLocalStorage();
    setTimeout(() => { storage.enterWith('a'); soon(() => log(`promise ${storage.getStore()}`)); setImmediate(() => log(`immediate ${storage.getStore()}`)); }, 1);
    setTimeout(() => log(`other ${storage.getStore()}`), 100);
  },
};
