//! `binding('fs')`: operations on files and folders, each callable in two ways.
//!
//! Contract: with a function as its last argument an operation runs on the pool and answers `callback(errno, value)`
//! through the doorway, as kind `fs` with its path as the resource. Without one it runs now, marked by name for whoever
//! looks at stalls, returns its value and leaves its errno (0 or negative) in `status[0]`. An operation of several
//! system calls adds the one that failed to the errno, as [`Stage`] says.

use crate::node::binder::{Binder, memory_of};
use std::cell::RefCell;
use std::io;
use std::path::Path;

use rondo_protocol::CallbackKind;

use crate::marker;
use crate::node::set_value;
use crate::pool::{Outcome, Value, submit, value_to_js};

mod arguments;
mod constants;
mod copy;
mod directory;
mod file;
mod link;
mod memory;
mod owner;
mod remove;
mod stat;
mod time;
pub mod watch;
mod whole_file;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

thread_local! {
    /// The word behind `status`.
    static STATUS: RefCell<Option<v8::SharedRef<v8::BackingStore>>> = const { RefCell::new(None) };
}

/// Which system call of an operation failed; JavaScript takes it from the bits above the errno, where none is `open`.
#[derive(Clone, Copy)]
enum Stage {
    Stat = 1,
    Transfer = 2,
    Sync = 3,
    Close = 4,
}

impl Stage {
    const SHIFT: u32 = 16;

    fn failed(self, errno: i32) -> i32 {
        (self as i32) << Self::SHIFT | errno
    }
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.values(|scope, target| {
        let word = v8::ArrayBuffer::new(scope, 4);
        let status = v8::Int32Array::new(scope, word, 0, 1).expect("the buffer holds one word");
        set_value(scope, target, "status", status.into());
        let numbers = v8::Object::new(scope);
        constants::bind(scope, numbers);
        set_value(scope, target, "constants", numbers.into());
    });
    to.at_start(|scope, target| STATUS.set(Some(memory_of(scope, target, "status"))));
    copy::bind(to);
    directory::bind(to);
    file::bind(to);
    link::bind(to);
    owner::bind(to);
    remove::bind(to);
    stat::bind(to);
    time::bind(to);
    watch::bind(to);
    whole_file::bind(to);
}

fn set_status(errno: i32) {
    STATUS.with_borrow(|word| {
        let word = word.as_ref().expect("bind makes the word");
        let data = word.data().expect("four bytes were allocated").cast::<i32>();
        // SAFETY: the store holds one aligned word and only this thread touches it.
        unsafe { data.write(errno) };
    });
}

/// Runs `work` on the pool if argument `callback_at` is a function, else now.
fn perform(
    scope: &mut v8::PinScope<'_, '_>,
    args: &Arguments<'_>,
    mut rv: Returned<'_>,
    callback_at: i32,
    operation: Operation<'_>,
    work: impl FnOnce() -> Outcome + Send + 'static,
) {
    if let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(callback_at)) {
        submit(scope, CallbackKind::Fs, Some(operation.resource()), callback, work);
        return;
    }
    let outcome = {
        let resource = operation.resource();
        let _mark = marker::native_op(operation.name, &resource);
        work()
    };
    match outcome {
        Ok(value) => {
            set_status(0);
            rv.set(value_to_js(scope, value));
        }
        Err(errno) => set_status(-errno),
    }
}

/// What an operation is called and works on.
struct Operation<'a> {
    name: &'static str,
    on: On<'a>,
}

enum On<'a> {
    Path(&'a Path),
    Descriptor(i32),
}

impl<'a> Operation<'a> {
    fn on_path(name: &'static str, path: &'a Path) -> Operation<'a> {
        Operation { name, on: On::Path(path) }
    }

    fn on_descriptor(name: &'static str, fd: i32) -> Operation<'a> {
        Operation { name, on: On::Descriptor(fd) }
    }

    fn resource(&self) -> String {
        match self.on {
            On::Path(path) => path.to_string_lossy().into_owned(),
            On::Descriptor(fd) => format!("fd {fd}"),
        }
    }
}

/// The errno of an error; one that did not come from the system was about a path with a NUL inside.
fn errno_of(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EINVAL)
}

fn done(result: io::Result<()>) -> Outcome {
    result.map(|()| Value::Undefined).map_err(|error| errno_of(&error))
}

/// Calls the system until a signal does not interrupt it; a negative result is the errno's.
fn retry(mut call: impl FnMut() -> isize) -> Result<isize, i32> {
    loop {
        let result = call();
        if result >= 0 {
            return Ok(result);
        }
        match last_errno() {
            libc::EINTR => {}
            errno => return Err(errno),
        }
    }
}

fn last_errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

/// The outcome of a call that says only whether it worked.
fn check(result: libc::c_int) -> Outcome {
    if result == 0 { Ok(Value::Undefined) } else { Err(last_errno()) }
}
