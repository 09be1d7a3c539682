//! A `.cpuprofile` made from the samples of stalls: what the thread did while it was held, and nothing of the rest.
//!
//! V8's own profiler samples all the time, which costs some percent and a start of its own; these samples are taken
//! anyway. Time between stalls appears as idle, and the file says so under `rondo`.

use std::collections::HashMap;

use rondo_protocol::site::Site;
use serde_json::{Value, json};

use crate::clock::epoch_offset_us;
use crate::recording::trace::Trace;

/// A script's id means another script to a DevTools that is open on another process, and it takes the id's word, not the
/// URL's: a profile's functions would be hidden as if they were of Node.
pub const NO_SCRIPT: &str = "0";

const ROOT: usize = 1;
const IDLE: usize = 2;

struct Node {
    site: Site,
    children: Vec<usize>,
    hits: u64,
    lines: HashMap<u32, u64>,
}

#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    by_frame: HashMap<(usize, String, String), usize>,
}

impl Tree {
    fn new() -> Tree {
        let mut tree = Tree::default();
        tree.add("(root)");
        let idle = tree.add("(idle)");
        tree.nodes[0].children.push(idle);
        tree
    }

    fn add(&mut self, name: &str) -> usize {
        self.push(Site { function_name: name.to_owned(), ..Site::default() })
    }

    fn push(&mut self, site: Site) -> usize {
        self.nodes.push(Node { site, children: vec![], hits: 0, lines: HashMap::new() });
        self.nodes.len()
    }

    /// The node of a stack, innermost frame first.
    fn place(&mut self, stack: &[Site]) -> usize {
        let mut at = ROOT;
        for frame in stack.iter().rev() {
            let key = (at, frame.url.clone(), frame.function_name.clone());
            at = match self.by_frame.get(&key) {
                Some(node) => *node,
                None => {
                    let node = self.push(frame.clone());
                    self.nodes[at - 1].children.push(node);
                    self.by_frame.insert(key, node);
                    node
                }
            };
        }
        let node = &mut self.nodes[at - 1];
        node.hits += 1;
        if let Some(frame) = stack.first() {
            *node.lines.entry(frame.line_number + 1).or_default() += 1;
        }
        at
    }

    fn to_json(&self) -> Vec<Value> {
        let nodes = self.nodes.iter().enumerate().map(|(index, node)| {
            let mut lines: Vec<_> = node.lines.iter().collect();
            lines.sort_unstable();
            let ticks: Vec<Value> = lines.iter().map(|(line, ticks)| json!({ "line": line, "ticks": ticks })).collect();
            let site = &node.site;
            json!({
                "id": index + 1,
                "callFrame": {
                    "functionName": site.function_name,
                    "scriptId": NO_SCRIPT,
                    "url": site.url,
                    "lineNumber": if site.url.is_empty() { -1 } else { i64::from(site.line_number) },
                    "columnNumber": if site.url.is_empty() { -1 } else { i64::from(site.column_number) },
                },
                "hitCount": node.hits,
                "children": node.children,
                "positionTicks": ticks,
            })
        });
        nodes.collect()
    }
}

pub fn of_stalls(trace: &Trace) -> Vec<u8> {
    let offset = epoch_offset_us();
    let (began_us, ended_us) = (trace.began_ns / 1000, trace.ended_ns / 1000);
    let mut tree = Tree::new();
    let mut moments: Vec<(u64, usize)> = Vec::new();
    for stall in trace.own_stalls() {
        let from = stall.callback.started_at.unwrap_or(0).saturating_add_signed(-offset);
        let end = from + stall.callback.duration_us.unwrap_or(0);
        let first = stall
            .samples
            .first()
            .map(|sample| sample.stack.as_slice())
            .or(stall.line.as_ref().map(std::slice::from_ref));
        moments.extend(first.map(|stack| (from, tree.place(stack))));
        for sample in &stall.samples {
            moments.push((sample.at_us.saturating_add_signed(-offset), tree.place(&sample.stack)));
        }
        moments.push((end, IDLE));
    }
    moments.retain(|(at, _)| (began_us..=ended_us).contains(at));
    moments.sort_by_key(|(at, _)| *at);
    moments.insert(0, (began_us, IDLE));
    let mut before = began_us;
    let deltas = moments.iter().map(|(at, _)| at - std::mem::replace(&mut before, *at));
    let deltas: Vec<u64> = deltas.collect();
    let samples: Vec<usize> = moments.iter().map(|(_, node)| *node).collect();
    let profile = json!({
        "nodes": tree.to_json(),
        "startTime": began_us,
        "endTime": ended_us,
        "samples": samples,
        "timeDeltas": deltas,
        "rondo": { "source": "samples of stalls only: time outside of stalls appears as idle", "stalls": trace.stalls_total() },
    });
    serde_json::to_vec(&profile).expect("a profile is plain data")
}

#[cfg(test)]
mod tests {
    use super::{IDLE, of_stalls};
    use crate::recording::trace::Trace;

    #[test]
    fn nothing_stalled_is_idle() {
        let profile: serde_json::Value = serde_json::from_slice(&of_stalls(&Trace::new(5_000_000))).expect("JSON");
        assert_eq!(profile["samples"], serde_json::json!([IDLE]));
        assert_eq!(profile["timeDeltas"], serde_json::json!([0]));
        assert_eq!(profile["nodes"][0]["children"], serde_json::json!([IDLE]));
    }
}
