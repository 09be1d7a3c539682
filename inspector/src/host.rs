//! What the inspector asks of the loop. The runtime implements it; nothing here knows the runtime.

use rondo_protocol::callback::Callback;
use rondo_protocol::command::{GetHistory, GetQueues, GetSiteStats, RecordingFormat};
use rondo_protocol::id::TaskId;
use rondo_protocol::state::{LoopState, Queue};
use rondo_protocol::stats::SiteStats;

/// Called on the main thread only, from [`crate::Inspector::dispatch_pending`], from a pause, or from an interrupt in
/// the middle of JavaScript. Every method must therefore do with the state as it is, and call no JavaScript.
pub trait LoopHost {
    /// Whether the other methods can be called now. False while one of the loop's cells is borrowed: the inspector then
    /// keeps the message and asks again later.
    fn can_answer(&self) -> bool;

    /// Whether the callback's microtasks run.
    fn runs_microtasks(&self) -> bool {
        false
    }

    fn state(&self, scope: &mut v8::PinScope<'_, '_>) -> LoopState;

    /// What would run next, in order.
    fn queues(&self, scope: &mut v8::PinScope<'_, '_>, query: &GetQueues) -> Vec<Queue>;

    /// Newest first.
    fn history(&self, scope: &mut v8::PinScope<'_, '_>, query: &GetHistory) -> Vec<Callback>;

    /// From the callback back to its root.
    fn chain(&self, scope: &mut v8::PinScope<'_, '_>, id: TaskId) -> Vec<Callback>;

    fn site_stats(&self, scope: &mut v8::PinScope<'_, '_>, query: &GetSiteStats) -> Vec<SiteStats>;

    /// A client has the domain enabled, or none has any more: keep where tasks are scheduled and what they are about.
    fn set_observed(&self, observed: bool);

    /// A client wants to know of the program's requests, or none does any more.
    fn set_network_observed(&self, _observed: bool) {}

    /// How many past callbacks the flight recorder keeps.
    fn history_max(&self) -> u32;

    /// A callback that runs longer is a stall, in microseconds.
    fn set_stall_threshold(&self, threshold_us: u64);

    /// Begins a recording; an error says why it can't.
    fn start_recording(&self, format: RecordingFormat) -> Result<(), String>;

    /// Ends it; the result is the file.
    fn stop_recording(&self) -> Result<Vec<u8>, String>;
}
