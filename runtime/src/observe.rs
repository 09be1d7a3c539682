//! What is known of tasks only while somebody looks: where each was scheduled and where its function is written.
//!
//! Capturing a stack costs microseconds, so it happens only while a client has the `EventLoop` domain enabled; the
//! always-on records need none of this.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use rondo_protocol::site::Site;

/// Frames kept of a scheduling stack.
const FRAMES_MAX: usize = 16;
/// Tasks whose origin is remembered; past this nothing more is taken until some have run.
const ORIGINS_MAX: usize = 65_536;

/// The kinds of tasks that have numbers of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TaskClass {
    Timer,
    Immediate,
    Tick,
    Request,
    Handle,
}

/// A task: its class and its number there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Task {
    pub class: TaskClass,
    pub number: u64,
}

impl Task {
    pub fn new(class: TaskClass, number: impl Into<u64>) -> Task {
        Task { class, number: number.into() }
    }

    /// One number for all classes, as V8's async tasks need it: even, and never 0.
    pub fn async_id(self) -> u64 {
        (self.number * 8 + self.class as u64 + 1) << 1
    }
}

/// Where a task comes from.
#[derive(Clone, Default)]
pub struct Origin {
    /// The stack that scheduled it, innermost first, without the runtime's own frames.
    pub scheduled_by: Vec<Site>,
    /// Where its function is written.
    pub definition: Option<Site>,
}

#[derive(Default)]
pub struct Observer {
    /// Somebody has the `EventLoop` domain enabled.
    pub capturing: Cell<bool>,
    origins: RefCell<HashMap<Task, Origin>>,
}

impl Observer {
    /// Keeps the origin of `task`, which JavaScript is scheduling now.
    pub fn capture(
        &self,
        scope: &mut v8::PinScope<'_, '_>,
        task: Task,
        function: Option<v8::Local<'_, v8::Function>>,
    ) {
        let mut origins = self.origins.borrow_mut();
        if origins.len() >= ORIGINS_MAX {
            return;
        }
        let definition = function.and_then(|function| definition(scope, function));
        origins.insert(task, Origin { scheduled_by: current_stack(scope), definition });
    }

    pub fn origin(&self, task: Task) -> Option<Origin> {
        self.origins.borrow().get(&task).cloned()
    }

    pub fn forget(&self, task: Task) {
        if self.capturing.get() {
            self.origins.borrow_mut().remove(&task);
        }
    }

    pub fn set_capturing(&self, on: bool) {
        self.capturing.set(on);
        if !on {
            self.origins.borrow_mut().clear();
        }
    }
}

/// The user's part of the running stack, innermost first.
pub fn current_stack(scope: &mut v8::PinScope<'_, '_>) -> Vec<Site> {
    v8::scope!(let scope, scope);
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, FRAMES_MAX * 2) else { return Vec::new() };
    let frames = (0..trace.get_frame_count()).filter_map(|index| {
        let frame = trace.get_frame(scope, index)?;
        let url = frame.get_script_name_or_source_url(scope)?.to_rust_string_lossy(scope);
        if url.starts_with("node:") {
            return None;
        }
        let function_name = frame.get_function_name(scope).map(|n| n.to_rust_string_lossy(scope)).unwrap_or_default();
        Some(Site {
            url,
            line_number: (frame.get_line_number() as u32).saturating_sub(1),
            column_number: (frame.get_column() as u32).saturating_sub(1),
            function_name,
            script_id: Some(frame.get_script_id().to_string()),
        })
    });
    frames.take(FRAMES_MAX).collect()
}

/// Where `function` is written; nothing for functions of the runtime or of V8.
pub fn definition(scope: &mut v8::PinScope<'_, '_>, function: v8::Local<'_, v8::Function>) -> Option<Site> {
    v8::scope!(let scope, scope);
    let url = function.get_script_origin(scope).resource_name()?.to_rust_string_lossy(scope);
    if url.starts_with("node:") || url == "undefined" {
        return None;
    }
    Some(Site {
        url,
        line_number: function.get_script_line_number()?,
        column_number: function.get_script_column_number().unwrap_or(0),
        function_name: function.get_name(scope).to_rust_string_lossy(scope),
        script_id: Some(function.script_id().to_string()),
    })
}
