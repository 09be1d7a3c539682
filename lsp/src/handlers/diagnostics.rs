//! What is wrong with a document: syntax errors, the rules' findings with the evidence of a running program, and its stalls.

use std::str::FromStr;

use rondo_analysis::analysis::Analysis;
use rondo_analysis::finding::{Finding, Level};
use rondo_analysis::overlay::Placed;
use rondo_analysis::text::{Encoding, Span};
use rondo_protocol::callback::Callback;
use rondo_protocol::site::Site;
use tower_lsp::ls_types::*;

use crate::convert;
use crate::documents::Document;
use crate::facts::{Facts, StallFact, duration};
use crate::main_loop::State;

/// The code of what was seen and not guessed.
const STALL: &str = "loop/stall";

pub const SOURCE: &str = "rondo";

pub fn publish_changed(state: &mut State) {
    let dirty: Vec<Uri> =
        state.documents.all().filter(|document| document.is_dirty).map(|document| document.uri.clone()).collect();
    for uri in dirty {
        let list = of_document(state, &uri);
        let Some(document) = state.documents.get(&uri) else { continue };
        document.is_dirty = false;
        let version = document.version;
        state.outbox.diagnostics(uri, list, Some(version));
    }
}

fn of_document(state: &mut State, uri: &Uri) -> Vec<Diagnostic> {
    let encoding = state.client.encoding;
    let Some(document) = state.documents.get(uri) else { return Vec::new() };
    let analysis = match document.analysis() {
        Ok(analysis) => analysis,
        Err(refusal) => return refusal.message().map(note).into_iter().collect(),
    };
    let text = &document.text;
    let errors = analysis.errors.iter().map(|error| Diagnostic {
        range: convert::range(text, error.span, encoding),
        severity: Some(DiagnosticSeverity::ERROR),
        code: Some(NumberOrString::String("syntax".to_owned())),
        source: Some(SOURCE.to_owned()),
        message: match &error.help {
            Some(help) => format!("{}\n{help}", error.message),
            None => error.message.clone(),
        },
        ..Diagnostic::default()
    });
    let findings = analysis.findings.iter().filter(|finding| !state.settings.silent.contains(finding.rule));
    let findings = findings.map(|finding| of_finding(finding, document, &analysis, &state.facts, encoding));
    let path = document.path.as_deref();
    let stalls = path.map(|path| state.facts.stalls_in(path, &document.text, &analysis.functions)).unwrap_or_default();
    let related = state.client.related_information;
    let stalls = stalls.into_iter().map(|(placed, stall)| of_stall(placed, stall, document, encoding, related));
    errors.chain(findings).chain(stalls).collect()
}

/// A finding; where the program was seen to stall on its line, one level up and with what it cost.
fn of_finding(
    finding: &Finding,
    document: &Document,
    analysis: &Analysis,
    facts: &Facts,
    encoding: Encoding,
) -> Diagnostic {
    let line = document.text.line_of(finding.span.start);
    let path = document.path.as_deref();
    let evidence = path.and_then(|path| facts.evidence(path, line, &document.text, &analysis.functions));
    let (level, message) = match evidence {
        None => (finding.level, finding.message.clone()),
        Some(stall) => {
            let level = if finding.level == Level::Hint { Level::Warning } else { Level::Error };
            let seen = format!("seen {}×, longest {}", stall.count, duration(stall.longest_us()));
            (level, format!("{} [measured: held the loop, {seen}]", finding.message))
        }
    };
    Diagnostic {
        range: convert::range(&document.text, finding.span, encoding),
        severity: Some(convert::severity(level)),
        code: Some(NumberOrString::String(finding.rule.to_owned())),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}

fn of_stall(placed: Placed, stall: &StallFact, document: &Document, encoding: Encoding, related: bool) -> Diagnostic {
    let line = document.text.line(placed.line()).unwrap_or("");
    let start = document.text.line_start(placed.line());
    let indent = (line.len() - line.trim_start().len()) as u32;
    let span = Span { start: start + indent, end: start + line.trim_end().len() as u32 };
    let (severity, tags) = match placed {
        Placed::Fresh(_) => (DiagnosticSeverity::WARNING, None),
        // Editors draw this one grey.
        Placed::Stale(_) => (DiagnosticSeverity::HINT, Some(vec![DiagnosticTag::UNNECESSARY])),
    };
    Diagnostic {
        range: convert::range(&document.text, span, encoding),
        severity: Some(severity),
        code: Some(NumberOrString::String(STALL.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: stall_message(stall, placed),
        related_information: related.then(|| stall_related(stall)),
        tags,
        ..Diagnostic::default()
    }
}

fn stall_message(stall: &StallFact, placed: Placed) -> String {
    let worst = &stall.worst;
    let class = serde_json::to_value(worst.cause.class).ok().and_then(|name| name.as_str().map(str::to_owned));
    let cause = worst.cause.op.clone().or(class).unwrap_or_default();
    let mut message = format!(
        "held the event loop {}×, longest {} in a {} callback (cause: {cause}, confidence {:.0} %)",
        stall.count,
        duration(stall.longest_us()),
        worst.callback.kind.as_str(),
        worst.confidence * 100.0
    );
    let victims = &worst.victims;
    if victims.count > 0 {
        let waited = duration(victims.wait_max_us);
        message.push_str(&format!(
            "; {} callback{} waited, the longest {waited}",
            victims.count,
            if victims.count == 1 { "" } else { "s" }
        ));
    }
    if let Some(request) = &worst.request {
        message.push_str(&format!("; request {request}"));
    }
    if placed.is_stale() {
        message.push_str(" (stale: the function changed since)");
    }
    message
}

/// Who waited, and who asked for the callback.
fn stall_related(stall: &StallFact) -> Vec<DiagnosticRelatedInformation> {
    let victims = stall.worst.victims.top.iter().filter_map(|victim| {
        let site = victim.definition.as_ref().or_else(|| victim.scheduled_by.as_ref()?.first())?;
        let waited = duration(victim.queue_us.unwrap_or(0));
        information(site, format!("waited {waited}: {}", described(victim)))
    });
    let scheduler = stall.worst.callback.scheduled_by.as_ref().and_then(|stack| stack.first());
    let scheduler =
        scheduler.and_then(|site| information(site, format!("scheduled here: {}", described(&stall.worst.callback))));
    let defined = stall.worst.callback.definition.as_ref();
    let defined =
        defined.and_then(|site| information(site, format!("the callback: {}", described(&stall.worst.callback))));
    scheduler.into_iter().chain(defined).chain(victims).collect()
}

fn described(callback: &Callback) -> String {
    match &callback.resource {
        Some(resource) => format!("{} callback, {resource}", callback.kind.as_str()),
        None => format!("{} callback", callback.kind.as_str()),
    }
}

fn information(site: &Site, message: String) -> Option<DiagnosticRelatedInformation> {
    let uri = Uri::from_str(&site.url).ok().filter(|uri| convert::path_of(uri).is_some())?;
    let position = Position { line: site.line_number, character: site.column_number };
    Some(DiagnosticRelatedInformation {
        location: Location { uri, range: Range { start: position, end: position } },
        message,
    })
}

fn note(message: String) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}
