//! A recording as Chrome's trace JSON, for tools that do not read Perfetto's: one row per kind of callback.

use rondo_protocol::CallbackKind;
use serde_json::{Value, json};

use crate::recording::perfetto::{place, title};
use crate::recording::trace::Trace;

const STALLS_ROW: u64 = 1;
const TURNS_ROW: u64 = 2;
const COLLECTIONS_ROW: u64 = 3;
const OPERATIONS_ROW: u64 = 4;
/// Kinds' rows follow.
const KINDS_ROW: u64 = 16;

/// Callbacks in the file, the longest ones: JSON takes four times the room of Perfetto's format, and its readers load all
/// of it at once.
const CALLBACKS_MAX: usize = 100_000;

/// The shortest duration that leaves no more callbacks than have room.
fn shortest_ns(trace: &Trace) -> u64 {
    if trace.callbacks.len() <= CALLBACKS_MAX {
        return 0;
    }
    let mut took: Vec<u64> = trace.callbacks.iter().map(|ran| ran.took_ns).collect();
    let place = took.len() - CALLBACKS_MAX;
    *took.select_nth_unstable(place).1
}

pub fn encode(trace: &Trace) -> Vec<u8> {
    let shortest_ns = shortest_ns(trace).max(trace.fold_below_ns);
    let shown = || trace.callbacks.iter().filter(|ran| ran.took_ns >= shortest_ns).take(CALLBACKS_MAX);
    let pid = std::process::id();
    let us = |ns: u64| ns as f64 / 1000.0;
    let slice = |row: u64, name: &str, from: u64, to: u64, arguments: Value| json!({ "ph": "X", "pid": pid, "tid": row, "name": name, "cat": "loop", "ts": us(from), "dur": us(to - from), "args": arguments });
    let mut events = Events::new();
    events.push(json!({ "ph": "M", "pid": pid, "name": "process_name", "args": { "name": "rondo" } }));
    rows(trace, pid).into_iter().for_each(|row| events.push(row));
    for turn in trace
        .callbacks
        .chunk_by(|a, b| a.turn == b.turn)
        .filter(|turn| turn.iter().any(|ran| ran.took_ns >= shortest_ns))
    {
        let (Some(first), Some(last)) = (turn.first(), turn.last()) else { continue };
        let name = format!("turn {}", first.turn);
        let arguments = json!({ "callbacks": turn.len() });
        events.push(slice(TURNS_ROW, &name, first.start_ns, last.start_ns + last.took_ns, arguments));
    }
    let began: std::collections::HashMap<u64, (u64, CallbackKind)> =
        shown().map(|ran| (ran.id, (ran.start_ns, ran.kind))).collect();
    for ran in shown() {
        let row = KINDS_ROW + ran.kind as u64;
        let arguments = json!({ "id": ran.id.to_string(), "turn": ran.turn, "phase": ran.phase.as_str(), "waitedUs": ran.queue_us, "site": trace.site(ran.site).map(place) });
        events.push(slice(row, &title(trace, ran), ran.start_ns, ran.start_ns + ran.took_ns, arguments));
        if let Some((from, kind)) = began.get(&ran.trigger) {
            let flow = |ph: &str, row: u64, at: u64| json!({ "ph": ph, "bp": "e", "pid": pid, "tid": row, "id": ran.id, "name": "schedules", "cat": "flow", "ts": us(at) });
            events.push(flow("s", KINDS_ROW + *kind as u64, *from));
            events.push(flow("f", row, ran.start_ns));
        }
    }
    for span in &trace.spans {
        let row = if span.op.is_some() { OPERATIONS_ROW } else { COLLECTIONS_ROW };
        let arguments = json!({ "resource": span.resource });
        events.push(slice(row, span.op.unwrap_or("collection"), span.from_ns, span.to_ns, arguments));
    }
    let offset = crate::clock::epoch_offset_us();
    for stall in trace.own_stalls() {
        let (Some(at), Some(took)) = (stall.callback.started_at, stall.callback.duration_us) else { continue };
        let from = at.saturating_add_signed(-offset) * 1000;
        let name = stall.line.as_ref().map_or_else(|| "stall".to_owned(), |line| format!("stall at {}", line.short()));
        let arguments =
            json!({ "cause": stall.cause, "fingerprint": stall.fingerprint, "victims": stall.victims.count });
        events.push(slice(STALLS_ROW, &name, from, from + took * 1000, arguments));
    }
    events.end(json!({ "callbacks": trace.callbacks_total, "callbacksShorterThanUsLeftOut": shortest_ns / 1000 }))
}

/// The file as it grows: as a value it would take twenty times the room of its text.
struct Events(Vec<u8>);

impl Events {
    fn new() -> Events {
        Events(br#"{"displayTimeUnit":"ms","traceEvents":["#.to_vec())
    }

    fn push(&mut self, event: Value) {
        if !self.0.ends_with(b"[") {
            self.0.push(b',');
        }
        self.write(&event);
    }

    fn end(mut self, other: Value) -> Vec<u8> {
        self.0.extend_from_slice(br#"],"otherData":"#);
        self.write(&other);
        self.0.push(b'}');
        self.0
    }

    fn write(&mut self, value: &Value) {
        serde_json::to_writer(&mut self.0, value).expect("a trace is plain data, and memory takes all of it");
    }
}

/// The names of the rows, in their order.
fn rows(trace: &Trace, pid: u32) -> Vec<Value> {
    let fixed = [
        (STALLS_ROW, "stalls"),
        (TURNS_ROW, "turns"),
        (COLLECTIONS_ROW, "collections"),
        (OPERATIONS_ROW, "native operations"),
    ];
    let kinds = CallbackKind::ALL.into_iter().filter(|kind| trace.callbacks.iter().any(|ran| ran.kind == *kind));
    let kinds = kinds.map(|kind| (KINDS_ROW + kind as u64, kind.as_str()));
    let name = |(row, name): (u64, &str)| json!({ "ph": "M", "pid": pid, "tid": row, "name": "thread_name", "args": { "name": name } });
    fixed.into_iter().chain(kinds).map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::encode;
    use crate::recording::trace::Trace;
    use crate::recording::trace::tests::record;

    #[test]
    fn slices_and_flows() {
        let mut trace = Trace::new(0);
        trace.ran(&record(7, 0, 1_000_000, 5000));
        trace.ran(&record(9, 7, 2_000_000, 5000));
        let json: serde_json::Value = serde_json::from_slice(&encode(&trace)).expect("JSON");
        let events = json["traceEvents"].as_array().expect("a list");
        let of = |ph: &str| events.iter().filter(|event| event["ph"] == ph).count();
        assert_eq!((of("X"), of("s"), of("f")), (4, 1, 1));
    }
}
