//! A recording as a Perfetto trace of track events: <https://perfetto.dev/docs/reference/synthetic-track-event>.
//!
//! One track for turns, one per kind of callback, one each for collections, native operations and stalls; a flow leads
//! from the callback that scheduled something to what it scheduled. Callbacks that a long recording keeps as sums are one
//! counter per kind.

use std::collections::HashMap;

use rondo_protocol::CallbackKind;
use rondo_protocol::site::Site;

use crate::recording::proto::Message;
use crate::recording::trace::{Ran, Trace};

/// Fields of the messages used here, by message. <https://perfetto.dev/docs/reference/trace-packet-proto>
mod field {
    pub const TRACE_PACKET: u32 = 1;

    pub const PACKET_TIMESTAMP: u32 = 8;
    pub const PACKET_SEQUENCE: u32 = 10;
    pub const PACKET_TRACK_EVENT: u32 = 11;
    pub const PACKET_INTERNED: u32 = 12;
    pub const PACKET_SEQUENCE_FLAGS: u32 = 13;
    pub const PACKET_TRACK: u32 = 60;

    pub const TRACK_UUID: u32 = 1;
    pub const TRACK_NAME: u32 = 2;
    pub const TRACK_PROCESS: u32 = 3;
    pub const TRACK_PARENT: u32 = 5;
    pub const TRACK_COUNTER: u32 = 8;
    pub const TRACK_ORDERING: u32 = 11;
    pub const TRACK_RANK: u32 = 12;
    pub const PROCESS_PID: u32 = 1;
    pub const PROCESS_NAME: u32 = 6;

    pub const EVENT_NOTE: u32 = 4;
    pub const EVENT_TYPE: u32 = 9;
    pub const EVENT_NAME: u32 = 10;
    pub const EVENT_TRACK: u32 = 11;
    pub const EVENT_COUNT: u32 = 30;
    pub const EVENT_FLOWS: u32 = 47;
    pub const EVENT_FLOWS_ENDING: u32 = 48;
    pub const COUNTER_UNIT: u32 = 3;
    pub const NOTE_UINT: u32 = 3;
    pub const NOTE_TEXT: u32 = 6;
    pub const NOTE_NAME: u32 = 10;

    pub const INTERNED_NAMES: u32 = 2;
    pub const INTERNED_ID: u32 = 1;
    pub const INTERNED_TEXT: u32 = 2;
}

const SLICE_BEGIN: u64 = 1;
const SLICE_END: u64 = 2;
const COUNT: u64 = 4;
const UNIT_COUNT: u64 = 2;
/// The first packet begins the numbering of names; the others need it.
const SEQUENCE_BEGINS: u64 = 1;
const SEQUENCE_NEEDS_NAMES: u64 = 2;
const SEQUENCE: u64 = 1;
/// Children are ordered by their rank.
const ORDER_EXPLICIT: u64 = 3;

const PROCESS: u64 = 1;
const TURNS: u64 = 2;
const STALLS: u64 = 3;
const COLLECTIONS: u64 = 4;
const OPERATIONS: u64 = 5;
/// Kinds' tracks follow.
const KINDS: u64 = 16;
/// Counters of the kinds' sums.
const SUMS: u64 = 64;

/// Flows drawn from one callback.
const FLOWS_MAX: usize = 64;

struct Writer {
    trace: Message,
    names: HashMap<String, u64>,
}

