//! The startup snapshot: the heap as it is after `internal/bootstrap`, made when the program is built, so that a process
//! needs not read and run the core modules again.
//!
//! V8 asks of whoever makes and whoever reads a snapshot to list the native functions in it in the same order; `functions`
//! is that list. A realm is made from the modules' texts instead where V8 got flags that may change what the modules find,
//! and where a debugger is there from the start: scripts out of a snapshot belong to no context for V8's inspector, which
//! then hides none of them from steps.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::Options;
use crate::core::{Core, core, install};
use crate::node::binder::Binder;

use super::{bytecode, core_modules, rehearsal};

/// Modules that most programs use, run beyond what the bootstrap needs.
pub const PRELOADED: &[&str] = &["internal/main", "internal/module/cjs", "internal/process/exit", "path"];

/// The context with our bootstrap; the default one is V8's own, for `vm`.
const CONTEXT_INDEX: usize = 0;

/// A global that V8 gives to a context only when it comes out of the snapshot, and that `primordials` keeps.
const LATE_GLOBAL: &str = "SharedArrayBuffer";

/// Flags of V8 that change how fast and in how much memory it runs, or add a function to the global object.
/// `stack-trace-limit` is `internal/options`'s as well.
const HARMLESS_FLAGS: &[&str] = &[
    "allow-natives-syntax",
    "concurrent-marking",
    "concurrent-recompilation",
    "expose-gc",
    "flush-bytecode",
    "gc-global",
    "gc-interval",
    "incremental-marking",
    "initial-heap-size",
    "initial-old-space-size",
    "jitless",
    "maglev",
    "max-heap-size",
    "max-old-space-size",
    "max-semi-space-size",
    "min-semi-space-size",
    "opt",
    "parallel-scavenge",
    "semi-space-growth-factor",
    "single-threaded-gc",
    "sparkplug",
    "stack-size",
    "stack-trace-limit",
    "trace-deopt",
    "trace-gc",
    "trace-gc-verbose",
    "trace-opt",
    "turbofan",
];

/// Whether V8 runs with the flags with which the snapshot was made.
static FLAGS_ARE_USUAL: AtomicBool = AtomicBool::new(true);

static SNAPSHOT: OnceLock<&'static [u8]> = OnceLock::new();

/// Gives the program's snapshot, before anything runs. An empty one is none.
pub fn provide(snapshot: &'static [u8]) {
    if !snapshot.is_empty() {
        let _ = SNAPSHOT.set(snapshot);
    }
}

/// What a realm is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Snapshot,
    Texts,
}

fn origin() -> Origin {
    let is_inspected = core().options.inspect.is_some() || rondo_inspector::workers::are_watched();
    let is_usual = !is_inspected && FLAGS_ARE_USUAL.load(Ordering::Relaxed);
    if is_usual && SNAPSHOT.get().is_some() { Origin::Snapshot } else { Origin::Texts }
}

/// Whether the realm of this thread comes, or came, out of the snapshot.
pub fn is_origin() -> bool {
    origin() == Origin::Snapshot
}

/// Looks at the flags that V8 got on the command line: with most of them no realm of this process comes out of the snapshot.
pub fn flags_given(flags: &[String]) {
    if !flags.iter().all(|flag| is_harmless(flag)) {
        FLAGS_ARE_USUAL.store(false, Ordering::Relaxed);
    }
}

/// Whether core modules find the same under this flag as without it.
fn is_harmless(flag: &str) -> bool {
    let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default().replace('_', "-");
    let name = name.strip_prefix("no-").unwrap_or(&name);
    HARMLESS_FLAGS.contains(&name)
}

/// All isolates of a process are made from the same snapshot, since they share what is read-only in it; a realm made from
/// texts takes its plain context.
pub fn make_isolate(parameters: v8::CreateParams) -> (v8::OwnedIsolate, Origin) {
    let parameters = match SNAPSHOT.get().copied() {
        None => parameters,
        Some(snapshot) => parameters.snapshot_blob(snapshot.into()).external_references(functions().into()),
    };
    (v8::Isolate::new(parameters), origin())
}

pub fn make_context<'s>(scope: &mut v8::PinScope<'s, '_, ()>, origin: Origin) -> v8::Local<'s, v8::Context> {
    let options = v8::ContextOptions::default();
    match origin {
        Origin::Texts => v8::Context::new(scope, options),
        Origin::Snapshot => {
            v8::Context::from_snapshot(scope, CONTEXT_INDEX, options).expect("the snapshot has this context")
        }
    }
}

/// All native functions and texts of core modules that the snapshot may hold.
fn functions() -> Vec<v8::ExternalReference> {
    let mut addresses = Vec::new();
    super::bind_loader(&mut Binder::List(&mut addresses));
    crate::node::list_functions(&mut addresses);
    super::core_modules::list_texts(&mut addresses);
    addresses
}

/// Makes the snapshot, with what the program in the file `empty` needs; for the program's build.
pub fn make(empty: &str) -> Vec<u8> {
    start_v8();
    core_modules::prepare(rehearsal::run(empty));
    if let Err(error) = Core::new(Options::default()).map(install) {
        crate::exception::fatal(&format!("the event loop could not be made: {error}"));
    }
    let mut isolate = v8::Isolate::snapshot_creator(Some(functions().into()), None);
    isolate.set_microtasks_policy(v8::MicrotasksPolicy::Explicit);
    {
        v8::scope!(let scope, &mut isolate);
        let plain = v8::Context::new(scope, v8::ContextOptions::default());
        scope.set_default_context(plain);
        let context = v8::Context::new(scope, v8::ContextOptions::default());
        let index = scope.add_context(context);
        assert_eq!(index, CONTEXT_INDEX, "the first context that is not the default one");
        let scope = &mut v8::ContextScope::new(scope, context);
        let global = context.global(scope);
        let shared = v8::SharedArrayBuffer::new(scope, 0).expect("an empty one can be made");
        let shared = v8::Local::<v8::Object>::try_from(v8::Local::<v8::Value>::from(shared)).expect("it is an object");
        let constructor = crate::node::get_value(scope, shared, "constructor");
        crate::node::set_value(scope, global, LATE_GLOBAL, constructor);
        super::bootstrap(scope, true);
        let key = v8::String::new(scope, LATE_GLOBAL).expect("short");
        global.delete(scope, key.into());
    }
    // What was compiled for the snapshot and not called since is not to be thrown away.
    v8::V8::set_flags_from_string("--no-flush-bytecode");
    let blob =
        isolate.create_blob(v8::FunctionCodeHandling::Keep).expect("the heap after the bootstrap can be written");
    blob.to_vec()
}

/// Makes the bytecode of modules that the program in the file `usual` uses; for the program's build, in a process that has made no snapshot: V8 binds bytecode to what is read-only in it.
pub fn make_bytecode(snapshot: &'static [u8], usual: &str) -> Vec<u8> {
    provide(snapshot);
    start_v8();
    bytecode::encode(&rehearsal::run(usual))
}

/// With the flags of a process that got none on its command line.
fn start_v8() {
    if let Err(flag) = super::take_v8_flags(&Options::default()) {
        crate::exception::fatal(&format!("V8 has no flag {flag} any more"));
    }
    super::initialize_v8();
}
