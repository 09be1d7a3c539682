//! `report.html`: one file with the page, its style, its program and the recording in it. It opens without a network.
//!
//! The recording is JSON for what people read and one packed table for callbacks: [`ROW_BYTES`] bytes each, little
//! endian, in the order in which they ran. `report.js` reads the same table.

use rondo_protocol::CallbackKind;
use rondo_protocol::site::Site;
use rondo_protocol::stall::Stall;
use serde_json::{Value, json};

use crate::clock::epoch_offset_us;
use crate::profile::console::{cause, named_shares};
use crate::profile::groups;
use crate::profile::hints;
use crate::profile::source::{Sources, place};
use crate::recording::trace::{NO_SITE, Ran, Trace};

/// start µs u32 · duration µs u32 · queue µs u32 · site u16 · kind u8 · phase u8 · id u32 · trigger u32 · turn u32
const ROW_BYTES: usize = 28;
/// Callbacks in the page: the longest ones. The rest are sums per slice of time, as in [`Trace`].
const ROWS_MAX: usize = 200_000;
/// Slices of time over the whole recording, for the sums of callbacks that are not in the table.
const SLICES: u64 = 2000;
/// Sites in the table.
const SITES_MAX: usize = 300;
/// Stalls with all their details.
const STALLS_MAX: usize = 1000;
/// Lines on each side of a line of an excerpt.
const EXCERPT_AROUND: u32 = 3;
/// A site is `u16`, of which the last says that none is known.
const NO_SITE_ROW: u16 = u16::MAX;
/// Characters of the command line that are shown.
const COMMAND_CHARS_MAX: usize = 200;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const DRAWING: &str = include_str!("timeline.js");
const PROGRAM: &str = include_str!("page.js");

pub fn page(trace: &Trace) -> String {
    let (rows, sums) = packed(trace);
    let data = json!({
        "meta": meta(trace),
        "kinds": CallbackKind::ALL.map(CallbackKind::as_str),
        "sites": trace.sites.iter().map(|site| json!({ "place": place(site), "short": site.short(), "name": site.function_name })).collect::<Vec<_>>(),
        "table": table(trace),
        "stalls": stalls(trace),
        "spans": spans(trace),
        "sums": sums,
        "rows": base64(&rows),
    });
    // What closes a script element would end it within the data as well.
    let data = data.to_string().replace("</", "<\\/").replace("<!--", "<\\!--");
    let parts = [("/*STYLE*/", STYLE), ("/*TIMELINE*/", DRAWING), ("/*PROGRAM*/", PROGRAM), ("/*DATA*/", &data)];
    let mut page = PAGE.to_owned();
    for (mark, part) in parts {
        page = page.replacen(mark, part, 1);
    }
    page
}

fn meta(trace: &Trace) -> Value {
    let options = crate::core::try_core().map(|core| (core.options.argv.join(" "), core.doorway.slot.threshold_ns()));
    let (command, threshold_ns) = options.unwrap_or_default();
    let began_us = (trace.began_ns / 1000).saturating_add_signed(epoch_offset_us());
    json!({
        "command": command.chars().take(COMMAND_CHARS_MAX).collect::<String>(),
        "pid": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
        "beganAtMs": began_us / 1000,
        "spanUs": (trace.ended_ns - trace.began_ns) / 1000,
        "busyUs": trace.busy_ns / 1000,
        "callbacks": trace.callbacks_total,
        "turns": trace.turns,
        "thresholdUs": threshold_ns / 1000,
        "foldBelowUs": trace.fold_below_ns / 1000,
        "stalls": trace.stalls_total(),
        "spansDropped": trace.spans_dropped,
    })
}

