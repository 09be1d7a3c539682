//! What is wrong with a document: syntax errors, the rules' findings with the evidence of a running program, and its stalls.

use rondo_analysis::finding::{Finding, Level};
use rondo_analysis::overlay::Placed;
use rondo_analysis::text::Encoding;
use tower_lsp::ls_types::*;

use crate::convert;
use crate::documents::{Document, Documents};
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
    let path = document.path.as_deref();
    let evidence = path.map(|path| state.facts.evidence_in(path, text, &analysis.functions)).unwrap_or_default();
    let findings = findings.map(|finding| {
        let line = text.line_of(finding.span.start);
        of_finding(finding, document, evidence.get(&line).copied(), encoding)
    });
    let stalls = path.map(|path| state.facts.stalls_in(path, &document.text, &analysis.functions)).unwrap_or_default();
    let mut list: Vec<Diagnostic> = errors.chain(findings).collect();
    let stalls: Vec<_> =
        stalls.into_iter().map(|(placed, it)| (of_stall(placed, it, document, encoding), it)).collect();
    for (mut diagnostic, stall) in stalls {
        if state.client.related_information {
            diagnostic.related_information = Some(related(stall, &state.facts, &mut state.documents, encoding));
        }
        list.push(diagnostic);
    }
    list
}

/// A finding; where the program was seen to stall on its line, one level up and with what it cost.
fn of_finding(finding: &Finding, document: &Document, evidence: Option<&StallFact>, encoding: Encoding) -> Diagnostic {
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

fn of_stall(placed: Placed, stall: &StallFact, document: &Document, encoding: Encoding) -> Diagnostic {
    let (severity, tags) = match placed {
        Placed::Fresh(_) => (DiagnosticSeverity::WARNING, None),
        // Editors draw this one grey.
        Placed::Stale(_) => (DiagnosticSeverity::HINT, Some(vec![DiagnosticTag::UNNECESSARY])),
    };
    Diagnostic {
        range: convert::line(&document.text, placed.line(), encoding),
        severity: Some(severity),
        code: Some(NumberOrString::String(STALL.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: stall_message(stall, placed),
        tags,
        ..Diagnostic::default()
    }
}

fn stall_message(stall: &StallFact, placed: Placed) -> String {
    let worst = &stall.worst;
    let class = serde_json::to_value(worst.cause.class).ok().and_then(|name| name.as_str().map(str::to_owned));
    let cause = worst.cause.op.clone().or(class).unwrap_or_default();
    let mut message = format!(
        "held the event loop {}×, longest {} in {} {} callback (cause: {cause}, confidence {:.0} %)",
        stall.count,
        duration(stall.longest_us()),
        article(worst.callback.kind.as_str()),
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

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Who asked for the callback and who waited, where their lines are now: in the editor, or on disk.
fn related(
    stall: &StallFact,
    facts: &Facts,
    documents: &mut Documents,
    encoding: Encoding,
) -> Vec<DiagnosticRelatedInformation> {
    let located = stall.related.iter().filter_map(|(place, message)| {
        let uri = convert::uri_of(&place.path)?;
        let open = documents.all().find(|document| document.path.as_ref() == Some(&place.path));
        let (uri, range) = match open {
            Some(document) => {
                let analysis = document.analysis().ok()?;
                let placed = place.in_text(&document.text, &analysis.functions)?;
                (document.uri.clone(), convert::line(&document.text, placed.line(), encoding))
            }
            None => {
                let (text, functions) = facts.script(&place.path)?;
                (uri, convert::line(text, place.in_text(text, functions)?.line(), encoding))
            }
        };
        Some(DiagnosticRelatedInformation { location: Location { uri, range }, message: message.clone() })
    });
    located.collect()
}

fn note(message: String) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}
