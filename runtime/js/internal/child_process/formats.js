// How messages between parent and child travel, as Node has it: lines of JSON, or V8's serialization behind a length.
'use strict';

const { ArrayBufferIsView, JSONParse, JSONStringify } = primordials;

const { Buffer } = require('buffer');
const { DefaultDeserializer, DefaultSerializer } = require('v8');

const LENGTH_BYTES = 4;
// What stands before an object that V8 leaves to its host.
const VIEW = 0;
const OTHER = 1;

class Json {
  #decoder = new (require('string_decoder').StringDecoder)('utf8');
  #text = '';

  encode(message) {
    return `${JSONStringify(message)}\n`;
  }

  receive(bytes, deliver) {
    this.#text += this.#decoder.write(bytes);
    for (let end = this.#text.indexOf('\n'); end !== -1; end = this.#text.indexOf('\n')) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      deliver(JSONParse(line));
    }
  }
}

class MessageSerializer extends DefaultSerializer {
  _writeHostObject(object) {
    if (ArrayBufferIsView(object)) {
      this.writeUint32(VIEW);
      return super._writeHostObject(object);
    }
    this.writeUint32(OTHER);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends DefaultDeserializer {
  _readHostObject() {
    return this.readUint32() === VIEW ? super._readHostObject() : this.readValue();
  }
}

class Advanced {
  #bytes = Buffer.alloc(0);

  encode(message) {
    const serializer = new MessageSerializer();
    serializer.writeRawBytes(Buffer.alloc(LENGTH_BYTES));
    serializer.writeHeader();
    serializer.writeValue(message);
    const bytes = serializer.releaseBuffer();
    bytes.writeUInt32BE(bytes.length - LENGTH_BYTES, 0);
    return bytes;
  }

  receive(bytes, deliver) {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= LENGTH_BYTES) {
      const end = this.#bytes.readUInt32BE(0) + LENGTH_BYTES;
      if (this.#bytes.length < end) return;
      // A copy: what was read into is shared, and views of the message may outlive it.
      const deserializer = new MessageDeserializer(Buffer.from(this.#bytes.subarray(LENGTH_BYTES, end)));
      this.#bytes = this.#bytes.subarray(end);
      deserializer.readHeader();
      deliver(deserializer.readValue());
    }
  }
}

module.exports = { Advanced, Json };
