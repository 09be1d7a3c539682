//! Watching files and folders by inotify: one queue of the kernel for all watchers of the loop.
//!
//! Contract: each event enters JavaScript through the doorway as kind `watch` with the watched path as the resource. A
//! watch of the kernel is shared by all watchers of the same file and ends with the last of them.

use crate::node::binder::Binder;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use mio::Interest;
use mio::unix::SourceFd;
use rondo_protocol::CallbackKind;

use super::arguments::{c_path, flag, int, path};
use super::{Arguments, Returned, last_errno, retry, set_status};
use crate::core::core;
use crate::doorway::{self, Entry};
use crate::event_loop::WATCHES;
use crate::pool::{Value, value_to_js};
use crate::records::Cause;

/// What is asked of the kernel.
const INTERESTS: u32 = libc::IN_ATTRIB
    | libc::IN_CREATE
    | libc::IN_MODIFY
    | libc::IN_DELETE
    | libc::IN_DELETE_SELF
    | libc::IN_MOVE_SELF
    | libc::IN_MOVED_FROM
    | libc::IN_MOVED_TO;
/// Those that are changes; all others are renames.
const CHANGES: u32 = libc::IN_ATTRIB | libc::IN_MODIFY;
/// Room for events in one read; the kernel keeps the rest.
const BUFFER_BYTES: usize = 64 * 1024;
/// The fixed part of an event: descriptor, mask, cookie, length of the name.
const HEADER_BYTES: usize = 16;

struct Watcher {
    descriptor: i32,
    path: PathBuf,
    callback: v8::Global<v8::Function>,
    refed: bool,
    task: u64,
    cause: Cause,
}

#[derive(Default)]
struct Watchers {
    by_number: BTreeMap<u32, Watcher>,
    next_number: u32,
    /// How many watchers share a watch of the kernel.
    shares: HashMap<i32, usize>,
}

thread_local! {
    /// The kernel's queue, -1 until something is watched.
    static QUEUE: Cell<i32> = const { Cell::new(-1) };
    static WATCHERS: RefCell<Watchers> = RefCell::default();
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("watch", watch);
    to.function("closeWatch", close_watch);
    to.function("refWatch", ref_watch);
}

fn queue() -> Result<i32, i32> {
    if QUEUE.get() >= 0 {
        return Ok(QUEUE.get());
    }
    // SAFETY: the call takes flags only.
    let fd = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
    if fd < 0 {
        return Err(last_errno());
    }
    let registered = core()
        .event_loop
        .registry()
        .and_then(|registry| registry.register(&mut SourceFd(&fd), WATCHES, Interest::READABLE));
    if let Err(error) = registered {
        let _ = super::file::close_file(fd);
        return Err(super::errno_of(&error));
    }
    QUEUE.set(fd);
    Ok(fd)
}

fn add(path: &Path) -> Result<i32, i32> {
    let name = c_path(path)?;
    let queue = queue()?;
    // SAFETY: the path ends in NUL.
    match unsafe { libc::inotify_add_watch(queue, name.as_ptr(), INTERESTS) } {
        descriptor @ 0.. => Ok(descriptor),
        _ => Err(last_errno()),
    }
}

/// `watch(path, keepsAlive, callback(isRename, name))` -> the watcher's number
fn watch<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'s>) {
    let (path, refed) = (path(scope, &args, 0), flag(&args, 1));
    let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(2)) else { return };
    let descriptor = match add(&path) {
        Ok(descriptor) => descriptor,
        Err(errno) => return set_status(-errno),
    };
    set_status(0);
    let callback = v8::Global::new(scope, callback);
    let (task, cause) = (core().new_task(), core().doorway.cause());
    let number = WATCHERS.with_borrow_mut(|watchers| {
        watchers.next_number += 1;
        *watchers.shares.entry(descriptor).or_default() += 1;
        let watcher = Watcher { descriptor, path, callback, refed, task, cause };
        watchers.by_number.insert(watchers.next_number, watcher);
        watchers.next_number
    });
    count_reference(refed, 1);
    rv.set_uint32(number);
}

fn count_reference(refed: bool, by: isize) {
    if refed {
        let references = &core().event_loop.references;
        references.set(references.get().wrapping_add_signed(by));
    }
}

/// What is watched, and whether that keeps the process.
pub fn describe() -> Vec<(String, bool)> {
    let shown = |watcher: &Watcher| (watcher.path.display().to_string(), watcher.refed);
    WATCHERS.with_borrow(|watchers| watchers.by_number.values().map(shown).collect())
}

