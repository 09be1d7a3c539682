//! Recordings: what the loop ran from one moment to another, for `rondo profile` and `EventLoop.startRecording`.
//!
//! While one runs, the doorway tells of each callback, and collections and marked operations tell of themselves. The
//! memory of a recording has a limit ([`trace::CALLBACKS_MAX`]); past it the shortest callbacks become sums.

use std::cell::{Cell, RefCell};
use std::sync::Mutex;

use rondo_protocol::command::RecordingFormat;
use rondo_protocol::stall::Stall;

use crate::clock::now_ns;
use crate::core::core;
use crate::records::Record;

pub mod chrome;
pub mod cpuprofile;
mod histogram;
pub mod perfetto;
mod proto;
pub mod trace;

use trace::Trace;

/// Stalls that a recording keeps whole; later ones are counted.
const STALLS_MAX: usize = 10_000;

/// What workers had while the process is profiled: their threads can't reach its recording.
static OF_WORKERS: Mutex<Vec<Stall>> = Mutex::new(Vec::new());

/// Keeps a worker's stall for the profile of the process. Any thread.
pub fn keep_of_worker(stall: &Stall) {
    let mut stalls = OF_WORKERS.lock().expect("nothing panics with this lock held");
    if stalls.len() < STALLS_MAX {
        stalls.push(stall.clone());
    }
}

/// The recordings that run: at most one of the command line's and one of a client.
#[derive(Default)]
pub struct Recordings {
    is_on: Cell<bool>,
    profile: RefCell<Option<Trace>>,
    client: RefCell<Option<(RecordingFormat, Trace)>>,
    /// Stalls are heard from the first recording on, and by each while it runs.
    hears_stalls: Cell<bool>,
}

impl Recordings {
    #[inline]
    pub fn is_on(&self) -> bool {
        self.is_on.get()
    }

    /// Begins the recording of `rondo profile`, which lasts until the end.
    pub fn start_profile(&self) {
        *self.profile.borrow_mut() = Some(Trace::new(now_ns()));
        self.started();
    }

    /// What `rondo profile` recorded.
    pub fn take_profile(&self) -> Option<Trace> {
        let trace = self.profile.take();
        self.is_on.set(self.client.borrow().is_some());
        trace.map(|mut trace| {
            trace.stalls.append(&mut OF_WORKERS.lock().expect("nothing panics with this lock held"));
            trace.stalls.sort_by_key(|stall| stall.callback.started_at);
            trace.ended(now_ns())
        })
    }

    /// Begins the recording of a client.
    pub fn start(&self, format: RecordingFormat) -> Result<(), String> {
        if self.client.borrow().is_some() {
            return Err("a recording is running already: stop it first".to_owned());
        }
        *self.client.borrow_mut() = Some((format, Trace::new(now_ns())));
        core().observer.set_recording(true);
        self.started();
        Ok(())
    }

    /// Ends it; the result is the file.
    pub fn stop(&self) -> Result<Vec<u8>, String> {
        let Some((format, trace)) = self.client.take() else { return Err("no recording is running".to_owned()) };
        let profiles = self.profile.borrow().is_some();
        self.is_on.set(profiles);
        core().observer.set_recording(profiles);
        let trace = trace.ended(now_ns());
        Ok(match format {
            RecordingFormat::Perfetto => perfetto::encode(&trace),
            RecordingFormat::Chrome => chrome::encode(&trace),
            RecordingFormat::CpuProfile => cpuprofile::of_stalls(&trace),
        })
    }

    fn started(&self) {
        self.is_on.set(true);
        if !self.hears_stalls.replace(true) {
            core().stalls.subscribe(|stall| core().recordings.stalled(stall));
        }
    }

    fn each(&self, tell: impl Fn(&mut Trace)) {
        if let Some(trace) = self.profile.borrow_mut().as_mut() {
            tell(trace);
        }
        if let Some((_, trace)) = self.client.borrow_mut().as_mut() {
            tell(trace);
        }
    }

    fn stalled(&self, stall: &Stall) {
        self.each(|trace| {
            if trace.stalls.len() < STALLS_MAX {
                trace.stalls.push(stall.clone());
            } else {
                trace.stalls_dropped += 1;
            }
        });
    }

    #[cold]
    pub fn callback_ran(&self, record: &Record) {
        crate::profile::status::turned(record.turn);
        self.each(|trace| trace.ran(record));
    }

    #[cold]
    pub fn collected(&self, from_ns: u64, to_ns: u64) {
        self.each(|trace| trace.collected(from_ns, to_ns));
    }

    #[cold]
    pub fn operated(&self, name: &'static str, resource: Option<String>, from_ns: u64, to_ns: u64) {
        self.each(|trace| trace.operated(name, resource.clone(), from_ns, to_ns));
    }
}
