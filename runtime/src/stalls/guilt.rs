//! The guilty line: the innermost user line that holds most of the time, and how far it can be trusted.

use std::collections::HashMap;

use rondo_protocol::callback::Callback;
use rondo_protocol::site::Site;

use crate::stalls::callee::Callee;
use crate::stalls::sample::Taken;
use crate::stalls::shares::OPAQUE_NS_MIN;

/// The engine looked for interrupts all the time.
pub const SURE: f64 = 0.95;
/// The stack was taken after an opaque builtin had returned, and the source has one such call right before it.
const BEFORE: f64 = 0.8;
/// It was late for another reason, such as a collection.
const LATE: f64 = 0.9;
/// It was late because of a builtin that can't be seen: the function is right, the line may be a later one.
const SKIDDED: f64 = 0.5;
/// All that is known is which function was called.
const DEFINITION: f64 = 0.3;

pub struct Guilt {
    pub line: Option<Site>,
    pub confidence: f64,
    /// The builtin that the line was calling.
    pub callee: Option<Callee>,
}

/// A line with what speaks for it.
struct Suspect<'a> {
    site: &'a Site,
    weight_ns: u64,
    confidence: f64,
    /// Time inside the builtin, and the builtin.
    inside_ns: u64,
    callee: Option<&'a Callee>,
}

#[derive(Default)]
struct Suspects<'a> {
    by_line: HashMap<(&'a str, u32), Suspect<'a>>,
}

impl<'a> Suspects<'a> {
    fn add(&mut self, site: &'a Site, weight_ns: u64, confidence: f64, callee: Option<&'a Callee>) {
        let fresh = || Suspect { site, weight_ns: 0, confidence, inside_ns: 0, callee: None };
        let suspect = self.by_line.entry((site.url.as_str(), site.line_number)).or_insert_with(fresh);
        suspect.weight_ns += weight_ns;
        suspect.confidence = suspect.confidence.min(confidence);
        if callee.is_some() {
            suspect.inside_ns += weight_ns;
            suspect.callee = callee;
        }
    }

    fn worst(self) -> Option<Suspect<'a>> {
        self.by_line.into_values().max_by_key(|suspect| suspect.weight_ns)
    }
}

/// Each sample of a callback, or turn, weighs the time since the one before it.
pub fn of_samples(samples: &[&Taken], start_ns: u64, callback: &Callback) -> Guilt {
    let mut suspects = Suspects::default();
    let mut covered = start_ns;
    for sample in samples {
        let Some(site) = sample.stack.first() else { continue };
        let span_ns = sample.delivered_ns.saturating_sub(covered).max(1);
        match (&sample.before, &sample.callee) {
            (Some((before, callee)), None) => suspects.add(before, span_ns, BEFORE, Some(callee)),
            (None, None) if sample.was_opaque => suspects.add(site, span_ns, SKIDDED, None),
            (None, None) if sample.skid_ns() >= OPAQUE_NS_MIN => suspects.add(site, span_ns, LATE, None),
            (_, callee) => suspects.add(site, span_ns, SURE, callee.as_ref()),
        }
        covered = sample.delivered_ns;
    }
    match suspects.worst() {
        Some(worst) => Guilt {
            line: Some(worst.site.clone()),
            confidence: worst.confidence,
            callee: worst.callee.filter(|_| worst.inside_ns * 2 >= worst.weight_ns).cloned(),
        },
        None => Guilt { line: callback.definition.clone(), confidence: DEFINITION, callee: None },
    }
}
