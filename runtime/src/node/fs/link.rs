//! Names of files: rename, link, unlink, symbolic links, the real path.

use crate::node::binder::Binder;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::arguments::{Names, names, path};
use super::{Arguments, Operation, Returned, done, errno_of, perform};
use crate::pool::{Outcome, Value};

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("rename", rename);
    to.function("link", link);
    to.function("symlink", symlink);
    to.function("unlink", unlink);
    to.function("readlink", readlink);
    to.function("realpath", realpath);
}

/// A path as the caller wants names.
pub fn path_value(path: PathBuf, names: Names) -> Value {
    let bytes = path.into_os_string().into_vec();
    match names {
        Names::Bytes => Value::Bytes(bytes),
        Names::Text => Value::Text(bytes),
    }
}

/// `rename(from, to, callback)`
fn rename<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (from, to) = (path(scope, &args, 0), path(scope, &args, 1));
    let source = from.clone();
    perform(scope, &args, rv, 2, Operation::on_path("fs.renameSync", &from), move || done(std::fs::rename(source, to)));
}

/// `link(existing, new, callback)`
fn link<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (existing, new) = (path(scope, &args, 0), path(scope, &args, 1));
    let source = existing.clone();
    let operation = Operation::on_path("fs.linkSync", &existing);
    perform(scope, &args, rv, 2, operation, move || done(std::fs::hard_link(source, new)));
}

/// `symlink(target, path, callback)`
fn symlink<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (target, place) = (path(scope, &args, 0), path(scope, &args, 1));
    let link = place.clone();
    let operation = Operation::on_path("fs.symlinkSync", &place);
    perform(scope, &args, rv, 2, operation, move || done(std::os::unix::fs::symlink(target, link)));
}

/// `unlink(path, callback)`
fn unlink<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let path = path(scope, &args, 0);
    let file = path.clone();
    perform(scope, &args, rv, 1, Operation::on_path("fs.unlinkSync", &path), move || done(std::fs::remove_file(file)));
}

fn path_outcome(result: std::io::Result<PathBuf>, names: Names) -> Outcome {
    result.map(|path| path_value(path, names)).map_err(|error| errno_of(&error))
}

/// `readlink(path, asBytes, callback)` -> path
fn readlink<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, names) = (path(scope, &args, 0), names(&args, 1));
    let link = path.clone();
    perform(scope, &args, rv, 2, Operation::on_path("fs.readlinkSync", &path), move || {
        path_outcome(std::fs::read_link(link), names)
    });
}

/// `realpath(path, asBytes, callback)` -> path
fn realpath<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, names) = (path(scope, &args, 0), names(&args, 1));
    let file = path.clone();
    perform(scope, &args, rv, 2, Operation::on_path("fs.realpathSync", &path), move || {
        path_outcome(std::fs::canonicalize(file), names)
    });
}
