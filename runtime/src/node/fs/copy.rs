//! Copies of files, by the kernel where it can.

use crate::node::binder::Binder;
use std::path::Path;

use super::arguments::{c_path, int, path};
use super::file::{close_file, open_file};
use super::stat::{file_size, of_descriptor};
use super::{Arguments, Operation, Returned, last_errno, perform};
use crate::pool::{Outcome, Value};

/// `fs.constants.COPYFILE_*`.
pub const EXCLUSIVE: i32 = 1;
pub const CLONE: i32 = 2;
pub const CLONE_OR_FAIL: i32 = 4;

/// Most bytes that one call copies.
const STEP_BYTES_MAX: usize = 0x7fff_f000;
/// The buffer of a copy that the kernel cannot make.
const BUFFER_BYTES: usize = 128 * 1024;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("copyFile", copy_file);
}

/// `copyFile(from, to, mode, callback)`
fn copy_file<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (from, to, mode) = (path(scope, &args, 0), path(scope, &args, 1), int(&args, 2));
    let source = from.clone();
    perform(scope, &args, rv, 3, Operation::on_path("fs.copyFileSync", &from), move || copy(&source, &to, mode));
}

/// A descriptor of ours, closed when dropped.
struct Descriptor(i32);

impl Drop for Descriptor {
    fn drop(&mut self) {
        let _ = close_file(self.0);
    }
}

fn copy(from: &Path, to: &Path, mode: i32) -> Outcome {
    let source = Descriptor(open_file(&c_path(from)?, libc::O_RDONLY, 0)?);
    let stat = of_descriptor(source.0)?;
    let exclusive = if mode & EXCLUSIVE != 0 { libc::O_EXCL } else { 0 };
    let name = c_path(to)?;
    let permissions = i32::from(stat.stx_mode) & 0o7777;
    let target = Descriptor(open_file(&name, libc::O_WRONLY | libc::O_CREAT | exclusive, permissions)?);
    let found = of_descriptor(target.0)?;
    let same = (found.stx_dev_major, found.stx_dev_minor, found.stx_ino)
        == (stat.stx_dev_major, stat.stx_dev_minor, stat.stx_ino);
    if same {
        return Ok(Value::Undefined);
    }
    // SAFETY: these calls take descriptors and numbers.
    unsafe {
        if libc::ftruncate(target.0, 0) != 0 {
            // Devices and pipes have no length to cut.
            match last_errno() {
                libc::EINVAL => {}
                errno => return Err(errno),
            }
        }
        // A file system without modes refuses this; the copy is good all the same.
        libc::fchmod(target.0, permissions as libc::mode_t);
    }
    copy_content(&source, &target, file_size(&stat), mode)
}

fn copy_content(source: &Descriptor, target: &Descriptor, size: u64, mode: i32) -> Outcome {
    if mode & (CLONE | CLONE_OR_FAIL) != 0 {
        // SAFETY: the call takes descriptors.
        if unsafe { libc::ioctl(target.0, libc::FICLONE, source.0) } == 0 {
            return Ok(Value::Undefined);
        }
        if mode & CLONE_OR_FAIL != 0 {
            return Err(last_errno());
        }
    }
    let mut left = size as usize;
    while left > 0 {
        let step = left.min(STEP_BYTES_MAX);
        let (none_in, none_out) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: the descriptors are open, and no offsets are given.
        let copied = unsafe { libc::copy_file_range(source.0, none_in, target.0, none_out, step, 0) };
        match copied {
            1.. => left = left.saturating_sub(copied as usize),
            0 => break,
            _ => match last_errno() {
                libc::EINTR => {}
                // Across file systems, or where one side is no plain file.
                libc::EXDEV
                | libc::EINVAL
                | libc::ENOSYS
                | libc::EOPNOTSUPP
                | libc::EPERM
                | libc::EBADF
                | libc::ETXTBSY => break,
                errno => return Err(errno),
            },
        }
    }
    copy_rest(source, target)
}

/// Copies what is left, from where both files are, through a buffer.
fn copy_rest(source: &Descriptor, target: &Descriptor) -> Outcome {
    let mut buffer = vec![0_u8; BUFFER_BYTES];
    loop {
        let memory = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        let read = super::file::read_some(source.0, memory, None)? as usize;
        if read == 0 {
            return Ok(Value::Undefined);
        }
        let mut written = 0;
        while written < read {
            let rest = &mut buffer[written..read];
            let memory = libc::iovec { iov_base: rest.as_mut_ptr().cast(), iov_len: rest.len() };
            written += super::file::write_some(target.0, memory, None)? as usize;
        }
    }
}
