//! What can be said of a script's use of the event loop: text and facts in, plain structs out.
//!
//! - [`analysis::analyze`] reads one script, once per version, and answers from then on are look-ups;
//! - [`rules`] has one file per rule: what, why, example, when to ignore, check, tests;
//! - [`api`] is what Node's functions do to the loop, in our words;
//! - [`overlay`] finds what a running program reported in the text as it is now.
//!
//! No I/O, no editor protocol, no clock: the same text gives the same answer. A text that can't be parsed is no error but
//! an analysis of what can be read of it ([`parse`]).

#![forbid(unsafe_code)]

pub mod analysis;
pub mod api;
pub mod bindings;
pub mod finding;
pub mod functions;
pub mod outline;
pub mod overlay;
pub mod parse;
pub mod place;
pub mod regex;
pub mod resolve;
pub mod rules;
pub mod suppress;
pub mod text;
