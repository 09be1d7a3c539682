// `node:v8`: the engine's serializer, its heap and its flags.
'use strict';

const {
  ArrayBufferIsView, ArrayPrototypeMap, FinalizationRegistry, FinalizationRegistryPrototypeRegister, ObjectPrototypeToString,
  Error, StringPrototypeSlice, Uint8Array,
} = primordials;
const { Buffer } = require('buffer');
const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const native = binding('serdes');
const heap = binding('heap');

const freeWriters = new FinalizationRegistry(native.closeWriter);
const freeReaders = new FinalizationRegistry(native.closeReader);

class Serializer {
  #writer;

  constructor() {
    this.#writer = native.openWriter(this);
    FinalizationRegistryPrototypeRegister(freeWriters, this, this.#writer);
  }

  writeHeader() { native.writeHeader(this.#writer); }
  writeValue(value) { return native.writeValue(this.#writer, value); }
  releaseBuffer() { return Buffer.from(native.release(this.#writer)); }
  transferArrayBuffer(id, buffer) { native.writeTransferred(this.#writer, id, buffer); }
  writeUint32(value) { native.writeUint32(this.#writer, value); }
  writeUint64(high, low) { native.writeUint64(this.#writer, high, low); }
  writeDouble(value) { native.writeDouble(this.#writer, value); }

  writeRawBytes(source) {
    if (!ArrayBufferIsView(source)) {
      if (!require('internal/util/types').isAnyArrayBuffer(source)) {
        throw new codes.ERR_INVALID_ARG_TYPE('source', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], source);
      }
      source = new Uint8Array(source);
    }
    native.writeRawBytes(this.#writer, source);
  }

  _setTreatArrayBufferViewsAsHostObjects(isOn) { native.treatViewsAsHostObjects(this.#writer, Boolean(isOn)); }
}
Serializer.prototype._getDataCloneError = Error;

class Deserializer {
  #reader;

  constructor(buffer) {
    if (!ArrayBufferIsView(buffer)) {
      throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
    }
    this.buffer = buffer;
    this.#reader = native.openReader(this, buffer);
    FinalizationRegistryPrototypeRegister(freeReaders, this, this.#reader);
  }

  readHeader() { return native.readHeader(this.#reader); }
  readValue() { return native.readValue(this.#reader); }
  getWireFormatVersion() { return native.wireFormatVersion(this.#reader); }
  transferArrayBuffer(id, buffer) { native.readTransferred(this.#reader, id, buffer); }
  readUint32() { return native.readUint32(this.#reader); }
  readUint64() { return native.readUint64(this.#reader); }
  readDouble() { return native.readDouble(this.#reader); }
  _readRawBytes(length) { return native.readRawBytes(this.#reader, length); }

  readRawBytes(length) {
    const offset = this._readRawBytes(length);
    return Buffer.from(this.buffer.buffer, this.buffer.byteOffset + offset, length);
  }
}

// The kinds of views by the number that stands for them; Node's numbers, so that either reads what the other wrote.
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
  DataView, Buffer, BigInt64Array, BigUint64Array, ...(typeof Float16Array === 'function' ? [Float16Array] : []),
];
const NAMES = ArrayPrototypeMap(VIEWS, (View) => (View === Buffer ? 'Buffer' : View.name));
const BUFFER = 10;

function kindOf(view) {
  if (view instanceof Buffer) return BUFFER;
  const kind = NAMES.indexOf(StringPrototypeSlice(ObjectPrototypeToString(view), 8, -1));
  if (kind === -1) throw new Error(`Unserializable host object: ${require('util').inspect(view)}`);
  return kind;
}

class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(view) {
    if (!ArrayBufferIsView(view)) throw new this._getDataCloneError(`Unserializable host object: ${require('util').inspect(view)}`);
    this.writeUint32(kindOf(view));
    this.writeUint32(view.byteLength);
    this.writeRawBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
}

class DefaultDeserializer extends Deserializer {
  _readHostObject() {
    const kind = this.readUint32();
    const View = VIEWS[kind];
    const byteLength = this.readUint32();
    const at = this.buffer.byteOffset + this._readRawBytes(byteLength);
    if (kind === BUFFER) return Buffer.from(this.buffer.buffer, at, byteLength);
    const size = View.BYTES_PER_ELEMENT ?? 1;
    if (at % size === 0) return new View(this.buffer.buffer, at, byteLength / size);
    // The elements must lie on their own bounds.
    const copy = new Uint8Array(byteLength);
    copy.set(new Uint8Array(this.buffer.buffer, at, byteLength));
    return new View(copy.buffer, 0, byteLength / size);
  }
}

function serialize(value) {
  const serializer = new DefaultSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function deserialize(buffer) {
  const deserializer = new DefaultDeserializer(buffer);
  deserializer.readHeader();
  return deserializer.readValue();
}

const HEAP = [
  'total_heap_size', 'total_heap_size_executable', 'total_physical_size', 'total_available_size', 'used_heap_size',
  'heap_size_limit', 'malloced_memory', 'peak_malloced_memory', 'does_zap_garbage', 'number_of_native_contexts',
  'number_of_detached_contexts', 'total_global_handles_size', 'used_global_handles_size', 'external_memory',
  'total_allocated_bytes',
];
const CODE = ['code_and_metadata_size', 'bytecode_and_metadata_size', 'external_script_source_size', 'cpu_profiler_metadata_size'];
const SPACE = ['space_size', 'space_used_size', 'space_available_size', 'physical_space_size'];

function named(names, values, object = {}) {
  for (let i = 0; i < names.length; i++) object[names[i]] = values[i];
  return object;
}

function getHeapStatistics() {
  return named(HEAP, heap.statistics());
}

function getHeapCodeStatistics() {
  return named(CODE, heap.codeStatistics());
}

function getHeapSpaceStatistics() {
  return ArrayPrototypeMap(heap.spaces(), ({ 0: name, 1: sizes }) => named(SPACE, sizes, { space_name: name }));
}

function setFlagsFromString(flags) {
  validateString(flags, 'flags');
  heap.setFlagsFromString(flags);
}

function getHeapSnapshot() {
  return require('stream').Readable.from([Buffer.from(heap.snapshot())], { objectMode: false });
}

let snapshots = 0;

function writeHeapSnapshot(filename = undefined) {
  if (filename === undefined) {
    const { pid } = require('process');
    const time = new Date();
    const two = (number) => `${number}`.padStart(2, '0');
    const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
    const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
    filename = `Heap.${day}.${clock}.${pid}.0.${`${++snapshots}`.padStart(3, '0')}.heapsnapshot`;
  }
  require('fs').writeFileSync(filename, Buffer.from(heap.snapshot()));
  return filename;
}

function isStringOneByteRepresentation(content) {
  validateString(content, 'content');
  return heap.isOneByte(content);
}

// Coverage is gathered only where the environment names a folder for it, and for nobody else is there anything to write.
// Does something only where `NODE_V8_COVERAGE` was there at the start.
function takeCoverage() {
  require('internal/process/coverage').take();
}

function stopCoverage() {
  require('internal/process/coverage').stop();
}

function missing(name) {
  return { [name]() { throw new codes.ERR_METHOD_NOT_IMPLEMENTED(`v8.${name}()`); } }[name];
}

module.exports = {
  cachedDataVersionTag: heap.cachedDataVersionTag,
  getHeapSnapshot,
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  setFlagsFromString,
  Serializer,
  Deserializer,
  DefaultSerializer,
  DefaultDeserializer,
  deserialize,
  takeCoverage,
  stopCoverage,
  serialize,
  writeHeapSnapshot,
  queryObjects: missing('queryObjects'),
  startupSnapshot: {
    __proto__: null,
    addDeserializeCallback: missing('startupSnapshot.addDeserializeCallback'),
    addSerializeCallback: missing('startupSnapshot.addSerializeCallback'),
    setDeserializeMainFunction: missing('startupSnapshot.setDeserializeMainFunction'),
    isBuildingSnapshot: () => false,
  },
  setHeapSnapshotNearHeapLimit: missing('setHeapSnapshotNearHeapLimit'),
  isStringOneByteRepresentation,
};
