// `fs`: files and folders, by callback, synchronously, and as `fs.promises`.
'use strict';

const { ObjectAssign, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf } = primordials;

const { constants } = binding('fs');
const composed = require('internal/fs/composed');
const { callBack, defineOperations, prepare } = require('internal/fs/operations');
const readWrite = require('internal/fs/read_write');
const { Dirent, Stats } = require('internal/fs/stats');
const whole = require('internal/fs/whole_file');
const { validateFunction } = require('internal/validators');

const promises = { __proto__: null };
ObjectSetPrototypeOf(constants, null);
defineOperations(exports, promises);
composed.withRecursion(exports, promises);
composed.withNative(exports, promises);

const isMissing = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR';

// Node lets a missing file pass where the caller says so.
for (const name of ['statSync', 'lstatSync']) {
  const plain = exports[name];
  exports[name] = function statSync(path, options) {
    if (options?.throwIfNoEntry !== false) return plain(path, options);
    try {
      return plain(path, options);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  ObjectDefineProperty(exports[name], 'name', { __proto__: null, value: name });
}
for (const name of ['stat', 'lstat']) {
  const plain = exports[name];
  const plainPromise = promises[name];
  promises[name] = async function stat(path, options) {
    if (options?.throwIfNoEntry !== false) return plainPromise(path, options);
    try {
      return await plainPromise(path, options);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  ObjectDefineProperty(promises[name], 'name', { __proto__: null, value: name });
  exports[name] = function stat(path, options, callback) {
    if (typeof options === 'function' || options?.throwIfNoEntry !== false) return plain(path, options, ...(callback === undefined ? [] : [callback]));
    validateFunction(callback, 'cb');
    plain(path, options, (error, stats) => (error && isMissing(error) ? callback(null, undefined) : callback(error, stats)));
  };
  ObjectDefineProperty(exports[name], 'name', { __proto__: null, value: name });
}

ObjectAssign(exports, {
  appendFile: whole.appendFile,
  appendFileSync: whole.appendFileSync,
  exists: composed.exists,
  existsSync: composed.existsSync,
  mkdtempDisposableSync: composed.mkdtempDisposableSync,
  read: readWrite.read,
  readSync: readWrite.readSync,
  readv: readWrite.readv,
  readvSync: readWrite.readvSync,
  readFile: whole.readFile,
  readFileSync: whole.readFileSync,
  rm: composed.rm,
  rmSync: composed.rmSync,
  truncate: whole.truncate,
  truncateSync: whole.truncateSync,
  write: readWrite.write,
  writeSync: readWrite.writeSync,
  writev: readWrite.writev,
  writevSync: readWrite.writevSync,
  writeFile: whole.writeFile,
  writeFileSync: whole.writeFileSync,
  createReadStream: function createReadStream(path, options) { return new exports.ReadStream(path, options); },
  createWriteStream: function createWriteStream(path, options) { return new exports.WriteStream(path, options); },
  Stats: require('internal/util').deprecate(Stats, 'fs.Stats constructor is deprecated.', 'DEP0180'),
  Dirent,
  _toUnixTimestamp: require('internal/fs/arguments').toSeconds,
  F_OK: constants.F_OK,
  R_OK: constants.R_OK,
  W_OK: constants.W_OK,
  X_OK: constants.X_OK,
});

// `close` may be called without a callback.
exports.close = function close(fd, callback = rethrow) {
  const plan = prepare.close(fd);
  if (callback !== rethrow) validateFunction(callback, 'cb');
  callBack(plan, callback);
};

function rethrow(error) {
  if (error) throw error;
}

async function lchmod() {
  throw new (require('internal/errors').codes.ERR_METHOD_NOT_IMPLEMENTED)('lchmod()');
}

const lazyStream = (name, loaded = name) => ({
  __proto__: null,
  enumerable: true,
  configurable: true,
  get: () => require('internal/fs/streams')[loaded],
  set(value) { ObjectDefineProperty(exports, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); },
});

// Larger parts are loaded when they are first called.
function lazily(id, names) {
  for (const name of names) {
    exports[name] = { [name](...args) { return require(id)[name](...args); } }[name];
  }
}
lazily('internal/fs/dir', ['opendir', 'opendirSync']);
lazily('internal/fs/watch', ['watch']);
lazily('internal/fs/stat_watcher', ['watchFile', 'unwatchFile']);
lazily('internal/fs/cp', ['cp', 'cpSync']);
lazily('internal/fs/glob', ['glob', 'globSync']);

// A file as a Blob, which reads it when it is read itself.
function openAsBlobSync(path, options = { __proto__: null }) {
  require('internal/validators').validateObject(options, 'options');
  const { type = '' } = options;
  require('internal/validators').validateString(type, 'options.type');
  return require('internal/blob').openAsBlob(require('internal/fs/arguments').getValidatedPath(path), type);
}

exports.openAsBlobSync = openAsBlobSync;
exports.openAsBlob = function openAsBlob(path, options) {
  return primordials.PromiseResolve(openAsBlobSync(path, options));
};

const lazyClass = (id, name) => ({
  __proto__: null,
  enumerable: true,
  configurable: true,
  get: () => require(id)[name],
  set(value) { ObjectDefineProperty(exports, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); },
});

let promisesModule;
ObjectDefineProperties(exports, {
  constants: { __proto__: null, value: constants, enumerable: true },
  ReadStream: lazyStream('ReadStream'),
  WriteStream: lazyStream('WriteStream'),
  FileReadStream: lazyStream('FileReadStream', 'ReadStream'),
  FileWriteStream: lazyStream('FileWriteStream', 'WriteStream'),
  Dir: lazyClass('internal/fs/dir', 'Dir'),
  promises: {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      if (promisesModule === undefined) {
        const { FileHandle, kRef, kUnref, ...own } = require('internal/fs/promises');
        promisesModule = ObjectAssign({}, promises, own, {
          rm: composed.rmPromise,
          mkdtempDisposable: composed.mkdtempDisposable,
          cp: (...args) => require('internal/fs/cp').cpPromise(...args),
          glob: (...args) => require('internal/fs/glob').globPromise(...args),
          opendir: (...args) => require('internal/fs/dir').opendirPromise(...args),
          watch: (...args) => require('internal/fs/watch').watchPromise(...args),
          lchmod,
          constants,
        });
        for (const name of ['close', 'fsync', 'fdatasync', 'ftruncate', 'fstat', 'fchmod', 'fchown', 'futimes']) delete promisesModule[name];
      }
      return promisesModule;
    },
  },
});
