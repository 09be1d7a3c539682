// `async_hooks.createHook`: every kind of resource is told of, in order, with the ids that caused it; nothing after `disable`.
'use strict';
const assert = require('assert');
const asyncHooks = require('async_hooks');
const fs = require('fs');
const net = require('net');
const http = require('http');
const { once } = require('events');
const { spawnSync } = require('child_process');

const type = new Map();
const trigger = new Map();
const events = [];
const hook = asyncHooks.createHook({
  init(id, kind, cause) {
    assert.ok(!type.has(id), 'an id is given once');
    type.set(id, kind);
    trigger.set(id, cause);
  },
  before(id) { events.push(`before ${type.get(id)}`); },
  after(id) { events.push(`after ${type.get(id)}`); },
  destroy(id) { events.push(`destroy ${type.get(id)}`); },
  promiseResolve(id) { events.push(`resolve ${type.get(id)}`); },
});

// Within a callback the running resource is the one that was made where the callback was given.
function here(expected) {
  const id = asyncHooks.executionAsyncId();
  assert.strictEqual(type.get(id), expected);
  assert.strictEqual(asyncHooks.triggerAsyncId(), trigger.get(id));
  return id;
}

async function scheduling() {
  const outer = asyncHooks.executionAsyncId();
  const seen = {};
  await new Promise((resolve) => {
    let left = 5;
    const done = (name, kind) => () => {
      seen[name] = here(kind);
      if (--left === 0) resolve();
    };
    setTimeout(done('timeout', 'Timeout'), 1);
    setImmediate(done('immediate', 'Immediate'));
    process.nextTick(done('tick', 'TickObject'));
    queueMicrotask(done('microtask', 'Microtask'));
    fs.stat(__filename, done('stat', 'FSREQCALLBACK'));
  });
  for (const id of Object.values(seen)) assert.strictEqual(trigger.get(id), outer);
}

async function exceptions() {
  const caught = once(process, 'uncaughtException');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const before = events.length;
  setTimeout(() => { throw new Error('of a timer'); }, 1);
  const [error] = await caught;
  assert.strictEqual(error.message, 'of a timer');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const told = events.slice(before).filter((event) => event.endsWith('Timeout'));
  assert.deepStrictEqual(told, ['before Timeout', 'after Timeout', 'destroy Timeout']);
}

async function resources() {
  const made = new asyncHooks.AsyncResource('OURS', { requireManualDestroy: true });
  assert.strictEqual(type.get(made.asyncId()), 'OURS');
  const before = events.length;
  made.runInAsyncScope(() => {
    assert.strictEqual(asyncHooks.executionAsyncId(), made.asyncId());
    assert.strictEqual(asyncHooks.executionAsyncResource(), made);
  });
  assert.deepStrictEqual(events.slice(before), ['before OURS', 'after OURS']);
  made.emitDestroy();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.ok(events.includes('destroy OURS'));
}

async function network() {
  const server = http.createServer((request, response) => {
    here('HTTPINCOMINGMESSAGE');
    setTimeout(() => response.end('done'), 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await new Promise((resolve) => {
    http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => {
      here('HTTPCLIENTREQUEST');
      response.resume().on('end', resolve);
    });
  });
  server.close();
  const echo = net.createServer((socket) => {
    here('TCPSERVERWRAP');
    socket.end('x');
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  await new Promise((resolve) => {
    net.connect(echo.address().port, '127.0.0.1').once('data', () => resolve(here('TCPWRAP')));
  });
  echo.close();
}

(async () => {
  assert.strictEqual(asyncHooks.executionAsyncId(), 1);
  hook.enable();
  await scheduling();
  await exceptions();
  await resources();
  await network();
  assert.ok(events.includes('before PROMISE') && events.includes('resolve PROMISE'));
  hook.disable();
  const count = events.length;
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.strictEqual(events.length, count);

  // Without promises: the reactions run under the id of what runs them.
  const kinds = [];
  const sparse = asyncHooks.createHook({ init: (id, kind) => kinds.push(kind), trackPromises: false }).enable();
  await null;
  process.nextTick(() => {});
  sparse.disable();
  assert.deepStrictEqual(kinds, ['TickObject']);

  assert.throws(() => asyncHooks.createHook({ init: 1 }), { code: 'ERR_ASYNC_CALLBACK', message: 'hook.init must be a function' });
  assert.throws(() => asyncHooks.createHook({ trackPromises: false, promiseResolve() {} }), { code: 'ERR_INVALID_ARG_VALUE' });
  // A hook that fails ends the process, with its stack.
  const failing = `require('async_hooks').createHook({ init() { throw new Error('in the hook') } }).enable(); setTimeout(() => {}, 1)`;
  const child = spawnSync(process.execPath, ['-e', failing], { encoding: 'utf8', timeout: 60_000 });
  assert.strictEqual(child.status, 1);
  assert.match(child.stderr, /Error: in the hook/);
})();
