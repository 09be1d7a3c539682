// PerformanceResourceTiming (https://w3c.github.io/resource-timing/): what a fetch tells of its times.
'use strict';

const { ObjectDefineProperties, SymbolToStringTag } = primordials;
const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { PerformanceEntry } = require('perf_hooks');

const kMake = Symbol('make');
// The specification's estimate of what the headers of a response weigh.
const HEADER_BYTES = 300;

class PerformanceResourceTiming extends PerformanceEntry {
  #given;

  constructor(key, given) {
    if (key !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
    const { timing, url } = given;
    super(url, 'resource', timing.startTime, timing.endTime - timing.startTime);
    this.#given = given;
  }

  get initiatorType() { return this.#given.initiator; }
  get nextHopProtocol() { return this.#connection?.ALPNNegotiatedProtocol; }
  get workerStart() { return this.#timing.finalServiceWorkerStartTime; }
  get redirectStart() { return this.#timing.redirectStartTime; }
  get redirectEnd() { return this.#timing.redirectEndTime; }
  get fetchStart() { return this.#timing.postRedirectStartTime; }
  get domainLookupStart() { return this.#connection?.domainLookupStartTime; }
  get domainLookupEnd() { return this.#connection?.domainLookupEndTime; }
  get connectStart() { return this.#connection?.connectionStartTime; }
  get connectEnd() { return this.#connection?.connectionEndTime; }
  get secureConnectionStart() { return this.#connection?.secureConnectionStartTime; }
  get requestStart() { return this.#timing.finalNetworkRequestStartTime; }
  get responseStart() { return this.#timing.finalNetworkResponseStartTime; }
  get responseEnd() { return this.#timing.endTime; }
  get encodedBodySize() { return this.#timing.encodedBodySize; }
  get decodedBodySize() { return this.#timing.decodedBodySize; }
  get deliveryType() { return this.#given.deliveryType; }
  get responseStatus() { return this.#given.status; }

  get transferSize() {
    if (this.#given.cacheMode === 'local') return 0;
    return this.#given.cacheMode === 'validated' ? HEADER_BYTES : this.#timing.encodedBodySize + HEADER_BYTES;
  }

  get #timing() { return this.#given.timing; }
  get #connection() { return this.#given.timing.finalConnectionTimingInfo; }

  toJSON() {
    const json = { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration };
    for (let i = 0; i < NAMES.length; i++) json[NAMES[i]] = this[NAMES[i]];
    return json;
  }
}

const NAMES = [
  'initiatorType', 'nextHopProtocol', 'workerStart', 'redirectStart', 'redirectEnd', 'fetchStart', 'domainLookupStart',
  'domainLookupEnd', 'connectStart', 'connectEnd', 'secureConnectionStart', 'requestStart', 'responseStart', 'responseEnd',
  'transferSize', 'encodedBodySize', 'decodedBodySize', 'deliveryType', 'responseStatus',
];
for (let i = 0; i < NAMES.length; i++) {
  ObjectDefineProperties(PerformanceResourceTiming.prototype, { [NAMES[i]]: { __proto__: null, enumerable: true } });
}
ObjectDefineProperties(PerformanceResourceTiming.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'PerformanceResourceTiming' },
});

function make(given) {
  return new PerformanceResourceTiming(kMake, given);
}

module.exports = { PerformanceResourceTiming, make };
