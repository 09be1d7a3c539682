//! Folders: their entries at once or one by one, made and unmade.

use crate::node::binder::Binder;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{DirEntry, ReadDir};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::arguments::{Names, c_path, flag, int, names, path, size};
use super::link::path_value;
use super::{Arguments, Operation, Returned, done, errno_of, last_errno, perform};
use crate::pool::{Outcome, Value};

/// libuv's numbers for kinds of entries.
const UNKNOWN: i64 = 0;
const FILE: i64 = 1;
const FOLDER: i64 = 2;
const LINK: i64 = 3;
const FIFO: i64 = 4;
const SOCKET: i64 = 5;
const CHARACTERS: i64 = 6;
const BLOCKS: i64 = 7;

thread_local! {
    /// Folders opened by `opendir`, by number.
    static OPEN: RefCell<HashMap<u32, OpenFolder>> = RefCell::default();
}

struct OpenFolder {
    path: PathBuf,
    entries: Arc<Mutex<ReadDir>>,
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("readdir", readdir);
    to.function("opendir", opendir);
    to.function("adoptFolder", adopt_folder);
    to.function("readFolder", read_folder);
    to.function("closeFolder", close_folder);
    to.function("mkdir", mkdir);
    to.function("mkdtemp", mkdtemp);
    to.function("rmdir", rmdir);
}

fn kind(entry: &DirEntry) -> i64 {
    let Ok(kind) = entry.file_type() else { return UNKNOWN };
    match kind {
        kind if kind.is_file() => FILE,
        kind if kind.is_dir() => FOLDER,
        kind if kind.is_symlink() => LINK,
        kind if kind.is_fifo() => FIFO,
        kind if kind.is_socket() => SOCKET,
        kind if kind.is_char_device() => CHARACTERS,
        kind if kind.is_block_device() => BLOCKS,
        _ => UNKNOWN,
    }
}

/// `readdir(path, asBytes, withKinds, callback)` -> names in byte order, or `[names, kinds]`
fn readdir<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, names, with_kinds) = (path(scope, &args, 0), names(&args, 1), flag(&args, 2));
    let folder = path.clone();
    perform(scope, &args, rv, 3, Operation::on_path("fs.readdirSync", &path), move || {
        let mut entries = list(&folder)?;
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        let kinds = Value::List(entries.iter().map(|(_, kind)| Value::Int(*kind)).collect());
        let names = Value::List(entries.into_iter().map(|(name, _)| path_value(name.into(), names)).collect());
        Ok(if with_kinds { Value::List(vec![names, kinds]) } else { names })
    });
}

fn list(folder: &Path) -> Result<Vec<(std::ffi::OsString, i64)>, i32> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| errno_of(&error))? {
        let entry = entry.map_err(|error| errno_of(&error))?;
        entries.push((entry.file_name(), kind(&entry)));
    }
    Ok(entries)
}

/// Folders opened on the pool until `adoptFolder` gives them to the main thread; a thread of the pool has no other way
/// to hand one over.
static HANDED_OVER: Mutex<Vec<(u32, ReadDir)>> = Mutex::new(Vec::new());
static NEXT_FOLDER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

/// `opendir(path, callback)` -> number of a folder, to be adopted at once
fn opendir<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let path = path(scope, &args, 0);
    let folder = path.clone();
    perform(scope, &args, rv, 1, Operation::on_path("fs.opendirSync", &path), move || {
        let entries = std::fs::read_dir(folder).map_err(|error| errno_of(&error))?;
        let number = NEXT_FOLDER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        HANDED_OVER.lock().expect("nobody panics with the list").push((number, entries));
        Ok(Value::Int(i64::from(number)))
    });
}

/// `adoptFolder(number, path)`: the folder belongs to this thread from now on.
fn adopt_folder<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'s>) {
    let (number, path) = (int(&args, 0) as u32, path(scope, &args, 1));
    let mut waiting = HANDED_OVER.lock().expect("nobody panics with the list");
    if let Some(place) = waiting.iter().position(|(known, _)| *known == number) {
        let entries = Arc::new(Mutex::new(waiting.swap_remove(place).1));
        OPEN.with_borrow_mut(|open| open.insert(number, OpenFolder { path, entries }));
    }
}

