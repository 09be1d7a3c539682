//! Signals: the handler writes the number into a pipe, the loop reads it and tells `process`.

use crate::node::binder::Binder;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicI32, Ordering};

use mio::Interest;
use mio::unix::SourceFd;
use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::event_loop::SIGNALS;

/// The pipe's writing end, -1 until a signal is watched.
static WRITER: AtomicI32 = AtomicI32::new(-1);

thread_local! {
    static READER: std::cell::RefCell<Option<std::io::PipeReader>> = const { std::cell::RefCell::new(None) };
}

extern "C" fn note(signal: libc::c_int) {
    let byte = signal as u8;
    // SAFETY: write is async-signal-safe, and one byte into a non-blocking pipe cannot be torn.
    unsafe { libc::write(WRITER.load(Ordering::Relaxed), (&raw const byte).cast(), 1) };
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("start", start);
    to.function("stop", stop);
}

fn open_pipe() -> std::io::Result<()> {
    let (reader, writer) = std::io::pipe()?;
    for fd in [reader.as_raw_fd(), writer.as_raw_fd()] {
        // SAFETY: both descriptors are open and ours.
        unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) };
    }
    core().event_loop.registry()?.register(&mut SourceFd(&reader.as_raw_fd()), SIGNALS, Interest::READABLE)?;
    WRITER.store(writer.as_raw_fd(), Ordering::Relaxed);
    std::mem::forget(writer);
    READER.set(Some(reader));
    Ok(())
}

fn signal_argument(args: &v8::FunctionCallbackArguments) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(0)).map_or(0, |number| number.value() as i32)
}

/// `start(signal)` -> 0 or a negative errno
fn start(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    if WRITER.load(Ordering::Relaxed) < 0
        && let Err(error) = open_pipe()
    {
        return rv.set_int32(-error.raw_os_error().unwrap_or(libc::EIO));
    }
    // SAFETY: the handler only writes to the pipe.
    let previous = unsafe { libc::signal(signal_argument(&args), note as *const () as libc::sighandler_t) };
    rv.set_int32(if previous == libc::SIG_ERR { -libc::EINVAL } else { 0 });
}

extern "C" fn note_debugger(signal: libc::c_int) {
    crate::inspection::want();
    note(signal);
}

/// SIGUSR1 starts the inspector until the program takes the signal for itself.
pub fn watch_for_debugger() -> std::io::Result<()> {
    if WRITER.load(Ordering::Relaxed) < 0 {
        open_pipe()?;
    }
    // SAFETY: the handler stores a flag and writes to the pipe, both safe in a handler.
    unsafe { libc::signal(libc::SIGUSR1, note_debugger as *const () as libc::sighandler_t) };
    Ok(())
}

extern "C" fn note_end(signal: libc::c_int) {
    crate::profile::want_end(signal);
    note(signal);
}

/// The signals by which a user ends a program that is profiled.
const ENDS: [i32; 2] = [libc::SIGINT, libc::SIGTERM];

/// Takes `signal` for the end of a profile, once: a second one ends the process at once.
fn take_for_end(signal: i32) {
    // SAFETY: an all-zero sigaction is valid; the handler stores a flag and writes to the pipe, both safe in a handler.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = note_end as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_RESETHAND | libc::SA_RESTART;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}

/// SIGINT and SIGTERM end a program that is profiled with its report, until the program takes them for itself.
pub fn watch_for_end() -> std::io::Result<()> {
    if WRITER.load(Ordering::Relaxed) < 0 {
        open_pipe()?;
    }
    ENDS.into_iter().for_each(take_for_end);
    Ok(())
}

/// `stop(signal)`: back to the default action.
fn stop(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let signal = signal_argument(&args);
    if crate::profile::is_on() && ENDS.contains(&signal) {
        return take_for_end(signal);
    }
    // SAFETY: the default action needs no handler of ours.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Tells `process` of the signals that arrived.
pub fn run_pending(scope: &mut v8::PinScope<'_, '_>) {
    let mut bytes = [0; 64];
    let read = READER.with_borrow_mut(|reader| reader.as_mut().map_or(Ok(0), |reader| reader.read(&mut bytes)));
    crate::inspection::start_if_wanted(scope);
    crate::profile::end_if_wanted();
    for signal in &bytes[..read.unwrap_or(0)] {
        v8::scope!(let scope, scope);
        let function = v8::Local::new(scope, &core().trampolines().emit_signal);
        let number = v8::Integer::new(scope, i32::from(*signal));
        let receiver = v8::undefined(scope).into();
        doorway::enter(
            scope,
            Entry::new(CallbackKind::Signal, u64::from(*signal as u32), Default::default()),
            function,
            receiver,
            &[number.into()],
        );
    }
}

/// The name of a signal of this system.
pub fn name_of(signal: i32) -> Option<String> {
    let names = crate::node::os::constants::SIGNALS;
    names.iter().find(|(_, number)| *number == signal).map(|(name, _)| (*name).to_owned())
}
