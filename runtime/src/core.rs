//! The state of one loop and its isolate. One per thread, reached by [`core`]; V8 callbacks have no other way to find it.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::doorway::Doorway;
use crate::engine_tasks::Inbox;
use crate::event_loop::EventLoop;
use crate::event_loop::timers::Timers;
use crate::inspection::Inspection;
use crate::node::net::Net;
use crate::observe::Observer;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::recording::Recordings;
use crate::shared_words::{SharedArray, SharedWords};
use crate::stalls::Stalls;

/// The JavaScript functions through which the loop enters, set once by `internal/bootstrap`.
pub struct Trampolines {
    pub run_timer: v8::Global<v8::Function>,
    pub run_immediate: v8::Global<v8::Function>,
    pub peek_immediate: v8::Global<v8::Function>,
    pub drain_ticks: v8::Global<v8::Function>,
    pub promise_rejected: v8::Global<v8::Function>,
    pub uncaught_exception: v8::Global<v8::Function>,
    pub emit_signal: v8::Global<v8::Function>,
    pub emit_before_exit: v8::Global<v8::Function>,
    pub emit_exit: v8::Global<v8::Function>,
}

pub struct Core {
    pub event_loop: EventLoop,
    pub doorway: Doorway,
    pub observer: Observer,
    pub stalls: Stalls,
    pub recordings: Recordings,
    /// Set while this is `rondo profile`.
    pub profile: OnceCell<Profile>,
    pub inspection: Inspection,
    pub timers: RefCell<Timers>,
    pub net: RefCell<Net>,
    pub pool: Pool,
    pub trampolines: OnceCell<Trampolines>,
    pub words: OnceCell<SharedWords>,
    /// What the HTTP parser says beside its result.
    pub http_info: OnceCell<SharedArray<f64>>,
    /// Its `callback` is the function of the `nextTick` that runs.
    pub running_tick: OnceCell<v8::Global<v8::Object>>,
    /// Its `callback` is the function of the timer or immediate that runs or ran last.
    pub running_timer: OnceCell<v8::Global<v8::Object>>,
    /// The one context, for code that has only the isolate.
    pub context: OnceCell<v8::Global<v8::Context>>,
    pub isolate: OnceCell<v8::UnsafeRawIsolatePtr>,
    /// What V8 wants run on this thread; none until the isolate is there.
    pub engine_tasks: OnceCell<Arc<Inbox>>,
    pub next_task: Cell<u64>,
    pub options: crate::cli::Options,
    pub modules: RefCell<crate::node::esm::ModuleMap>,
    /// A worker that is to end: nothing enters its JavaScript any more.
    pub stopping: Arc<AtomicBool>,
}

impl Core {
    pub fn new(options: crate::cli::Options) -> std::io::Result<Core> {
        let event_loop = EventLoop::new()?;
        Ok(Core {
            pool: Pool::new(event_loop.waker()),
            timers: RefCell::default(),
            net: RefCell::new(Net::new(event_loop.registry()?)),
            event_loop,
            doorway: Doorway::default(),
            observer: Observer::default(),
            stalls: Stalls::default(),
            recordings: Recordings::default(),
            profile: OnceCell::new(),
            inspection: Inspection::default(),
            trampolines: OnceCell::new(),
            words: OnceCell::new(),
            http_info: OnceCell::new(),
            running_tick: OnceCell::new(),
            running_timer: OnceCell::new(),
            context: OnceCell::new(),
            isolate: OnceCell::new(),
            engine_tasks: OnceCell::new(),
            next_task: Cell::new(0),
            options,
            modules: RefCell::default(),
            stopping: Arc::default(),
        })
    }

    /// A task id: unique on this loop, never 0.
    pub fn new_task(&self) -> u64 {
        let id = self.next_task.get() + 1;
        self.next_task.set(id);
        id
    }

    #[inline]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub fn trampolines(&self) -> &Trampolines {
        self.trampolines.get().expect("bootstrap sets the trampolines before the loop runs")
    }

    pub fn words(&self) -> &SharedWords {
        self.words.get().expect("the realm shares the words before any script runs")
    }
}

thread_local! {
    static CORE: Cell<Option<&'static Core>> = const { Cell::new(None) };
}

/// Makes `core` the one of this thread. It lives until the process ends, as its isolate does.
pub fn install(core: Core) -> &'static Core {
    let core: &'static Core = Box::leak(Box::new(core));
    CORE.set(Some(core));
    core
}

/// Takes the core of a worker away, whose isolate is gone.
pub fn uninstall() {
    if let Some(core) = CORE.take() {
        let core = std::ptr::from_ref(core).cast_mut();
        // SAFETY: `install` leaked it, only this thread had it, and nothing of the thread runs after this.
        drop(unsafe { Box::from_raw(core) });
    }
}

#[inline]
pub fn core() -> &'static Core {
    CORE.get().expect("the core is installed before any script runs")
}

/// The same where there may be none yet, or where code runs on another thread.
#[inline]
pub fn try_core() -> Option<&'static Core> {
    CORE.get()
}
