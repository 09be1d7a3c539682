//! Modes and owners of files.

use super::arguments::{c_path, int, path};
use super::{Arguments, Operation, Returned, check, perform};
use crate::node::binder::Binder;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("chmod", chmod);
    to.function("fchmod", fchmod);
    to.function("chown", chown);
    to.function("lchown", lchown);
    to.function("fchown", fchown);
}

/// `chmod(path, mode, callback)`
fn chmod<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, mode) = (path(scope, &args, 0), int(&args, 1));
    let name = c_path(&path);
    perform(scope, &args, rv, 2, Operation::on_path("fs.chmodSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL.
        check(unsafe { libc::chmod(name.as_ptr(), mode as libc::mode_t) })
    });
}

/// `fchmod(fd, mode, callback)`
fn fchmod<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, mode) = (int(&args, 0), int(&args, 1));
    perform(scope, &args, rv, 2, Operation::on_descriptor("fs.fchmodSync", fd), move || {
        // SAFETY: fchmod takes numbers.
        check(unsafe { libc::fchmod(fd, mode as libc::mode_t) })
    });
}

/// `chown(path, uid, gid, callback)`
fn chown<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, uid, gid) = (path(scope, &args, 0), int(&args, 1), int(&args, 2));
    let name = c_path(&path);
    perform(scope, &args, rv, 3, Operation::on_path("fs.chownSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL.
        check(unsafe { libc::chown(name.as_ptr(), uid as libc::uid_t, gid as libc::gid_t) })
    });
}

/// `lchown(path, uid, gid, callback)`
fn lchown<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, uid, gid) = (path(scope, &args, 0), int(&args, 1), int(&args, 2));
    let name = c_path(&path);
    perform(scope, &args, rv, 3, Operation::on_path("fs.lchownSync", &path), move || {
        let name = name?;
        // SAFETY: the path ends in NUL.
        check(unsafe { libc::lchown(name.as_ptr(), uid as libc::uid_t, gid as libc::gid_t) })
    });
}

/// `fchown(fd, uid, gid, callback)`
fn fchown<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (fd, uid, gid) = (int(&args, 0), int(&args, 1), int(&args, 2));
    perform(scope, &args, rv, 3, Operation::on_descriptor("fs.fchownSync", fd), move || {
        // SAFETY: fchown takes numbers.
        check(unsafe { libc::fchown(fd, uid as libc::uid_t, gid as libc::gid_t) })
    });
}
