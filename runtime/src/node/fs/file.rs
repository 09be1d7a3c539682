//! Open files: open, close, read, write and what goes by descriptor.

use super::arguments::{c_path, int, path, position, size};
use super::memory::Memory;
use super::{Arguments, Operation, Returned, check, last_errno, perform, retry};
use crate::node::binder::Binder;
use crate::pool::{Outcome, Value};

/// Most bytes that one read or write moves, as Linux has it.
const TRANSFER_BYTES_MAX: usize = 0x7fff_f000;
/// Most views in one gathering read or write, as Linux has it.
const VECTORS_MAX: usize = 1024;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("open", open);
    to.function("close", close);
    to.function("read", read);
    to.function("readv", readv);
    to.function("write", write);
    to.function("writev", writev);
    to.function("fsync", fsync);
    to.function("fdatasync", fdatasync);
    to.function("ftruncate", ftruncate);
}

/// `open(path, flags, mode, callback)` -> descriptor
fn open<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let path = path(scope, &args, 0);
    let (flags, mode) = (int(&args, 1), int(&args, 2));
    let operation = Operation::on_path("fs.openSync", &path);
    let name = c_path(&path);
    perform(scope, &args, rv, 3, operation, move || open_file(&name?, flags, mode).map(|fd| Value::Int(i64::from(fd))));
}

pub fn open_file(path: &std::ffi::CStr, flags: i32, mode: i32) -> Result<i32, i32> {
    // SAFETY: the path ends in NUL.
    retry(|| unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode as libc::mode_t) } as isize)
        .map(|fd| fd as i32)
}

pub fn close_file(fd: i32) -> Outcome {
    // SAFETY: close takes a number; after an interruption the descriptor is closed all the same.
    match unsafe { libc::close(fd) } {
        0 => Ok(Value::Undefined),
        _ => match last_errno() {
            libc::EINTR | libc::EINPROGRESS => Ok(Value::Undefined),
            errno => Err(errno),
        },
    }
}

/// `close(fd, callback)`
fn close<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let fd = int(&args, 0);
    perform(scope, &args, rv, 1, Operation::on_descriptor("fs.closeSync", fd), move || close_file(fd));
}

fn count(result: Result<isize, i32>) -> Outcome {
    result.map(|count| Value::Int(count as i64))
}

/// Reads into `memory` once, at `position` or where the file is.
pub fn read_some(fd: i32, memory: libc::iovec, position: Option<i64>) -> Result<isize, i32> {
    let length = memory.iov_len.min(TRANSFER_BYTES_MAX);
    // SAFETY: the memory is live and as long as it says.
    retry(|| unsafe {
        match position {
            Some(position) => libc::pread64(fd, memory.iov_base, length, position),
            None => libc::read(fd, memory.iov_base, length),
        }
    })
}

/// Writes from `memory` once, at `position` or where the file is.
pub fn write_some(fd: i32, memory: libc::iovec, position: Option<i64>) -> Result<isize, i32> {
    let length = memory.iov_len.min(TRANSFER_BYTES_MAX);
    // SAFETY: the memory is live and as long as it says.
    crate::profile::status::before_output(fd, unsafe { std::slice::from_raw_parts(memory.iov_base.cast(), length) });
    // SAFETY: as above.
    retry(|| unsafe {
        match position {
            Some(position) => libc::pwrite64(fd, memory.iov_base, length, position),
            None => libc::write(fd, memory.iov_base, length),
        }
    })
}

/// `read(fd, view, offset, length, position, callback)` -> bytes read
fn read<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, position) = (int(&args, 0), position(&args, 4));
    let memory = Memory::of(scope, args.get(1), size(&args, 2), size(&args, 3));
    perform(scope, &args, rv, 5, Operation::on_descriptor("fs.readSync", fd), move || {
        count(read_some(fd, memory.io_vec(), position))
    });
}

