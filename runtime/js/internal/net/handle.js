// Where the loop enters sockets and servers: native callbacks are sent on to the owner of the handle, and `_handle`
// gets an object for code that looks for one. A handle itself is only a number.
'use strict';

const { Symbol } = primordials;

const native = binding('net');
const { state: asyncIds } = require('internal/async_hooks/ids');

const kOnConnect = Symbol('onConnect');
const kOnConnection = Symbol('onConnection');
const kOnRead = Symbol('onRead');
const kOnDrain = Symbol('onDrain');
const kOnShutdown = Symbol('onShutdown');
const kOnClose = Symbol('onClose');
const kId = Symbol('handle id');

// The option of a connection that only carries another socket: that one is what the program sees.
const kStandsFor = Symbol('stands for');

const UV_EOF = -4095;

function runWithIds(owner, method, first, second, third) {
  require('internal/async_hooks/native').runHandle(owner, method, first, second, third);
}

// Each names its method: one function that takes it as an argument would look it up anew for each chunk.
native.setCallbacks({
  onConnect(status) {
    if (asyncIds.on) runWithIds(this, kOnConnect, status);
    else this[kOnConnect](status);
  },
  onConnection(status, id) {
    if (asyncIds.on) runWithIds(this, kOnConnection, status, id);
    else this[kOnConnection](status, id);
  },
  onRead(nread, slab, offset) {
    if (asyncIds.on) runWithIds(this, kOnRead, nread, slab, offset);
    else this[kOnRead](nread, slab, offset);
  },
  onDrain(status) {
    if (asyncIds.on) runWithIds(this, kOnDrain, status);
    else this[kOnDrain](status);
  },
  onShutdown(status) {
    if (asyncIds.on) runWithIds(this, kOnShutdown, status);
    else this[kOnShutdown](status);
  },
  onClose() {
    if (!asyncIds.on) return this[kOnClose]();
    runWithIds(this, kOnClose);
    require('internal/async_hooks/native').ended(this);
  },
});

// What `socket._handle` shows: Node's operations by name over the number.
class Handle {
  #owner;

  constructor(owner) {
    this.#owner = owner;
  }

  get reading() { return this.#owner[kId] >= 0; }
  get fd() { return native.fd(this.#owner[kId]); }
  get bytesRead() { return native.bytesRead(this.#owner[kId]); }
  get bytesWritten() { return native.bytesWritten(this.#owner[kId]); }
  get writeQueueSize() { return native.queueSize(this.#owner[kId]); }
  ref() { native.ref(this.#owner[kId]); }
  unref() { native.unref(this.#owner[kId]); }
  hasRef() { return native.hasRef(this.#owner[kId]); }
  getsockname(out) { return native.getsockname(this.#owner[kId], out); }
  getpeername(out) { return native.getpeername(this.#owner[kId], out); }
  setNoDelay(on) { return native.setNoDelay(this.#owner[kId], on); }
  setKeepAlive(on, delay) { return native.setKeepAlive(this.#owner[kId], on, delay); }
  readStart() { return native.readStart(this.#owner[kId]); }
  readStop() { return native.readStop(this.#owner[kId]); }
  close(callback) {
    if (typeof callback === 'function') this.#owner.once('close', callback);
    if (typeof this.#owner.destroy === 'function') this.#owner.destroy();
    else this.#owner.close();
  }
}

// Gives a handle an asynchronous id, once somebody asks for ids.
function trackHandle(owner, type) {
  require('internal/async_hooks/ids').begin(owner, type);
}

module.exports = {
  Handle, asyncIds, trackHandle, UV_EOF, kId, kOnClose, kOnConnect, kOnConnection, kOnDrain, kOnRead, kOnShutdown, kStandsFor, native,
};