/// The rows of the longest callbacks, and of the rest the busy microseconds and counts by kind and slice.
fn packed(trace: &Trace) -> (Vec<u8>, Value) {
    let mut limit_ns = trace.fold_below_ns;
    if trace.callbacks.len() > ROWS_MAX {
        let mut took: Vec<u64> = trace.callbacks.iter().map(|ran| ran.took_ns).collect();
        let place = took.len() - ROWS_MAX;
        limit_ns = *took.select_nth_unstable(place).1;
    }
    let span_ns = (trace.ended_ns - trace.began_ns).max(1);
    let slice_of = |at_ns: u64| (at_ns.saturating_sub(trace.began_ns) * SLICES / span_ns).min(SLICES - 1);
    let mut sums: std::collections::BTreeMap<(u8, u64), (u64, u64)> = std::collections::BTreeMap::new();
    let mut add = |kind: CallbackKind, slice: u64, count: u64, took_ns: u64| {
        let sum = sums.entry((kind as u8, slice)).or_default();
        sum.0 += count;
        sum.1 += took_ns;
    };
    let mut rows = Vec::new();
    for ran in &trace.callbacks {
        if ran.took_ns >= limit_ns && rows.len() < ROWS_MAX * ROW_BYTES {
            push_row(&mut rows, trace, ran);
        } else {
            add(ran.kind, slice_of(ran.start_ns), 1, ran.took_ns);
        }
    }
    for ((slice, kind), sum) in &trace.sums {
        // A slice of the recording may be wider or narrower than one of the page: it is spread over those it covers.
        let (from_ns, width_ns) = trace.slice_ns(*slice);
        let (first, last) = (slice_of(from_ns), slice_of(from_ns + width_ns - 1));
        let parts = last - first + 1;
        (first..=last).for_each(|slice| add(*kind, slice, u64::from(sum.count) / parts, sum.took_ns / parts));
    }
    let flat: Vec<Value> =
        sums.iter().map(|((kind, slice), (count, ns))| json!([kind, slice, count, ns / 1000])).collect();
    (rows, json!({ "slices": SLICES, "belowUs": limit_ns / 1000, "list": flat }))
}

fn push_row(rows: &mut Vec<u8>, trace: &Trace, ran: &Ran) {
    let start_us = (ran.start_ns.saturating_sub(trace.began_ns) / 1000) as u32;
    let site = if ran.site == NO_SITE { NO_SITE_ROW } else { ran.site as u16 };
    for word in [start_us, (ran.took_ns / 1000) as u32, ran.queue_us.unwrap_or(0)] {
        rows.extend_from_slice(&word.to_le_bytes());
    }
    rows.extend_from_slice(&site.to_le_bytes());
    rows.extend_from_slice(&[ran.kind as u8, ran.phase as u8]);
    for word in [ran.id as u32, ran.trigger as u32, ran.turn as u32] {
        rows.extend_from_slice(&word.to_le_bytes());
    }
}

fn table(trace: &Trace) -> Vec<Value> {
    let mut sites: Vec<_> = trace.by_site.iter().collect();
    sites.sort_by_key(|(_, times)| std::cmp::Reverse(times.took.total_us));
    let row = |((site, kind), times): (&(u32, CallbackKind), &crate::recording::trace::SiteTimes)| {
        json!({
            "site": trace.site(*site).map(place),
            "kind": kind.as_str(),
            "count": times.took.count(),
            "totalUs": times.took.total_us,
            "p50Us": times.took.quantile(0.5),
            "p99Us": times.took.quantile(0.99),
            "maxUs": times.took.max(),
            "queueP50Us": times.queued.quantile(0.5),
            "queueP99Us": times.queued.quantile(0.99),
            "queueKnown": times.queued.count() > 0,
            "stalls": times.stalls,
        })
    };
    sites.into_iter().take(SITES_MAX).map(row).collect()
}

