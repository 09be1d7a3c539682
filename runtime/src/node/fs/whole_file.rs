//! Whole files read or written in one trip to the pool.

use crate::node::binder::Binder;
use std::ffi::CString;

use super::arguments::{c_path, flag, int, path};
use super::file::{close_file, open_file, read_some, write_some};
use super::memory::Memory;
use super::stat::{file_size, is_regular};
use super::{Arguments, On, Operation, Returned, Stage, last_errno, perform};
use crate::pool::{Outcome, Value};

/// A larger file is read by pieces, so that it holds no thread of the pool for long: JavaScript goes on by descriptor.
const ONE_TRIP_BYTES_MAX: u64 = 512 * 1024;
/// The largest file that is read whole.
const WHOLE_FILE_BYTES_MAX: u64 = (1 << 31) - 1;
/// What is read at once from a file that has no size of its own.
const PIECE_BYTES: usize = 64 * 1024;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("readFile", read_file);
    to.function("writeFile", write_file);
}

/// A file to open, or one that is open and stays so.
enum Source {
    Path(CString, i32, i32),
    Open(i32),
}

/// An open file, closed when dropped if it was opened here.
struct Opened {
    fd: i32,
    ours: bool,
}

impl Source {
    fn open(&self) -> Result<Opened, i32> {
        match self {
            Source::Path(path, flags, mode) => Ok(Opened { fd: open_file(path, *flags, *mode)?, ours: true }),
            Source::Open(fd) => Ok(Opened { fd: *fd, ours: false }),
        }
    }
}

impl Opened {
    /// Gives the descriptor away, open.
    fn keep(mut self) -> i32 {
        self.ours = false;
        self.fd
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if self.ours {
            let _ = close_file(self.fd);
        }
    }
}

/// `readFile(path | fd, flags, asText, callback)` -> bytes or text; the size of a file that is too large; on the pool,
/// `[descriptor, size]` for one to be read by pieces.
fn read_file<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let text = flag(&args, 2);
    let in_one_trip_max = if args.get(3).is_function() { ONE_TRIP_BYTES_MAX } else { WHOLE_FILE_BYTES_MAX };
    let name;
    let (source, on) = if args.get(0).is_number() {
        let fd = int(&args, 0);
        (Ok(Source::Open(fd)), On::Descriptor(fd))
    } else {
        name = path(scope, &args, 0);
        (c_path(&name).map(|path| Source::Path(path, int(&args, 1), 0o666)), On::Path(&name))
    };
    let operation = Operation { name: "fs.readFileSync", on };
    perform(scope, &args, rv, 3, operation, move || read_whole(&source?, text, in_one_trip_max));
}

fn read_whole(source: &Source, text: bool, in_one_trip_max: u64) -> Outcome {
    let file = source.open()?;
    let stat = super::stat::of_descriptor(file.fd).map_err(|errno| Stage::Stat.failed(errno))?;
    let size = if is_regular(&stat) { file_size(&stat) } else { 0 };
    if size > WHOLE_FILE_BYTES_MAX {
        return Ok(Value::Int(size as i64));
    }
    if size > in_one_trip_max {
        return Ok(Value::List(vec![Value::Int(i64::from(file.keep())), Value::Int(size as i64)]));
    }
    let bytes = read_to_end(file.fd, size as usize).map_err(|errno| Stage::Transfer.failed(errno))?;
    Ok(if text { Value::Text(bytes) } else { Value::Bytes(bytes) })
}

/// Reads `size` bytes, or all there is where no size is known.
fn read_to_end(fd: i32, size: usize) -> Result<Vec<u8>, i32> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let wanted = if size > 0 { size - bytes.len() } else { PIECE_BYTES };
        if wanted == 0 {
            return Ok(bytes);
        }
        bytes.try_reserve_exact(wanted).map_err(|_| libc::ENOMEM)?;
        let spare = bytes.spare_capacity_mut();
        let memory = libc::iovec { iov_base: spare.as_mut_ptr().cast(), iov_len: wanted.min(spare.len()) };
        let read = read_some(fd, memory, None)? as usize;
        if read == 0 {
            return Ok(bytes);
        }
        // SAFETY: the kernel has filled `read` bytes of the spare capacity.
        unsafe { bytes.set_len(bytes.len() + read) };
    }
}

/// `writeFile(path | fd, view | string, flags, mode, flush, callback)`
fn write_file<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let flush = flag(&args, 4);
    let name;
    let (target, on) = if args.get(0).is_number() {
        let fd = int(&args, 0);
        (Ok(Source::Open(fd)), On::Descriptor(fd))
    } else {
        name = path(scope, &args, 0);
        (c_path(&name).map(|path| Source::Path(path, int(&args, 2), int(&args, 3))), On::Path(&name))
    };
    let operation = Operation { name: "fs.writeFileSync", on };
    if args.get(1).is_string() {
        let text = args.get(1).to_rust_string_lossy(scope);
        perform(scope, &args, rv, 5, operation, move || {
            let bytes = libc::iovec { iov_base: text.as_ptr().cast_mut().cast(), iov_len: text.len() };
            write_whole(&target?, bytes, flush)
        });
    } else {
        let memory = Memory::whole(scope, args.get(1));
        perform(scope, &args, rv, 5, operation, move || write_whole(&target?, memory.io_vec(), flush));
    }
}

fn write_whole(target: &Source, mut bytes: libc::iovec, flush: bool) -> Outcome {
    let mut file = target.open()?;
    while bytes.iov_len > 0 {
        let written = write_some(file.fd, bytes, None).map_err(|errno| Stage::Transfer.failed(errno))? as usize;
        bytes.iov_len -= written;
        // SAFETY: at most as many bytes were written as there were.
        bytes.iov_base = unsafe { bytes.iov_base.cast::<u8>().add(written) }.cast();
    }
    // SAFETY: fsync takes a number.
    if flush && unsafe { libc::fsync(file.fd) } != 0 {
        return Err(Stage::Sync.failed(last_errno()));
    }
    if std::mem::replace(&mut file.ours, false) {
        close_file(file.fd).map_err(|errno| Stage::Close.failed(errno))?;
    }
    Ok(Value::Undefined)
}
