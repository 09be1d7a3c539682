//! The stacks of a callback that runs long: taken in the interrupts that the watchdog asks for, which V8 serves on the
//! main thread in the middle of JavaScript.
//!
//! A builtin that looks for no interrupts makes them late. Collections inside of it would be moments to look, but V8 can't
//! walk the stack then: optimised code that allocates has no positions, and V8 aborts. So the stack is that of the next
//! function that is entered, and the call before it is read from the source (`callee.rs`).

use std::ffi::c_void;
use std::sync::atomic::Ordering;

use rondo_inspector::script_url::script_url;
use rondo_protocol::site::Site;

use crate::clock::{now_ns, thread_cpu_ns};
use crate::core::{core, try_core};
use crate::inspection::PromiseHooks;
use crate::stalls::callee::{self, Callee};
use crate::stalls::run_delay::own_run_delay_ns;
use crate::stalls::shares::OPAQUE_NS_MIN;
use crate::stalls::slot::Stage;

/// Stacks kept of one callback or turn; a stall that goes on longer keeps its first ones.
pub const SAMPLES_MAX: usize = 400;
/// Misses in a row after which the next promise that is made is looked at. It slows promises a little from then on.
const MISSES_MAX: u32 = 4;
/// A late interrupt during which the thread computed for so long, collections and marked operations apart, was kept
/// waiting by a builtin; otherwise by the collector or the machine.
const OPAQUE_CPU_NS_MIN: u64 = 2_000_000;
/// Frames looked at for the first one of the user's.
const FRAMES_MAX: usize = 32;

/// One stack of a callback that runs long.
pub struct Taken {
    pub sequence: u64,
    pub requested_ns: u64,
    pub delivered_ns: u64,
    pub stage: Stage,
    /// The user's frames, innermost first.
    pub stack: Vec<Site>,
    /// Time spent in collections and marked operations in this callback so far, which explains a late delivery.
    pub explained_ns: u64,
    /// The builtin in which the stack was taken.
    pub callee: Option<Callee>,
    /// Whether a builtin that looks for no interrupts made it late.
    pub was_opaque: bool,
    /// The call that did, where the stack was taken behind it.
    pub before: Option<(Site, Callee)>,
    /// How long the thread has ever waited for a processor.
    pub run_delay_ns: u64,
}

impl Taken {
    /// One of which nothing else is known.
    pub fn at(sequence: u64, requested_ns: u64, stage: Stage) -> Taken {
        Taken {
            sequence,
            requested_ns,
            delivered_ns: now_ns(),
            stage,
            stack: vec![],
            explained_ns: 0,
            callee: None,
            was_opaque: false,
            before: None,
            run_delay_ns: own_run_delay_ns(),
        }
    }

    pub fn skid_ns(&self) -> u64 {
        self.delivered_ns.saturating_sub(self.requested_ns)
    }
}

/// Served for a sample. `data` is the number of the callback that was meant: an interrupt that was asked for at the end
/// of one arrives in the next, and is dropped.
pub unsafe extern "C" fn take(isolate: v8::UnsafeRawIsolatePtr, data: *mut c_void) {
    let Some(core) = try_core() else { return };
    let slot = &core.doorway.slot;
    let computed_ns = thread_cpu_ns()
        .saturating_sub(slot.requested_cpu_ns.load(Ordering::Acquire))
        .saturating_sub(slot.apart_since_request_ns());
    // From here on the watchdog may ask again, and overwrite what it noted of this request.
    let requested_ns = slot.requested_ns.swap(0, Ordering::AcqRel);
    let sequence = data as u64;
    if requested_ns == 0 || slot.sequence() != sequence {
        return;
    }
    let Ok(mut samples) = core.stalls.samples.try_borrow_mut() else { return };
    if samples.len() >= SAMPLES_MAX {
        return;
    }
    let delivered_ns = now_ns();
    let stage = slot.stage();
    let explained_ns = core.stalls.explained_ns();
    let mut stack = stack_now(isolate);
    if stack.is_empty() && stage == Stage::Ticks {
        stack.extend(in_context(isolate, running_tick));
    }
    let is_late = delivered_ns.saturating_sub(requested_ns) >= OPAQUE_NS_MIN;
    if stack.is_empty() {
        // On a machine so slow that interrupts come late there may be no other try.
        missed(isolate, sequence, requested_ns, if is_late { MISSES_MAX } else { 1 });
        if !is_late {
            return;
        }
    } else {
        core.stalls.misses.set(Misses::default());
    }
    let was_opaque = is_late && computed_ns >= OPAQUE_CPU_NS_MIN;
    let (callee, before) = in_context(isolate, |scope| called(scope, was_opaque));
    let taken = Taken::at(sequence, requested_ns, stage);
    samples.push(Taken { delivered_ns, stack, explained_ns, callee, was_opaque, before, ..taken });
}

type Called = (Option<Callee>, Option<(Site, Callee)>);

