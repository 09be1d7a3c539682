//! `--stall-budget FILE`: how long callbacks may hold the loop, and which known stalls are let pass until when.
//!
//! ```json
//! {
//!   "maxMs": { "default": 100, "module": 500 },
//!   "allow": [{ "fingerprint": "7f3a12cd", "until": "2027-01-31", "why": "the importer, to be split" }]
//! }
//! ```

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use rondo_protocol::CallbackKind;
use rondo_protocol::stall::{CauseClass, Stall};
use serde::Deserialize;

use crate::profile::groups::duration_us;
use crate::profile::source::place;

/// A stall was longer than its budget.
pub const EXCEEDED_EXIT_CODE: i32 = 3;
/// The machine interfered: neither passed nor failed.
pub const INCONCLUSIVE_EXIT_CODE: i32 = 4;
/// The key in `maxMs` of kinds that are not named.
const DEFAULT_KIND: &str = "default";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    #[serde(default)]
    max_ms: BTreeMap<String, f64>,
    #[serde(default)]
    allow: Vec<Allowed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowed {
    fingerprint: String,
    until: String,
    #[serde(default, rename = "why")]
    _why: Option<String>,
}

pub struct Budget {
    max_us: BTreeMap<String, u64>,
    /// Fingerprints and the last day, in days since the epoch, on which they pass.
    allowed: Vec<(String, i64)>,
}

/// What a budget says of a run.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    Passed {
        allowed: usize,
    },
    /// One sentence for each stall.
    Exceeded(Vec<String>),
    Inconclusive(Vec<String>),
}

pub fn read(path: &str) -> Result<Budget, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("--stall-budget: {path}: {error}"))?;
    parse(&text).map_err(|error| format!("--stall-budget: {path}: {error}"))
}

fn parse(text: &str) -> Result<Budget, String> {
    let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut max_us = BTreeMap::new();
    for (kind, ms) in written.max_ms {
        if kind != DEFAULT_KIND && CallbackKind::from_name(&kind).is_none() {
            let known: Vec<_> = CallbackKind::ALL.iter().map(|kind| kind.as_str()).collect();
            return Err(format!("maxMs: '{kind}' is no kind of callback: {DEFAULT_KIND} {}", known.join(" ")));
        }
        if !(ms.is_finite() && ms >= 0.0) {
            return Err(format!("maxMs.{kind}: {ms} is no time"));
        }
        max_us.insert(kind, (ms * 1000.0) as u64);
    }
    let day = |allowed: Allowed| {
        let until = day_of(&allowed.until).ok_or_else(|| {
            format!("allow: '{}' of {} is no day such as 2027-01-31", allowed.until, allowed.fingerprint)
        })?;
        Ok((allowed.fingerprint, until))
    };
    Ok(Budget { max_us, allowed: written.allow.into_iter().map(day).collect::<Result<_, String>>()? })
}

impl Budget {
    /// Without a limit of its own or a default, a kind may not stall at all.
    fn max_us(&self, kind: CallbackKind) -> u64 {
        let of = |name: &str| self.max_us.get(name).copied();
        of(kind.as_str()).or(of(DEFAULT_KIND)).unwrap_or(0)
    }

    pub fn judge(&self, stalls: &[Stall], today: i64) -> Verdict {
        let (mut exceeded, mut external, mut allowed) = (Vec::new(), Vec::new(), 0);
        let is_over = |stall: &&Stall| duration_us(stall) > self.max_us(stall.callback.kind);
        // Workers are there to compute.
        for stall in stalls.iter().filter(|stall| stall.worker.is_none()).filter(is_over) {
            if stall.cause.class == CauseClass::External {
                external.push(sentence(stall, self.max_us(stall.callback.kind)));
                continue;
            }
            match self.allowed.iter().find(|(fingerprint, _)| *fingerprint == stall.fingerprint) {
                Some((_, until)) if *until >= today => allowed += 1,
                Some(_) => exceeded.push(format!(
                    "{} (it was let pass until a day that is over)",
                    sentence(stall, self.max_us(stall.callback.kind))
                )),
                None => exceeded.push(sentence(stall, self.max_us(stall.callback.kind))),
            }
        }
        match (exceeded.is_empty(), external.is_empty()) {
            (false, _) => Verdict::Exceeded(exceeded),
            (true, false) => Verdict::Inconclusive(external),
            (true, true) => Verdict::Passed { allowed },
        }
    }
}

