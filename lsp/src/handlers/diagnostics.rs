//! What is wrong with a document: syntax errors, then the rules' findings.

use tower_lsp::ls_types::*;

use crate::convert;
use crate::main_loop::State;

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
    let findings = findings.map(|finding| Diagnostic {
        range: convert::range(text, finding.span, encoding),
        severity: Some(convert::severity(finding.level)),
        code: Some(NumberOrString::String(finding.rule.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: finding.message.clone(),
        ..Diagnostic::default()
    });
    errors.chain(findings).collect()
}

fn note(message: String) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::INFORMATION),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}
