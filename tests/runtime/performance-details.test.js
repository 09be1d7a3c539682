// performance: the loop's utilization, resources of a fetch, classes as globals; a TLS client that waits to be started.
'use strict';
const assert = require('assert');
const { performance, PerformanceObserver } = require('perf_hooks');
const { PassThrough } = require('stream');
const tls = require('tls');

const timing = {
  startTime: 1, redirectStartTime: 0, redirectEndTime: 0, postRedirectStartTime: 1, finalServiceWorkerStartTime: 0,
  finalNetworkRequestStartTime: 2, finalNetworkResponseStartTime: 3, endTime: 4, encodedBodySize: 5, decodedBodySize: 6,
  finalConnectionTimingInfo: null,
};
let observed = 0;
new PerformanceObserver((list) => { observed += list.getEntries().length; }).observe({ type: 'resource' });
const entry = performance.markResourceTiming(timing, 'http://a/', 'fetch', globalThis, '', {}, 200, '');
assert.ok(entry instanceof PerformanceResourceTiming && entry instanceof PerformanceEntry);
assert.deepStrictEqual([entry.name, entry.duration, entry.transferSize, entry.responseStatus], ['http://a/', 3, 305, 200]);
assert.strictEqual(performance.getEntriesByType('resource').length, 1);
performance.clearResourceTimings();
assert.strictEqual(performance.getEntriesByType('resource').length, 0);

const first = performance.eventLoopUtilization();
assert.strictEqual(typeof first.utilization, 'number');
setTimeout(function look() {
  // On a busy machine the timer may be due before the loop has ever waited.
  if (performance.eventLoopUtilization().idle === 0) return void setTimeout(look, 20);
  const waited = performance.eventLoopUtilization(first);
  assert.ok(waited.idle > 0 && waited.active > 0 && waited.utilization < 1, JSON.stringify(waited));
  for (const end = performance.now() + 5; performance.now() < end;);
  const busy = performance.eventLoopUtilization();
  const span = performance.eventLoopUtilization(performance.eventLoopUtilization(), busy);
  assert.ok(span.utilization >= 0 && span.utilization <= 1);
  assert.strictEqual(observed, 1);
}, 20);

// As packages make one only to look at it.
const quiet = new tls.TLSSocket(new PassThrough());
assert.strictEqual(typeof quiet._handle._parentWrap, 'object');
