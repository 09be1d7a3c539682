// A part of a file as a piece of a Blob: read when it is needed, and refused once the file has changed.
'use strict';

const { Uint8Array } = primordials;

class FilePiece {
  constructor({ path, start, end, size, modified }) {
    this.path = path;
    this.start = start;
    this.end = end;
    this.size = size;
    this.modified = modified;
  }

  // Throws as `fs.statSync` does.
  static open(path) {
    const { size, mtimeNs } = require('fs').statSync(path, { bigint: true });
    return new FilePiece({ path, start: 0, end: Number(size), size, modified: mtimeNs });
  }

  get byteLength() { return this.end - this.start; }

  part(first, last) {
    return new FilePiece({ ...this, start: this.start + first, end: this.start + last });
  }

  async read(first = 0, last = this.byteLength) {
    const { open } = require('fs/promises');
    let handle;
    try {
      handle = await open(this.path);
      const { size, mtimeNs } = await handle.stat({ bigint: true });
      if (size !== this.size || mtimeNs !== this.modified) throw new Error('The file has changed');
      const bytes = new Uint8Array(last - first);
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, this.start + first + at);
        if (bytesRead === 0) throw new Error('The file has changed');
        at += bytesRead;
      }
      return bytes;
    } catch (cause) {
      const { DOMException } = require('internal/domexception');
      throw new DOMException('The blob could not be read', { name: 'NotReadableError', cause });
    } finally {
      await handle?.close();
    }
  }
}

const { Error, Number } = primordials;
module.exports = { FilePiece };