/// `readFolder(number, asBytes, count, callback)` -> up to `count` entries as `[name, kind, …]`; empty at the end
fn read_folder<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (number, names, count) = (int(&args, 0) as u32, names(&args, 1), size(&args, 2));
    let found = OPEN.with_borrow(|open| open.get(&number).map(|folder| (folder.path.clone(), folder.entries.clone())));
    let (path, entries) = found.map_or((PathBuf::new(), None), |(path, entries)| (path, Some(entries)));
    let operation = Operation::on_path("fs.Dir.readSync", &path);
    perform(scope, &args, rv, 3, operation, move || {
        let entries = entries.ok_or(libc::EBADF)?;
        let mut entries = entries.lock().expect("nobody panics with the folder");
        next_entries(&mut entries, names, count)
    });
}

fn next_entries(entries: &mut ReadDir, names: Names, count: usize) -> Outcome {
    let mut values = Vec::new();
    for entry in entries.take(count) {
        let entry = entry.map_err(|error| errno_of(&error))?;
        values.push(path_value(entry.file_name().into(), names));
        values.push(Value::Int(kind(&entry)));
    }
    Ok(Value::List(values))
}

/// `closeFolder(number, callback)`
fn close_folder<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let number = int(&args, 0) as u32;
    let folder = OPEN.with_borrow_mut(|open| open.remove(&number));
    let path = folder.as_ref().map_or_else(PathBuf::new, |folder| folder.path.clone());
    let entries = folder.map(|folder| folder.entries);
    perform(scope, &args, rv, 1, Operation::on_path("fs.Dir.closeSync", &path), move || {
        drop(entries.ok_or(libc::EBADF)?);
        Ok(Value::Undefined)
    });
}

/// `mkdir(path, mode, recursive, asBytes, callback)` -> the first folder made, if recursive
fn mkdir<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (path, mode, recursive) = (path(scope, &args, 0), int(&args, 1) as u32, flag(&args, 2));
    let (folder, names) = (path.clone(), names(&args, 3));
    perform(scope, &args, rv, 4, Operation::on_path("fs.mkdirSync", &path), move || {
        if !recursive {
            return done(make(&folder, mode));
        }
        let first = make_all(&folder, mode)?;
        Ok(first.map_or(Value::Undefined, |first| path_value(first, names)))
    });
}

fn make(folder: &Path, mode: u32) -> std::io::Result<()> {
    std::fs::DirBuilder::new().mode(mode).create(folder)
}

/// Makes a folder and those above it that are missing; the result is the topmost that was made.
fn make_all(folder: &Path, mode: u32) -> Result<Option<PathBuf>, i32> {
    let mut missing = vec![folder];
    let mut first = None;
    while let Some(next) = missing.last().copied() {
        let Err(error) = make(next, mode) else {
            first.get_or_insert_with(|| next.to_path_buf());
            missing.pop();
            continue;
        };
        match errno_of(&error) {
            libc::ENOENT => match next.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                Some(parent) => missing.push(parent),
                None => return Err(libc::ENOENT),
            },
            errno @ (libc::EACCES | libc::ENOTDIR | libc::EPERM | libc::ENOSPC | libc::EROFS | libc::ENAMETOOLONG) => {
                return Err(errno);
            }
            errno => match std::fs::metadata(next) {
                Ok(stat) if stat.is_dir() => drop(missing.pop()),
                Ok(_) if errno == libc::EEXIST && missing.len() > 1 => return Err(libc::ENOTDIR),
                Ok(_) => return Err(errno),
                Err(error) => return Err(errno_of(&error)),
            },
        }
    }
    Ok(first)
}

/// `mkdtemp(prefix, asBytes, callback)` -> path
fn mkdtemp<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let (prefix, names) = (path(scope, &args, 0), names(&args, 1));
    let name = c_path(&prefix);
    perform(scope, &args, rv, 2, Operation::on_path("fs.mkdtempSync", &prefix), move || {
        let mut template = name?.into_bytes();
        template.extend_from_slice(b"XXXXXX\0");
        // SAFETY: the template ends in NUL and is written in place.
        if unsafe { libc::mkdtemp(template.as_mut_ptr().cast()) }.is_null() {
            return Err(last_errno());
        }
        template.pop();
        Ok(path_value(std::ffi::OsString::from_vec(template).into(), names))
    });
}

/// `rmdir(path, callback)`
fn rmdir<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, rv: Returned<'s>) {
    let path = path(scope, &args, 0);
    let folder = path.clone();
    perform(scope, &args, rv, 1, Operation::on_path("fs.rmdirSync", &path), move || done(std::fs::remove_dir(folder)));
}
