//! What a running program did, at the ends of lines: how often callbacks of the line ran, how late, at what cost.

use std::collections::BTreeMap;

use rondo_analysis::overlay::Placed;
use rondo_protocol::stats::SiteStats;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::analysed;
use crate::facts::duration;
use crate::main_loop::State;

/// Hints of one request.
const HINTS_MAX: usize = 1_000;

pub fn hints(state: &mut State, params: &InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    let encoding = state.client.encoding;
    let facts = std::mem::take(&mut state.facts);
    let mut hints = Vec::new();
    if let Some((document, analysis)) = analysed(state, &params.text_document.uri)
        && let Some(path) = &document.path
    {
        let mut lines: BTreeMap<u32, Vec<(Placed, &SiteStats)>> = BTreeMap::new();
        for (placed, stats) in facts.sites_in(path, &document.text, &analysis.functions) {
            lines.entry(placed.line()).or_default().push((placed, stats));
        }
        let wanted =
            lines.into_iter().filter(|(line, _)| (params.range.start.line..=params.range.end.line).contains(line));
        for (line, sites) in wanted.take(HINTS_MAX) {
            let end = document.text.line_start(line) + document.text.line(line).map_or(0, str::len) as u32;
            hints.push(hint(crate::convert::position(&document.text, end, encoding), &sites));
        }
    }
    state.facts = facts;
    Ok(Some(hints))
}

fn hint(position: Position, sites: &[(Placed, &SiteStats)]) -> InlayHint {
    let stale = sites.iter().any(|(placed, _)| placed.is_stale());
    let said: Vec<String> = sites.iter().map(|(_, stats)| summary(stats)).collect();
    let label = format!("{}{}", said.join(" | "), if stale { " · stale" } else { "" });
    let mut details: Vec<String> = sites.iter().map(|(_, stats)| detail(stats)).collect();
    details.push("Of the callbacks that the program's flight recorder holds: its last few thousand.".to_owned());
    if stale {
        details.push("**Stale**: the function changed since the program was started.".to_owned());
    }
    InlayHint {
        position,
        label: InlayHintLabel::String(label),
        kind: None,
        text_edits: None,
        tooltip: Some(InlayHintTooltip::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: details.join("\n\n"),
        })),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}

fn summary(stats: &SiteStats) -> String {
    let mut text = format!("{} {}×", stats.kind.as_str(), stats.count);
    // Zero is what a callback has that always ran at once, or only while a debugger held it.
    for (what, us) in [("late", stats.queue_p99_us), ("cost", stats.p99_us)] {
        if us > 0 {
            text.push_str(&format!(" · {what} p99 {}", duration(us)));
        }
    }
    if stats.stalls > 0 {
        text.push_str(&format!(" · {} stall{}", stats.stalls, if stats.stalls == 1 { "" } else { "s" }));
    }
    text
}

fn detail(stats: &SiteStats) -> String {
    format!(
        "**{}** callbacks: {}, {} in all\n\n| | p50 | p99 | longest |\n|---|---|---|---|\n| cost | {} | {} | {} |\n| waited for the loop | {} | {} | |\n\nStalls: {}",
        stats.kind.as_str(),
        stats.count,
        duration(stats.total_us),
        duration(stats.p50_us),
        duration(stats.p99_us),
        duration(stats.max_us),
        duration(stats.queue_p50_us),
        duration(stats.queue_p99_us),
        stats.stalls
    )
}
