// One question to name servers: over UDP, over TCP where the answer is too long, one server after the other, with more
// patience in each round.
'use strict';

const { ArrayPrototypePush, MathFloor, MathMin } = primordials;
const timers = require('timers');
const { TYPES, decode, encode, isSameName } = require('internal/dns/message');
const { isIP } = require('internal/net');

const ANSWER_BYTES_MAX = 65535;

// The error codes of answers, by number.
const CODES = { __proto__: null, 1: 'EFORMERR', 2: 'ESERVFAIL', 3: 'ENOTFOUND', 4: 'ENOTIMP', 5: 'EREFUSED' };
// Another server may know better than to say one of these.
const ASK_ON = { __proto__: null, 2: true, 4: true, 5: true };

class Query {
  #servers;
  #settings;
  #name;
  #bytes;
  #id;
  #attempt = 0;
  #done;
  #close;
  #timer;
  #lastCode = 'ETIMEOUT';

  /** `done(code, records)`: a code of c-ares or undefined */
  constructor(servers, settings, name, type, done) {
    this.#servers = servers;
    this.#settings = settings;
    this.#name = name;
    this.#done = done;
    this.#id = require('crypto').randomInt(0x10000);
    this.#bytes = encode(this.#id, name, type);
  }

  start() {
    if (this.#bytes === undefined) require('process').nextTick(() => this.#finish('EBADNAME'));
    else this.#ask();
  }

  cancel() { this.#finish('ECANCELLED'); }

  #finish(code, records) {
    const done = this.#done;
    this.#stop();
    this.#done = undefined;
    done?.(code, records);
  }

  #stop() {
    timers.clearTimeout(this.#timer);
    this.#close?.();
    this.#close = undefined;
  }

  #next(code) {
    if (this.#done === undefined) return;
    this.#stop();
    this.#lastCode = code;
    this.#attempt++;
    if (this.#attempt >= this.#settings.tries * this.#servers.length) this.#finish(this.#lastCode);
    else this.#ask();
  }

  #ask() {
    const { timeoutMs, timeoutMsMax } = this.#settings;
    const round = MathFloor(this.#attempt / this.#servers.length);
    let patienceMs = timeoutMs * 2 ** round;
    if (timeoutMsMax > 0) patienceMs = MathMin(patienceMs, timeoutMsMax);
    this.#timer = timers.setTimeout(() => this.#next('ETIMEOUT'), patienceMs);
    const { 0: ip, 1: port } = this.#servers[this.#attempt % this.#servers.length];
    this.#overUdp(ip, port);
  }

  #overUdp(ip, port) {
    const family = isIP(ip);
    const socket = require('dgram').createSocket(family === 6 ? 'udp6' : 'udp4');
    let open = true;
    this.#close = () => {
      if (!open) return;
      open = false;
      socket.close();
    };
    socket.on('error', (error) => { if (open) this.#next(error.code === 'ECONNREFUSED' ? 'ECONNREFUSED' : 'ETIMEOUT'); });
    socket.on('message', (bytes) => { if (open) this.#take(bytes, () => this.#overTcp(ip, port)); });
    const local = this.#settings.local[family === 6 ? 1 : 0];
    if (local !== undefined) socket.bind(0, local);
    socket.connect(port, ip, (error) => {
      if (!open) return;
      if (error) this.#next('ECONNREFUSED');
      else socket.send(this.#bytes, (failed) => { if (failed && open) this.#next('ECONNREFUSED'); });
    });
  }

  #overTcp(ip, port) {
    this.#close?.();
    const { Buffer } = require('buffer');
    const socket = require('net').connect(port, ip);
    this.#close = () => socket.destroy();
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#bytes.length);
    socket.write(Buffer.concat([length, this.#bytes]));
    const parts = [];
    let got = 0;
    socket.on('data', (bytes) => {
      ArrayPrototypePush(parts, bytes);
      got += bytes.length;
      const all = Buffer.concat(parts);
      if (got >= 2 && got >= all.readUInt16BE(0) + 2) this.#take(all.subarray(2, all.readUInt16BE(0) + 2));
      else if (got > ANSWER_BYTES_MAX + 2) this.#next('EBADRESP');
    });
    socket.on('error', () => this.#next('ECONNREFUSED'));
    socket.on('end', () => this.#next('EBADRESP'));
  }

  // An answer; `ifTruncated` is where the whole of it can be had.
  #take(bytes, ifTruncated = undefined) {
    let answer;
    try {
      answer = decode(bytes);
    } catch {
      // Whoever sent it, it is no answer to this question unless it has its number.
      if (bytes.length >= 2 && bytes.readUInt16BE(0) === this.#id) this.#finish('EBADRESP');
      return;
    }
    if (!answer.isAnswer || answer.id !== this.#id || !isSameName(answer.name, this.#name)) return;
    if (answer.isTruncated && ifTruncated !== undefined) ifTruncated();
    else if (answer.code === 0) this.#finish(undefined, answer.records);
    else if (ASK_ON[answer.code]) this.#next(CODES[answer.code]);
    else this.#finish(CODES[answer.code] ?? 'EBADRESP');
  }
}

module.exports = { Query, TYPES };