/// `write(fd, view, offset, length, position, callback)` -> bytes written
fn write<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, position) = (int(&args, 0), position(&args, 4));
    let memory = Memory::of(scope, args.get(1), size(&args, 2), size(&args, 3));
    perform(scope, &args, rv, 5, Operation::on_descriptor("fs.writeSync", fd), move || {
        count(write_some(fd, memory.io_vec(), position))
    });
}

fn views(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<Memory> {
    let Ok(array) = v8::Local::<v8::Array>::try_from(value) else { return Vec::new() };
    let mut memories = Vec::with_capacity(array.length() as usize);
    for index in 0..array.length() {
        if let Some(item) = array.get_index(scope, index) {
            memories.push(Memory::whole(scope, item));
        }
    }
    memories
}

/// Moves bytes between `memories` and the file by batches of vectors until one comes back short.
fn transfer(
    fd: i32,
    memories: &[Memory],
    position: Option<i64>,
    call: impl Fn(i32, &[libc::iovec], Option<i64>) -> isize,
) -> Outcome {
    let mut moved: isize = 0;
    for batch in memories.chunks(VECTORS_MAX) {
        let vectors: Vec<_> = batch.iter().map(Memory::io_vec).collect();
        let wanted: usize = batch.iter().map(Memory::length).sum();
        let at = position.map(|position| position + moved as i64);
        match retry(|| call(fd, &vectors, at)) {
            Ok(step) => {
                moved += step;
                if (step as usize) < wanted {
                    break;
                }
            }
            Err(_) if moved > 0 => break,
            Err(errno) => return Err(errno),
        }
    }
    count(Ok(moved))
}

/// `readv(fd, views, position, callback)` -> bytes read
fn readv<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, position) = (int(&args, 0), position(&args, 2));
    let memories = views(scope, args.get(1));
    perform(scope, &args, rv, 3, Operation::on_descriptor("fs.readvSync", fd), move || {
        // SAFETY: the vectors point to live memories of their lengths.
        transfer(fd, &memories, position, |fd, vectors, position| unsafe {
            match position {
                Some(position) => libc::preadv64(fd, vectors.as_ptr(), vectors.len() as i32, position),
                None => libc::readv(fd, vectors.as_ptr(), vectors.len() as i32),
            }
        })
    });
}

/// `writev(fd, views, position, callback)` -> bytes written
fn writev<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, position) = (int(&args, 0), position(&args, 2));
    let memories = views(scope, args.get(1));
    perform(scope, &args, rv, 3, Operation::on_descriptor("fs.writevSync", fd), move || {
        // SAFETY: the vectors point to live memories of their lengths.
        transfer(fd, &memories, position, |fd, vectors, position| unsafe {
            match position {
                Some(position) => libc::pwritev64(fd, vectors.as_ptr(), vectors.len() as i32, position),
                None => libc::writev(fd, vectors.as_ptr(), vectors.len() as i32),
            }
        })
    });
}

/// `fsync(fd, callback)`
fn fsync<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let fd = int(&args, 0);
    // SAFETY: fsync takes a number.
    perform(scope, &args, rv, 1, Operation::on_descriptor("fs.fsyncSync", fd), move || {
        check(unsafe { libc::fsync(fd) })
    });
}

/// `fdatasync(fd, callback)`
fn fdatasync<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let fd = int(&args, 0);
    let operation = Operation::on_descriptor("fs.fdatasyncSync", fd);
    // SAFETY: fdatasync takes a number.
    perform(scope, &args, rv, 1, operation, move || check(unsafe { libc::fdatasync(fd) }));
}

/// `ftruncate(fd, length, callback)`
fn ftruncate<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, length) = (int(&args, 0), super::arguments::float(&args, 1) as i64);
    let operation = Operation::on_descriptor("fs.ftruncateSync", fd);
    // SAFETY: ftruncate takes numbers.
    perform(scope, &args, rv, 2, operation, move || check(unsafe { libc::ftruncate64(fd, length) }));
}