/// The builtin in which the running stack stands, and where `was_opaque` is set the one that it stands behind.
fn called(scope: &mut v8::PinScope<'_, '_>, was_opaque: bool) -> Called {
    v8::scope!(let scope, scope);
    let mut called = Called::default();
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, FRAMES_MAX) else { return called };
    for index in 0..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else { return called };
        let Some(url) = frame.get_script_name_or_source_url(scope) else { return called };
        let url = url.to_rust_string_lossy(scope);
        if url.starts_with("node:") {
            continue;
        }
        let Some(script) = core().stalls.scripts.borrow_mut().of(scope, frame) else { return called };
        let (line, column) = (frame.get_line_number() as u32, frame.get_column() as u32);
        let Some(at) = script.offset(line.saturating_sub(1), column.saturating_sub(1)) else { return called };
        // A function that has just been entered has called nothing yet: what was before is its caller's.
        if index == 0 && callee::is_entry(&script.text, at) {
            continue;
        }
        // A frame of the runtime above it would be what was called.
        if index == 0 {
            called.0 = callee::called_at(&script.text, at);
        }
        if was_opaque
            && called.0.is_none()
            && let Some(before) = callee::called_before(&script.text, at)
        {
            let (line_number, column_number) = script.position(before.at);
            let here = || frame.get_function_name(scope).map(|name| name.to_rust_string_lossy(scope));
            let site = Site {
                url: script_url(&url),
                line_number,
                column_number,
                function_name: before.function.or_else(here).unwrap_or_default(),
                script_id: Some(frame.get_script_id().to_string()),
            };
            called.1 = Some((site, before.callee));
        }
        return called;
    }
    called
}

/// Tries in a row that met no frame.
#[derive(Clone, Copy, Default)]
pub struct Misses {
    sequence: u64,
    count: u32,
    requested_ns: u64,
}

/// The sample fell between two microtasks, where there is no frame to see. Another try may hit one; where `await` takes
/// every interrupt right before it goes on, none does, and the next promise that is made tells who makes it.
#[cold]
fn missed(isolate: v8::UnsafeRawIsolatePtr, sequence: u64, requested_ns: u64, weight: u32) {
    let core = core();
    core.doorway.slot.missed.store(true, Ordering::Release);
    let before = core.stalls.misses.get();
    let count = if before.sequence == sequence { before.count + weight } else { weight };
    core.stalls.misses.set(Misses { sequence, count, requested_ns });
    if count >= MISSES_MAX && core.doorway.slot.stage() == Stage::Microtasks {
        in_context(isolate, |scope| crate::inspection::set_promise_hooks(scope, PromiseHooks::Made));
    }
}

/// The microtask that the samples have missed makes a promise.
pub fn promise_made(scope: &mut v8::PinScope<'_, '_>) {
    let (stalls, slot) = (&core().stalls, &core().doorway.slot);
    let misses = stalls.misses.replace(Misses::default());
    slot.missed.store(false, Ordering::Release);
    crate::inspection::set_promise_hooks(scope, PromiseHooks::Usual);
    let Ok(mut samples) = stalls.samples.try_borrow_mut() else { return };
    if misses.sequence != slot.sequence() || samples.len() >= SAMPLES_MAX {
        return;
    }
    let stack = crate::observe::current_stack(scope);
    if !stack.is_empty() {
        let taken = Taken::at(misses.sequence, misses.requested_ns, slot.stage());
        samples.push(Taken { stack, explained_ns: stalls.explained_ns(), ..taken });
    }
}

/// The function of the tick that runs.
fn running_tick(scope: &mut v8::PinScope<'_, '_>) -> Option<Site> {
    held_function(scope, core().running_tick.get()?)
}

/// The function of the timer or immediate that ran last.
pub fn last_timer() -> Option<Site> {
    let holder = core().running_timer.get()?;
    in_context(*core().isolate.get()?, |scope| held_function(scope, holder))
}

/// Where the function is written that is the `callback` of `holder`.
fn held_function(scope: &mut v8::PinScope<'_, '_>, holder: &v8::Global<v8::Object>) -> Option<Site> {
    v8::scope!(let scope, scope);
    let holder = v8::Local::new(scope, holder);
    let key = v8::String::new(scope, "callback")?;
    // A plain data property of our own object: no JavaScript runs.
    let function = v8::Local::<v8::Function>::try_from(holder.get(scope, key.into())?).ok()?;
    crate::observe::definition(scope, function)
}

/// The user's part of the running stack, from the middle of JavaScript or of a native operation that it called.
pub fn stack_now(isolate: v8::UnsafeRawIsolatePtr) -> Vec<Site> {
    in_context(isolate, crate::observe::current_stack)
}

/// Runs `run` in the one context, where only the isolate is at hand.
pub fn in_context<T>(mut isolate: v8::UnsafeRawIsolatePtr, run: impl FnOnce(&mut v8::PinScope<'_, '_>) -> T) -> T {
    // SAFETY: V8 gives its own live isolate, on its own thread, and no other Rust code touches it while JavaScript that
    // was interrupted, or that called a native operation, waits.
    let isolate = unsafe { v8::Isolate::ref_from_raw_isolate_ptr_mut(&mut isolate) };
    v8::scope!(let scope, isolate);
    let context = v8::Local::new(scope, core().context.get().expect("the context is kept before any script runs"));
    let scope = &mut v8::ContextScope::new(scope, context);
    run(scope)
}
