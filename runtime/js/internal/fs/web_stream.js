// `filehandle.readableWebStream()`: a file as a ReadableStream of bytes.
'use strict';

const { SafeWeakSet } = primordials;

const { codes: { ERR_INVALID_STATE } } = require('internal/errors');
const { validateBoolean, validateObject } = require('internal/validators');

const CHUNK_BYTES = 16384;
const locked = new SafeWeakSet();

function readableWebStream(handle, options) {
  validateObject(options, 'options');
  const { autoClose = false } = options;
  validateBoolean(autoClose, 'options.autoClose');
  if (handle.fd === -1) throw new ERR_INVALID_STATE('The FileHandle is closed');
  if (locked.has(handle)) throw new ERR_INVALID_STATE('The FileHandle is locked');
  locked.add(handle);
  const finish = async () => {
    locked.delete(handle);
    if (autoClose) await handle.close();
  };
  const { ReadableStream } = require('internal/webstreams/readable');
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller) {
      const { view } = controller.byobRequest;
      try {
        const { bytesRead } = await handle.read(view, 0, view.byteLength);
        if (bytesRead > 0) {
          controller.byobRequest.respond(bytesRead);
          return;
        }
      } catch (error) {
        await finish();
        throw error;
      }
      controller.close();
      controller.byobRequest.respond(0);
      await finish();
    },
    cancel: finish,
  });
}

module.exports = { readableWebStream };
