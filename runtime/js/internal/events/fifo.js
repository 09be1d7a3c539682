'use strict';

// A queue in linked blocks: constant-time push and shift, and a burst's memory is given back as it is read.

const { Array } = primordials;

const kBlockSize = 256;

class Block {
  constructor() {
    this.items = new Array(kBlockSize);
    this.start = 0;
    this.end = 0;
    this.next = null;
  }
}

class Fifo {
  #head;
  #tail;

  constructor() {
    this.#head = this.#tail = new Block();
  }

  isEmpty() {
    return this.#head.start === this.#head.end && this.#head.next === null;
  }

  push(item) {
    let tail = this.#tail;
    if (tail.end === kBlockSize) tail = this.#tail = tail.next = new Block();
    tail.items[tail.end++] = item;
  }

  // Undefined when empty.
  shift() {
    let head = this.#head;
    if (head.start === head.end) {
      if (head.next === null) {
        head.start = head.end = 0;
        return undefined;
      }
      head = this.#head = head.next;
    }
    const item = head.items[head.start];
    head.items[head.start++] = undefined;
    return item;
  }
}

module.exports = { Fifo };
