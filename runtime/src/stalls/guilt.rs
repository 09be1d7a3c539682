//! The guilty line: the innermost user line that holds most of the time, and how far it can be trusted.

use std::collections::HashMap;

use rondo_protocol::callback::Callback;
use rondo_protocol::site::Site;

use crate::stalls::callee::Callee;
use crate::stalls::sample::Taken;
use crate::stalls::shares::OPAQUE_NS_MIN;
use crate::stalls::slot::Stage;

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

/// Each sample of a callback, or turn, weighs the time since the one before it, without what the thread waited for a
/// processor meanwhile. `delay_ns` is how long it had ever waited when the first span began.
pub fn of_samples(samples: &[&Taken], start_ns: u64, delay_ns: Option<u64>, callback: &Callback) -> Guilt {
    let mut suspects = Suspects::default();
    let spans = spans(samples, start_ns, delay_ns);
    let unseen = unseen(samples, &spans);
    for (sample, span_ns) in samples.iter().zip(spans) {
        let Some(site) = sample.stack.first() else { continue };
        let span_ns = (span_ns as f64 * (1.0 + unseen[sample.stage as usize])) as u64;
        match (&sample.before, &sample.callee) {
            (Some((before, callee)), None) => suspects.add(before, span_ns, BEFORE, Some(callee)),
            (None, None) if sample.was_opaque => suspects.add(site, span_ns, SKIDDED, None),
            (None, None) if sample.skid_ns() >= OPAQUE_NS_MIN => suspects.add(site, span_ns, LATE, None),
            (_, callee) => suspects.add(site, span_ns, SURE, callee.as_ref()),
        }
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

/// The time that each sample stands for.
fn spans(samples: &[&Taken], start_ns: u64, delay_ns: Option<u64>) -> Vec<u64> {
    let mut covered = start_ns;
    let mut delayed = delay_ns.or(samples.first().map(|sample| sample.run_delay_ns)).unwrap_or(0);
    let span = |sample: &&Taken| {
        let waited = sample.run_delay_ns.saturating_sub(std::mem::replace(&mut delayed, sample.run_delay_ns));
        let span = sample.delivered_ns.saturating_sub(std::mem::replace(&mut covered, sample.delivered_ns));
        span.saturating_sub(waited).max(1)
    };
    samples.iter().map(span).collect()
}

/// By stage, how much more of its time fell where no frame was to be seen than where one was: what is seen stands for it.
fn unseen(samples: &[&Taken], spans: &[u64]) -> [f64; Stage::COUNT] {
    let (mut seen, mut unseen) = ([0; Stage::COUNT], [0; Stage::COUNT]);
    for (sample, span) in samples.iter().zip(spans) {
        let sums = if sample.stack.is_empty() { &mut unseen } else { &mut seen };
        sums[sample.stage as usize] += span;
    }
    std::array::from_fn(|stage| unseen[stage] as f64 / seen[stage].max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::{spans, unseen};
    use crate::stalls::sample::Taken;
    use crate::stalls::slot::Stage;
    use rondo_protocol::site::Site;

    fn taken(delivered_ns: u64, run_delay_ns: u64, stage: Stage, seen: bool) -> Taken {
        let stack = if seen { vec![Site::default()] } else { vec![] };
        Taken { delivered_ns, run_delay_ns, stack, ..Taken::at(0, delivered_ns, stage) }
    }

    #[test]
    fn waiting_for_a_processor_weighs_nothing() {
        let samples = [taken(30, 4, Stage::Call, true), taken(1030, 1000, Stage::Call, true)];
        let samples: Vec<&Taken> = samples.iter().collect();
        assert_eq!(spans(&samples, 10, Some(2)), [18, 4]);
        assert_eq!(spans(&samples, 10, None), [20, 4]);
    }

    #[test]
    fn what_is_seen_stands_for_what_is_not_of_the_same_stage() {
        let samples = [
            taken(10, 0, Stage::Call, true),
            taken(40, 0, Stage::Microtasks, false),
            taken(50, 0, Stage::Microtasks, true),
        ];
        let samples: Vec<&Taken> = samples.iter().collect();
        assert_eq!(unseen(&samples, &spans(&samples, 0, None)), [0.0, 0.0, 3.0]);
    }
}