fn sentence(stall: &Stall, max_us: u64) -> String {
    let line = stall.line.as_ref().or(stall.callback.definition.as_ref());
    let at = line.map(|line| format!(" at {}", place(line))).unwrap_or_default();
    let (kind, took) = (stall.callback.kind.as_str(), duration_us(stall) / 1000);
    format!("{} {kind}{at} took {took} ms of {} ms", stall.fingerprint, max_us / 1000)
}

/// Today, in days since 1970-01-01, UTC.
pub fn today() -> i64 {
    (SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400) as i64
}

/// `2027-01-31` in days since 1970-01-01. <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>
fn day_of(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| parts.next().filter(|part| part.len() == digits)?.parse::<i64>().ok();
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn stall(fingerprint: &str, class: &str, took_us: u64) -> Stall {
        serde_json::from_value(serde_json::json!({
            "fingerprint": fingerprint,
            "callback": { "id": "9", "kind": "timeout", "phase": "timers", "turn": 3, "seq": 9, "chainId": "1", "durationUs": took_us },
            "chain": [], "cause": { "class": class }, "samples": [], "skidUs": 0, "confidence": 0.9,
            "victims": { "count": 0, "waitTotalUs": 0, "waitMaxUs": 0, "top": [] },
        }))
        .expect("the protocol's shape")
    }

    #[test]
    fn days_count_from_the_epoch() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2000-03-01"), Some(11_017));
        assert_eq!(day_of("2027-1-31"), None);
    }

    #[test]
    fn a_stall_within_its_limit_passes() {
        let budget = parse(r#"{ "maxMs": { "default": 50, "timeout": 100 } }"#).expect("well formed");
        assert_eq!(budget.judge(&[stall("a", "js", 90_000)], 0), Verdict::Passed { allowed: 0 });
        assert!(matches!(budget.judge(&[stall("a", "js", 110_000)], 0), Verdict::Exceeded(_)));
        assert!(matches!(budget.judge(&[stall("a", "external", 110_000)], 0), Verdict::Inconclusive(_)));
    }

    #[test]
    fn workers_may_compute() {
        let budget = parse(r#"{ "maxMs": { "default": 50 } }"#).expect("well formed");
        let in_worker = Stall { worker: Some("worker 1".to_owned()), ..stall("a", "js", 90_000) };
        assert_eq!(budget.judge(&[in_worker], 0), Verdict::Passed { allowed: 0 });
    }

    #[test]
    fn a_known_stall_passes_until_its_day() {
        let budget = parse(r#"{ "allow": [{ "fingerprint": "a", "until": "2000-03-01" }] }"#).expect("well formed");
        assert_eq!(budget.judge(&[stall("a", "js", 90_000)], 11_017), Verdict::Passed { allowed: 1 });
        assert!(matches!(budget.judge(&[stall("a", "js", 90_000)], 11_018), Verdict::Exceeded(_)));
    }

    #[test]
    fn faults_are_named() {
        let fault = |text: &str| parse(text).err().expect("a fault");
        assert!(fault(r#"{ "maxMs": { "timer": 1 } }"#).contains("'timer' is no kind"));
        assert!(fault(r#"{ "max": 1 }"#).contains("unknown field"));
        assert!(fault(r#"{ "allow": [{ "fingerprint": "a", "until": "soon" }] }"#).contains("'soon' of a is no day"));
    }
}
