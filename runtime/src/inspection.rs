//! The inspector as the loop calls it: made when a flag, a signal or a program asks for it, and told of callbacks only
//! while `needs` says that somebody looks.

use rondo_protocol::stall::Stall;
use rondo_protocol::{CallbackKind, Phase};

use crate::doorway::Entry;
use crate::observe::{Origin, Task};
use crate::records::Record;

#[derive(Default)]
pub struct Inspection {}

pub fn callback_begins(_: &mut v8::PinScope<'_, '_>, _: &Entry, _: Option<&Origin>) {}
pub fn callback_ends(_: &Entry) {}
pub fn callback_ran(_: &Record) {}
pub fn part_begins(_: &mut v8::PinScope<'_, '_>, _: CallbackKind, _: u64) {}
pub fn part_ends(_: CallbackKind, _: u64) {}
pub fn checkpoint_begins(_: &mut v8::PinScope<'_, '_>) {}
pub fn checkpoint_ends(_: &mut v8::PinScope<'_, '_>) {}
pub fn microtask_begins(_: &mut v8::PinScope<'_, '_>) {}
pub fn task_scheduled(_: CallbackKind, _: Task) {}
pub fn task_canceled(_: CallbackKind, _: Task) {}
pub fn idle_started() {}
pub fn idle_finished() {}
pub fn before_phase(_: &mut v8::PinScope<'_, '_>, _: u64, _: Phase) {}
pub fn dispatch_pending(_: &mut v8::PinScope<'_, '_>) {}
pub fn stall_detected(_: Stall) {}
