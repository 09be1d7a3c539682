//! What is known of a file or a file system, as lists of numbers that `internal/fs/stats` gives names to.

use crate::node::binder::Binder;
use std::ffi::CStr;
use std::os::fd::RawFd;

use super::arguments::{c_path, flag, int, path};
use super::{Arguments, Operation, Returned, check, last_errno, perform};
use crate::pool::{Outcome, Value};

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("stat", stat);
    to.function("lstat", lstat);
    to.function("fstat", fstat);
    to.function("statfs", statfs);
    to.function("access", access);
}

/// The kernel's full answer, with the time of birth.
fn statx(fd: RawFd, path: &CStr, flags: i32) -> Result<libc::statx, i32> {
    // SAFETY: an all-zero statx is valid, the path ends in NUL, and the call fills the answer.
    unsafe {
        let mut answer: libc::statx = std::mem::zeroed();
        let mask = libc::STATX_BASIC_STATS | libc::STATX_BTIME;
        match libc::statx(fd, path.as_ptr(), flags, mask, &raw mut answer) {
            0 => Ok(answer),
            _ => Err(last_errno()),
        }
    }
}

pub fn of_descriptor(fd: RawFd) -> Result<libc::statx, i32> {
    if fd < 0 {
        return Err(libc::EBADF);
    }
    statx(fd, c"", libc::AT_EMPTY_PATH)
}

pub fn of_path(path: &CStr) -> Result<libc::statx, i32> {
    statx(libc::AT_FDCWD, path, 0)
}

pub fn of_link(path: &CStr) -> Result<libc::statx, i32> {
    statx(libc::AT_FDCWD, path, libc::AT_SYMLINK_NOFOLLOW)
}

pub fn is_regular(stat: &libc::statx) -> bool {
    u32::from(stat.stx_mode) & libc::S_IFMT == libc::S_IFREG
}

pub fn is_folder(stat: &libc::statx) -> bool {
    u32::from(stat.stx_mode) & libc::S_IFMT == libc::S_IFDIR
}

pub fn file_size(stat: &libc::statx) -> u64 {
    stat.stx_size
}

/// dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, then seconds and nanoseconds of access, change of
/// content, change of state and birth.
fn numbers(stat: &libc::statx, big: bool) -> Value {
    let times = [stat.stx_atime, stat.stx_mtime, stat.stx_ctime, stat.stx_btime];
    let mut values = vec![
        libc::makedev(stat.stx_dev_major, stat.stx_dev_minor) as i64,
        i64::from(stat.stx_mode),
        i64::from(stat.stx_nlink),
        i64::from(stat.stx_uid),
        i64::from(stat.stx_gid),
        libc::makedev(stat.stx_rdev_major, stat.stx_rdev_minor) as i64,
        i64::from(stat.stx_blksize),
        stat.stx_ino as i64,
        stat.stx_size as i64,
        stat.stx_blocks as i64,
    ];
    values.extend(times.iter().flat_map(|time| [time.tv_sec, i64::from(time.tv_nsec)]));
    if big { Value::BigInts(values) } else { Value::Floats(values.into_iter().map(|value| value as f64).collect()) }
}

/// `stat(path, big, callback)` -> numbers
fn stat<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, big) = (path(scope, &args, 0), flag(&args, 1));
    let name = c_path(&path);
    perform(scope, &args, rv, 2, Operation::on_path("fs.statSync", &path), move || {
        of_path(&name?).map(|stat| numbers(&stat, big))
    });
}

/// `lstat(path, big, callback)` -> numbers
fn lstat<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, big) = (path(scope, &args, 0), flag(&args, 1));
    let name = c_path(&path);
    perform(scope, &args, rv, 2, Operation::on_path("fs.lstatSync", &path), move || {
        of_link(&name?).map(|stat| numbers(&stat, big))
    });
}

/// `fstat(fd, big, callback)` -> numbers
fn fstat<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, big) = (int(&args, 0), flag(&args, 1));
    perform(scope, &args, rv, 2, Operation::on_descriptor("fs.fstatSync", fd), move || {
        of_descriptor(fd).map(|stat| numbers(&stat, big))
    });
}

/// `statfs(path, big, callback)` -> type, bsize, frsize, blocks, bfree, bavail, files, ffree
fn statfs<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, big) = (path(scope, &args, 0), flag(&args, 1));
    let name = c_path(&path);
    perform(scope, &args, rv, 2, Operation::on_path("fs.statfsSync", &path), move || file_system(&name?, big));
}

fn file_system(path: &CStr, big: bool) -> Outcome {
    // SAFETY: an all-zero statfs is valid, the path ends in NUL, and the call fills the answer.
    let answer = unsafe {
        let mut answer: libc::statfs = std::mem::zeroed();
        check(libc::statfs(path.as_ptr(), &raw mut answer))?;
        answer
    };
    let values = [
        answer.f_type as i64,
        answer.f_bsize as i64,
        answer.f_frsize as i64,
        answer.f_blocks as i64,
        answer.f_bfree as i64,
        answer.f_bavail as i64,
        answer.f_files as i64,
        answer.f_ffree as i64,
    ];
    Ok(if big { Value::BigInts(values.to_vec()) } else { Value::Floats(values.map(|value| value as f64).to_vec()) })
}

/// `access(path, mode, callback)`
fn access<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, mode) = (path(scope, &args, 0), int(&args, 1));
    let name = c_path(&path);
    perform(scope, &args, rv, 2, Operation::on_path("fs.accessSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL.
        check(unsafe { libc::access(name.as_ptr(), mode) })
    });
}
