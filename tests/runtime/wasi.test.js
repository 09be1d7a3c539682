// `node:wasi`: the operations as a program sees them, through its memory: arguments, files, folders, paths that lead out, waiting.
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
process.removeAllListeners('warning');
const { WASI } = require('wasi');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-wasi-'));
const inside = path.join(folder, 'inside');
fs.mkdirSync(inside);
fs.writeFileSync(path.join(folder, 'outside.txt'), 'secret');
fs.writeFileSync(path.join(inside, 'a.txt'), 'hello');
fs.symlinkSync('../outside.txt', path.join(inside, 'out'));
fs.symlinkSync('a.txt', path.join(inside, 'in'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const EACCES_OUTSIDE = [63, 76]; // EPERM or ENOTCAPABLE
const wasi = new WASI({ version: 'preview1', args: ['program', 'x'], env: { A: '1' }, preopens: { '/data': inside } });
const call = wasi.wasiImport;
const memory = new WebAssembly.Memory({ initial: 1 });
wasi.finalizeBindings({ exports: {} }, { memory });
const bytes = Buffer.from(memory.buffer);
const view = new DataView(memory.buffer);
const u32 = (at) => view.getUint32(at, true);
const u64 = (at) => view.getBigUint64(at, true);
const text = (at, length) => bytes.toString('utf8', at, at + length);

// Addresses of what an operation is given and of its answer.
const PATH = 1000;
const OTHER = 1500;
const OUT = 2000;
const DATA = 4000;
function put(at, string) {
  return bytes.write(string, at);
}
function vector(at, length) {
  view.setUint32(PATH - 8, at, true);
  view.setUint32(PATH - 4, length, true);
  return [PATH - 8, 1];
}
const READ = (1n << 1n) | (1n << 2n) | (1n << 5n) | (1n << 21n); // with seek, tell and stat
const WRITE = (1n << 6n) | (1n << 23n); // with times
function open(name, { follow = 1, oflags = 0, rights = READ, fdflags = 0 } = {}) {
  const errno = call.path_open(3, follow, PATH, put(PATH, name), oflags, rights, 0n, fdflags, OUT);
  return errno === 0 ? { fd: u32(OUT) } : { errno };
}
function read(fd, length = 100) {
  assert.strictEqual(call.fd_read(fd, ...vector(DATA, length), OUT), 0);
  return text(DATA, u32(OUT));
}

// Arguments and environment.
assert.strictEqual(call.args_sizes_get(OUT, OUT + 4), 0);
assert.deepStrictEqual([u32(OUT), u32(OUT + 4)], [2, 'program\0x\0'.length]);
call.args_get(OUT, DATA);
assert.strictEqual(text(u32(OUT + 4), 2), 'x\0');
call.environ_get(OUT, DATA);
assert.strictEqual(text(u32(OUT), 4), 'A=1\0');

// The folder that was opened before the start.
assert.strictEqual(call.fd_prestat_get(3, OUT), 0);
assert.strictEqual(u32(OUT + 4), 5);
assert.strictEqual(call.fd_prestat_dir_name(3, OUT, 5), 0);
assert.strictEqual(text(OUT, 5), '/data');
assert.strictEqual(call.fd_prestat_get(4, OUT), 8);

// Files: read, seek, write, append, size, times.
const { fd } = open('a.txt');
assert.strictEqual(read(fd, 2) + read(fd), 'hello');
assert.strictEqual(call.fd_seek(fd, -2n, 2, OUT), 0);
assert.strictEqual(u64(OUT), 3n);
assert.strictEqual(read(fd), 'lo');
assert.strictEqual(call.fd_tell(fd, OUT), 0);
assert.strictEqual(u64(OUT), 5n);
assert.strictEqual(call.fd_filestat_get(fd, OUT), 0);
assert.deepStrictEqual([view.getUint8(OUT + 16), u64(OUT + 32)], [4, 5n]);
assert.strictEqual(call.fd_close(fd), 0);
assert.strictEqual(call.fd_close(fd), 8);

const made = open('b.txt', { oflags: 1, rights: READ | WRITE });
put(DATA, 'written');
assert.strictEqual(call.fd_write(made.fd, ...vector(DATA, 7), OUT), 0);
assert.strictEqual(call.fd_pwrite(made.fd, ...vector(DATA, 1), 3n, OUT), 0);
assert.strictEqual(call.fd_filestat_set_times(made.fd, 1_000_000_000n, 2_000_000_000n, 1 | 4), 0);
assert.strictEqual(fs.statSync(path.join(inside, 'b.txt')).mtimeMs, 2000);
call.fd_close(made.fd);
assert.strictEqual(fs.readFileSync(path.join(inside, 'b.txt'), 'utf8'), 'wriwten');
assert.deepStrictEqual(open('b.txt', { oflags: 1 | 4, rights: WRITE }), { errno: 20 });
assert.deepStrictEqual(open('none'), { errno: 44 });

// Paths may not lead out, nor links.
for (const name of ['../outside.txt', 'out']) assert.ok(EACCES_OUTSIDE.includes(open(name).errno), name);
const linked = open('in');
assert.strictEqual(read(linked.fd), 'hello');
assert.strictEqual(call.path_readlink(3, PATH, put(PATH, 'out'), DATA, 100, OUT), 0);
assert.strictEqual(text(DATA, u32(OUT)), '../outside.txt');
assert.strictEqual(call.path_filestat_get(3, 0, PATH, put(PATH, 'in'), OUT), 0);
assert.strictEqual(view.getUint8(OUT + 16), 7);

// Folders.
assert.strictEqual(call.path_create_directory(3, PATH, put(PATH, 'new')), 0);
assert.strictEqual(call.path_rename(3, PATH, put(PATH, 'b.txt'), 3, OTHER, put(OTHER, 'new/c.txt')), 0);
assert.strictEqual(call.path_remove_directory(3, PATH, put(PATH, 'new')), 55);
assert.strictEqual(call.path_unlink_file(3, PATH, put(PATH, 'new/c.txt')), 0);
assert.strictEqual(call.path_remove_directory(3, PATH, put(PATH, 'new')), 0);
function names(size) {
  const found = [];
  for (let cookie = 0n; ;) {
    assert.strictEqual(call.fd_readdir(3, DATA, size, cookie, OUT), 0);
    const used = u32(OUT);
    for (let at = DATA; at + 24 <= DATA + used && at + 24 + u32(at + 16) <= DATA + used; at += 24 + u32(at + 16)) {
      found.push(text(at + 24, u32(at + 16)));
      cookie = u64(at);
    }
    if (used < size) return found.filter((name) => !/^\.\.?$/.test(name)).sort();
  }
}
assert.deepStrictEqual(names(4096), ['a.txt', 'in', 'out']);
assert.deepStrictEqual(names(64), ['a.txt', 'in', 'out']);

// Clocks, waiting, random numbers.
assert.strictEqual(call.clock_time_get(1, 0n, OUT), 0);
const began = u64(OUT);
bytes.fill(0, DATA, DATA + 48);
view.setBigUint64(DATA, 42n, true);
view.setUint32(DATA + 16, 1, true);
view.setBigUint64(DATA + 24, 20_000_000n, true);
assert.strictEqual(call.poll_oneoff(DATA, OTHER, 1, OUT), 0);
assert.deepStrictEqual([u32(OUT), u64(OTHER)], [1, 42n]);
call.clock_time_get(1, 0n, OUT);
assert.ok(u64(OUT) - began >= 19_000_000n);
bytes.fill(0, DATA, DATA + 32);
assert.strictEqual(call.random_get(DATA, 32), 0);
assert.ok(bytes.subarray(DATA, DATA + 32).some((byte) => byte !== 0));

// A program that leaves with a code: (module (import "wasi_snapshot_preview1" "proc_exit" …) (func (export "_start") i32.const 7 call 0))
const program = new WebAssembly.Module(Buffer.from(
  '0061736d010000000108026000006001' + '7f000224011677617369' + '5f736e617073686f745f7072657669657731' + '0970726f635f65786974' + '0001' +
  '03020100' + '05030100' + '01' + '0713020' + '6' + '6d656d6f72790200' + '065f7374617274' + '0001' + '0a0801060041071000' + '0b', 'hex'));
const other = new WASI({ version: 'preview1' });
const instance = new WebAssembly.Instance(program, other.getImportObject());
assert.strictEqual(other.start(instance), 7);
assert.throws(() => other.start(instance), { code: 'ERR_WASI_ALREADY_STARTED' });

assert.throws(() => new WASI({}), { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(() => new WASI({ version: 'x' }), { code: 'ERR_INVALID_ARG_VALUE' });
assert.throws(() => new WASI({ version: 'preview1' }).start({ exports: {} }), { code: 'ERR_INVALID_ARG_TYPE' });