fn stalls(trace: &Trace) -> Vec<Value> {
    let mut sources = Sources::default();
    let offset = epoch_offset_us();
    let began_us = trace.began_ns / 1000;
    let ranks: Vec<String> = groups::of(&trace.stalls).iter().map(|group| group.worst.fingerprint.clone()).collect();
    let one = |stall: &Stall| {
        let from = stall.callback.started_at.unwrap_or(0).saturating_add_signed(-offset).saturating_sub(began_us);
        let excerpt = stall.line.as_ref().map(|line| sources.excerpt(line, EXCERPT_AROUND)).unwrap_or_default();
        let shares = stall.callback.shares.as_ref().map(named_shares).unwrap_or_default();
        let chain: Vec<Value> = stall.chain.iter().map(|callback| step(callback, offset, began_us)).collect();
        let samples = stall.samples.iter().map(|sample| {
            let at = sample.at_us.saturating_add_signed(-offset).saturating_sub(began_us);
            json!([at, sample.stack.iter().map(place).collect::<Vec<_>>()])
        });
        json!({
            "fingerprint": stall.fingerprint,
            "rank": ranks.iter().position(|one| *one == stall.fingerprint),
            "fromUs": from,
            "tookUs": groups::duration_us(stall),
            "kind": stall.callback.kind.as_str(),
            "resource": stall.callback.resource,
            "request": stall.request,
            "worker": stall.worker,
            "turn": stall.callback.turn,
            "class": stall.cause.class,
            "cause": cause(stall),
            "hint": hints::of(stall),
            "line": stall.line.as_ref().map(place),
            "lineNumber": stall.line.as_ref().map(|line| line.line_number + 1),
            "excerpt": excerpt,
            "shares": shares,
            "scheduledBy": sites(stall.callback.scheduled_by.as_deref()),
            "chain": chain,
            "samples": samples.collect::<Vec<_>>(),
            "skidUs": stall.skid_us,
            "confidence": stall.confidence,
            "victims": {
                "count": stall.victims.count,
                "totalUs": stall.victims.wait_total_us,
                "maxUs": stall.victims.wait_max_us,
                "top": stall.victims.top.iter().map(|victim| step(victim, offset, began_us)).collect::<Vec<_>>(),
            },
        })
    };
    trace.stalls.iter().take(STALLS_MAX).map(one).collect()
}

fn step(callback: &rondo_protocol::callback::Callback, offset: i64, began_us: u64) -> Value {
    let ready = callback.ready_at.map(|at| at.saturating_add_signed(-offset).saturating_sub(began_us));
    json!({
        "id": callback.id,
        "kind": callback.kind.as_str(),
        "resource": callback.resource,
        "site": callback.definition.as_ref().map(place),
        "scheduledBy": sites(callback.scheduled_by.as_deref()),
        "tookUs": callback.duration_us,
        "waitedUs": callback.queue_us,
        "readyUs": ready,
    })
}

fn sites(stack: Option<&[Site]>) -> Vec<String> {
    stack.unwrap_or_default().iter().map(place).collect()
}

/// Collections and operations: [from µs, duration µs, name or null, resource].
fn spans(trace: &Trace) -> Vec<Value> {
    let one = |span: &crate::recording::trace::Span| {
        let from = span.from_ns.saturating_sub(trace.began_ns) / 1000;
        json!([from, (span.to_ns - span.from_ns) / 1000, span.op, span.resource])
    };
    let mut spans: Vec<_> = trace.spans.iter().collect();
    spans.sort_by_key(|span| std::cmp::Reverse(span.to_ns - span.from_ns));
    spans.truncate(SPANS_SHOWN_MAX);
    spans.sort_by_key(|span| span.from_ns);
    spans.into_iter().map(one).collect()
}

/// The longest collections and operations that are drawn.
const SPANS_SHOWN_MAX: usize = 20_000;

fn base64(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

#[cfg(test)]
mod tests {
    use super::{ROW_BYTES, packed, page};
    use crate::recording::trace::Trace;
    use crate::recording::trace::tests::record;

    #[test]
    fn a_row_has_its_size_and_the_page_everything() {
        let mut trace = Trace::new(0);
        trace.ran(&record(1, 0, 1_000_000, 5000));
        let trace = trace.ended(2_000_000);
        assert_eq!(packed(&trace).0.len(), ROW_BYTES);
        let page = page(&trace);
        assert!(!page.contains("/*DATA*/") && !page.contains("/*STYLE*/") && !page.contains("/*PROGRAM*/"));
        assert!(!page.contains("http://") && !page.contains("https://"), "the page needs no network");
    }
}