/// `closeWatch(number)`
fn close_watch<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'s>) {
    let number = int(&args, 0) as u32;
    WATCHERS.with_borrow_mut(|watchers| {
        let Some(watcher) = watchers.by_number.remove(&number) else { return };
        count_reference(watcher.refed, -1);
        let shares = watchers.shares.get_mut(&watcher.descriptor).expect("a watcher has a share of its watch");
        *shares -= 1;
        if *shares == 0 {
            watchers.shares.remove(&watcher.descriptor);
            // SAFETY: the call takes numbers; a watch that the kernel has ended already is no matter.
            unsafe { libc::inotify_rm_watch(QUEUE.get(), watcher.descriptor) };
        }
    });
}

/// `refWatch(number, keepsAlive)`
fn ref_watch<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'s>) {
    let (number, refed) = (int(&args, 0) as u32, flag(&args, 1));
    WATCHERS.with_borrow_mut(|watchers| {
        let Some(watcher) = watchers.by_number.get_mut(&number) else { return };
        if watcher.refed != refed {
            watcher.refed = refed;
            count_reference(true, if refed { 1 } else { -1 });
        }
    });
}

struct Event {
    descriptor: i32,
    mask: u32,
    name: Vec<u8>,
}

/// The events in what was read.
fn parse(mut bytes: &[u8]) -> Vec<Event> {
    let word =
        |bytes: &[u8], at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes were taken"));
    let mut events = Vec::new();
    while bytes.len() >= HEADER_BYTES {
        let end = HEADER_BYTES + word(bytes, 12) as usize;
        let padded = &bytes[HEADER_BYTES..end.min(bytes.len())];
        let name = padded.iter().take_while(|byte| **byte != 0).copied().collect();
        events.push(Event { descriptor: word(bytes, 0) as i32, mask: word(bytes, 4), name });
        bytes = &bytes[end.min(bytes.len())..];
    }
    events
}

/// Tells the watchers what happened, until the kernel's queue is empty.
pub fn run_pending(scope: &mut v8::PinScope<'_, '_>) {
    let mut buffer = vec![0_u8; BUFFER_BYTES];
    loop {
        // SAFETY: the buffer is as long as it says.
        let read = retry(|| unsafe { libc::read(QUEUE.get(), buffer.as_mut_ptr().cast(), buffer.len()) });
        let Ok(length @ 1..) = read else { return };
        for event in parse(&buffer[..length as usize]) {
            tell(scope, &event);
        }
    }
}

fn tell(scope: &mut v8::PinScope<'_, '_>, event: &Event) {
    let numbers: Vec<u32> = WATCHERS.with_borrow(|watchers| {
        let concerned = watchers.by_number.iter().filter(|(_, watcher)| watcher.descriptor == event.descriptor);
        concerned.map(|(number, _)| *number).collect()
    });
    for number in numbers {
        v8::scope!(let scope, scope);
        // An earlier callback may have closed this one.
        let found = WATCHERS.with_borrow(|watchers| {
            let watcher = watchers.by_number.get(&number)?;
            let callback = v8::Local::new(scope, &watcher.callback);
            let mut entry = Entry::new(CallbackKind::Watch, watcher.task, watcher.cause);
            entry.resource = Some(watcher.path.to_string_lossy().into());
            Some((callback, entry))
        });
        let Some((callback, entry)) = found else { continue };
        let is_rename = v8::Boolean::new(scope, event.mask & !CHANGES != 0).into();
        // An event of the watched file or folder itself has no name.
        let name = if event.name.is_empty() { Value::Undefined } else { Value::Bytes(event.name.clone()) };
        let name = value_to_js(scope, name);
        let receiver = v8::undefined(scope).into();
        doorway::enter(scope, entry, callback, receiver, &[is_rename, name]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_cut_at_their_lengths() {
        let mut bytes = Vec::new();
        for (descriptor, name) in [(1_u32, &b"a\0\0\0"[..]), (2, b"")] {
            for word in [descriptor, libc::IN_MODIFY, 0, name.len() as u32] {
                bytes.extend(word.to_ne_bytes());
            }
            bytes.extend(name);
        }
        let events = parse(&bytes);
        let seen: Vec<_> = events.iter().map(|event| (event.descriptor, event.name.as_slice())).collect();
        assert_eq!(seen, [(1, &b"a"[..]), (2, b"")]);
    }
}
