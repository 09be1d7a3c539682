//! What clients need of the loop at this moment: one byte, so that the doorway has one branch when nobody looks.

use std::cell::{Cell, OnceCell};

type Listener = Box<dyn Fn(&Needs)>;

/// Set by the inspector, read by the loop, on the same thread.
#[derive(Default)]
pub struct Needs {
    bits: Cell<u8>,
    on_change: OnceCell<Listener>,
}

/// A debugger is enabled: report async tasks.
const DEBUGGER: u8 = 1;
/// A step, a callback breakpoint or a stop between callbacks waits: call `before_callback` and `after_callback`.
const DOORWAY: u8 = 1 << 1;
/// A stop at a phase or turn waits: call `before_phase`.
const PHASES: u8 = 1 << 2;
/// A client listens to callbacks: call `callback_ran`.
const RECORDS: u8 = 1 << 3;

impl Needs {
    /// Whether the loop must do anything at all.
    #[inline]
    pub fn any(&self) -> bool {
        self.bits.get() != 0
    }

    #[inline]
    pub fn debugger(&self) -> bool {
        self.bits.get() & DEBUGGER != 0
    }

    #[inline]
    pub fn doorway(&self) -> bool {
        self.bits.get() & DOORWAY != 0
    }

    #[inline]
    pub fn phases(&self) -> bool {
        self.bits.get() & PHASES != 0
    }

    #[inline]
    pub fn records(&self) -> bool {
        self.bits.get() & RECORDS != 0
    }

    /// Calls `listener` whenever a need begins or ends: what JavaScript reads must follow at once. One listener only.
    pub fn on_change(&self, listener: impl Fn(&Needs) + 'static) {
        assert!(self.on_change.set(Box::new(listener)).is_ok(), "the loop listens once");
    }

    pub(crate) fn set_debugger(&self, needed: bool) {
        self.set(DEBUGGER, needed);
    }

    pub(crate) fn set_doorway(&self, needed: bool) {
        self.set(DOORWAY, needed);
    }

    pub(crate) fn set_phases(&self, needed: bool) {
        self.set(PHASES, needed);
    }

    pub(crate) fn set_records(&self, needed: bool) {
        self.set(RECORDS, needed);
    }

    fn set(&self, bit: u8, needed: bool) {
        let before = self.bits.get();
        let after = if needed { before | bit } else { before & !bit };
        self.bits.set(after);
        if after != before
            && let Some(listener) = self.on_change.get()
        {
            listener(self);
        }
    }
}