/// What a slice says beside its name.
enum Note {
    Uint(&'static str, u64),
    Text(&'static str, String),
}

pub fn encode(trace: &Trace) -> Vec<u8> {
    let mut writer = Writer { trace: Message::default(), names: HashMap::new() };
    tracks(&mut writer, trace);
    turns(&mut writer, trace);
    callbacks(&mut writer, trace);
    spans(&mut writer, trace);
    sums(&mut writer, trace);
    stalls(&mut writer, trace);
    writer.trace.bytes
}

fn tracks(writer: &mut Writer, trace: &Trace) {
    writer.packet(None, |packet| {
        packet.uint(field::PACKET_SEQUENCE_FLAGS, SEQUENCE_BEGINS).message(field::PACKET_TRACK, |track| {
            track.uint(field::TRACK_UUID, PROCESS).uint(field::TRACK_ORDERING, ORDER_EXPLICIT).message(
                field::TRACK_PROCESS,
                |process| {
                    process.uint(field::PROCESS_PID, u64::from(std::process::id())).text(field::PROCESS_NAME, "rondo");
                },
            );
        });
    });
    let kinds = CallbackKind::ALL.into_iter().filter(|kind| trace.callbacks.iter().any(|ran| ran.kind == *kind));
    let fixed = [(STALLS, "stalls"), (TURNS, "turns"), (COLLECTIONS, "collections"), (OPERATIONS, "native operations")];
    let kinds = kinds.map(|kind| (KINDS + kind as u64, kind.as_str()));
    for (rank, (uuid, name)) in fixed.into_iter().chain(kinds).enumerate() {
        writer.packet(None, |packet| {
            packet.message(field::PACKET_TRACK, |track| {
                track.uint(field::TRACK_UUID, uuid).uint(field::TRACK_PARENT, PROCESS);
                track.text(field::TRACK_NAME, name).uint(field::TRACK_RANK, rank as u64);
            });
        });
    }
}

/// A turn is from its first callback to the end of its last.
fn turns(writer: &mut Writer, trace: &Trace) {
    for turn in trace.callbacks.chunk_by(|a, b| a.turn == b.turn) {
        let (Some(first), Some(last)) = (turn.first(), turn.last()) else { continue };
        let notes = [Note::Uint("callbacks", turn.len() as u64)];
        let end = last.start_ns + last.took_ns;
        writer.slice(TURNS, &format!("turn {}", first.turn), first.start_ns, end, &notes, &[], None);
    }
}

fn callbacks(writer: &mut Writer, trace: &Trace) {
    let mut caused: HashMap<u64, Vec<u64>> = HashMap::new();
    let known: std::collections::HashSet<u64> = trace.callbacks.iter().map(|ran| ran.id).collect();
    for ran in trace.callbacks.iter().filter(|ran| known.contains(&ran.trigger)) {
        let flows = caused.entry(ran.trigger).or_default();
        if flows.len() < FLOWS_MAX {
            flows.push(ran.id);
        }
    }
    for ran in &trace.callbacks {
        let flows = caused.get(&ran.id).map_or(&[][..], Vec::as_slice);
        let ending = caused.get(&ran.trigger).and_then(|ids| ids.contains(&ran.id).then_some(ran.id));
        let mut notes = vec![Note::Uint("turn", ran.turn), Note::Text("phase", ran.phase.as_str().to_owned())];
        if let Some(queue_us) = ran.queue_us {
            notes.push(Note::Uint("waited µs", queue_us.into()));
        }
        if let Some(site) = trace.site(ran.site) {
            notes.push(Note::Text("site", place(site)));
        }
        let end = ran.start_ns + ran.took_ns;
        writer.slice(KINDS + ran.kind as u64, &title(trace, ran), ran.start_ns, end, &notes, flows, ending);
    }
}

fn spans(writer: &mut Writer, trace: &Trace) {
    for span in &trace.spans {
        let track = if span.op.is_some() { OPERATIONS } else { COLLECTIONS };
        let notes: Vec<Note> = span.resource.iter().map(|resource| Note::Text("resource", resource.clone())).collect();
        writer.slice(track, span.op.unwrap_or("collection"), span.from_ns, span.to_ns, &notes, &[], None);
    }
}

/// How many callbacks of a kind were too short to be kept one by one, slice of time by slice of time.
fn sums(writer: &mut Writer, trace: &Trace) {
    for kind in CallbackKind::ALL {
        let mut counts: Vec<(u64, u64)> = Vec::new();
        let of_kind = trace.sums.iter().filter(|((_, one), _)| *one == kind);
        counts.extend(of_kind.map(|((slice, _), sum)| (*slice, u64::from(sum.count))));
        if counts.is_empty() {
            continue;
        }
        counts.sort_unstable();
        let track = SUMS + kind as u64;
        let (_, width_ns) = trace.slice_ns(0);
        let (below_us, width_ms) = (trace.fold_below_ns / 1000, width_ns / 1_000_000);
        let name = format!("{} callbacks shorter than {below_us} µs, in {width_ms} ms", kind.as_str());
        writer.packet(None, |packet| {
            packet.message(field::PACKET_TRACK, |message| {
                message.uint(field::TRACK_UUID, track).uint(field::TRACK_PARENT, PROCESS);
                message.text(field::TRACK_NAME, &name).uint(field::TRACK_RANK, track);
                message.message(field::TRACK_COUNTER, |counter| {
                    counter.uint(field::COUNTER_UNIT, UNIT_COUNT);
                });
            });
        });
        for (index, (slice, count)) in counts.iter().enumerate() {
            writer.count(track, trace.slice_ns(*slice).0, *count);
            if counts.get(index + 1).is_none_or(|(next, _)| *next != slice + 1) {
                writer.count(track, trace.slice_ns(slice + 1).0, 0);
            }
        }
    }
}

fn stalls(writer: &mut Writer, trace: &Trace) {
    let offset = crate::clock::epoch_offset_us();
    for stall in trace.own_stalls() {
        let (Some(began), Some(took)) = (stall.callback.started_at, stall.callback.duration_us) else { continue };
        let from = began.saturating_add_signed(-offset) * 1000;
        let cause = serde_json::to_value(&stall.cause).unwrap_or_default();
        let mut notes = vec![
            Note::Text("fingerprint", stall.fingerprint.clone()),
            Note::Text("class", cause["class"].as_str().unwrap_or_default().to_owned()),
            Note::Uint("victims", stall.victims.count),
        ];
        notes.extend(stall.line.as_ref().map(|line| Note::Text("line", place(line))));
        let name = stall.line.as_ref().map_or_else(|| "stall".to_owned(), |line| format!("stall at {}", line.short()));
        writer.slice(STALLS, &name, from, from + took * 1000, &notes, &[], None);
    }
}

/// What a callback is called in a picture.
pub fn title(trace: &Trace, ran: &Ran) -> String {
    match trace.site(ran.site) {
        Some(site) if site.function_name.is_empty() => site.short(),
        Some(site) => format!("{} {}", site.function_name, site.short()),
        None => ran.kind.as_str().to_owned(),
    }
}

/// `file:///a/b.js:12:3`, 1-based.
pub fn place(site: &Site) -> String {
    format!("{}:{}:{}", site.url, site.line_number + 1, site.column_number + 1)
}

impl Writer {
    fn packet(&mut self, at_ns: Option<u64>, fill: impl FnOnce(&mut Message)) {
        self.trace.message(field::TRACE_PACKET, |packet| {
            if let Some(at_ns) = at_ns {
                packet.uint(field::PACKET_TIMESTAMP, at_ns).uint(field::PACKET_SEQUENCE_FLAGS, SEQUENCE_NEEDS_NAMES);
            }
            packet.uint(field::PACKET_SEQUENCE, SEQUENCE);
            fill(packet);
        });
    }

    /// The number of a name, and whether it is new.
    fn name(&mut self, name: &str) -> (u64, bool) {
        if let Some(number) = self.names.get(name) {
            return (*number, false);
        }
        let number = self.names.len() as u64 + 1;
        self.names.insert(name.to_owned(), number);
        (number, true)
    }

    fn count(&mut self, track: u64, at_ns: u64, count: u64) {
        self.packet(Some(at_ns), |packet| {
            packet.message(field::PACKET_TRACK_EVENT, |event| {
                event.uint(field::EVENT_TYPE, COUNT).uint(field::EVENT_TRACK, track).uint(field::EVENT_COUNT, count);
            });
        });
    }

    #[allow(clippy::too_many_arguments)]
    fn slice(
        &mut self,
        track: u64,
        name: &str,
        from_ns: u64,
        to_ns: u64,
        notes: &[Note],
        flows: &[u64],
        ending: Option<u64>,
    ) {
        let (number, is_new) = self.name(name);
        self.packet(Some(from_ns), |packet| {
            if is_new {
                packet.message(field::PACKET_INTERNED, |interned| {
                    interned.message(field::INTERNED_NAMES, |entry| {
                        entry.uint(field::INTERNED_ID, number).text(field::INTERNED_TEXT, name);
                    });
                });
            }
            packet.message(field::PACKET_TRACK_EVENT, |event| {
                event.uint(field::EVENT_TYPE, SLICE_BEGIN).uint(field::EVENT_TRACK, track);
                event.uint(field::EVENT_NAME, number);
                notes.iter().for_each(|note| add_note(event, note));
                for flow in flows {
                    event.fixed64(field::EVENT_FLOWS, *flow);
                }
                if let Some(flow) = ending {
                    event.fixed64(field::EVENT_FLOWS_ENDING, flow);
                }
            });
        });
        self.packet(Some(to_ns), |packet| {
            packet.message(field::PACKET_TRACK_EVENT, |event| {
                event.uint(field::EVENT_TYPE, SLICE_END).uint(field::EVENT_TRACK, track);
            });
        });
    }
}

fn add_note(event: &mut Message, note: &Note) {
    event.message(field::EVENT_NOTE, |message| {
        match note {
            Note::Uint(name, value) => message.text(field::NOTE_NAME, name).uint(field::NOTE_UINT, *value),
            Note::Text(name, value) => message.text(field::NOTE_NAME, name).text(field::NOTE_TEXT, value),
        };
    });
}

#[cfg(test)]
mod tests {
    use super::encode;
    use crate::recording::trace::tests::record;
    use crate::recording::trace::{CALLBACKS_MAX, Trace};

    #[test]
    fn a_flow_joins_scheduler_and_scheduled() {
        let mut trace = Trace::new(0);
        trace.ran(&record(7, 0, 1_000_000, 5000));
        trace.ran(&record(9, 7, 2_000_000, 5000));
        let bytes = encode(&trace);
        // fixed64 fields 47 and 48 with the id of what was scheduled.
        let has = |tag: &[u8]| bytes.windows(10).any(|w| w[..2] == *tag && w[2..] == 9_u64.to_le_bytes());
        assert!(has(&[0xf9, 0x02]) && has(&[0x81, 0x03]));
    }

    #[test]
    fn what_is_kept_as_sums_is_counted() {
        let mut trace = Trace::new(0);
        for id in 1..=CALLBACKS_MAX as u64 + 1 {
            trace.ran(&record(id, 0, id * 1000, 500));
        }
        let bytes = encode(&trace);
        let name = "timeout callbacks shorter than 25 µs, in 50 ms".as_bytes();
        assert!(bytes.windows(name.len()).any(|window| window == name));
        // Field 30 with how many of them the first slice has, one in each microsecond from the first.
        let count = [0xf0, 0x01, 0xcf, 0x86, 0x03];
        assert!(bytes.windows(count.len()).any(|window| window == count));
    }
}
