//! Times of files.

use super::arguments::{c_path, float, int, path};
use super::{Arguments, Operation, Returned, check, perform};
use crate::node::binder::Binder;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("utimes", utimes);
    to.function("lutimes", lutimes);
    to.function("futimes", futimes);
}

/// Seconds since the epoch, possibly before it, as the kernel has them. Microseconds are what a number of seconds holds.
fn time_spec(seconds: f64) -> libc::timespec {
    let whole = seconds.floor();
    let micros = ((seconds - whole) * 1e6).round();
    match micros as i64 {
        1_000_000 => libc::timespec { tv_sec: whole as i64 + 1, tv_nsec: 0 },
        micros => libc::timespec { tv_sec: whole as i64, tv_nsec: micros * 1000 },
    }
}

/// Arguments 1 and 2: times of access and of change.
fn times(args: &Arguments<'_>) -> [libc::timespec; 2] {
    [time_spec(float(args, 1)), time_spec(float(args, 2))]
}

/// `utimes(path, atime, mtime, callback)`
fn utimes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, times) = (path(scope, &args, 0), times(&args));
    let name = c_path(&path);
    perform(scope, &args, rv, 3, Operation::on_path("fs.utimesSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL and the two times are live.
        check(unsafe { libc::utimensat(libc::AT_FDCWD, name.as_ptr(), times.as_ptr(), 0) })
    });
}

/// `lutimes(path, atime, mtime, callback)`
fn lutimes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, times) = (path(scope, &args, 0), times(&args));
    let name = c_path(&path);
    perform(scope, &args, rv, 3, Operation::on_path("fs.lutimesSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL and the two times are live.
        check(unsafe { libc::utimensat(libc::AT_FDCWD, name.as_ptr(), times.as_ptr(), libc::AT_SYMLINK_NOFOLLOW) })
    });
}

/// `futimes(fd, atime, mtime, callback)`
fn futimes<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, times) = (int(&args, 0), times(&args));
    perform(scope, &args, rv, 3, Operation::on_descriptor("fs.futimesSync", fd), move || {
        // SAFETY: the two times are live.
        check(unsafe { libc::futimens(fd, times.as_ptr()) })
    });
}
