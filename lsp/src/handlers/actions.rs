//! Quick fixes: a rule's rewrite, and comments that silence it. Each is tried on the text first and offered only if the
//! finding is gone and nothing else broke.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rondo_analysis::analysis::{Analysis, analyze};
use rondo_analysis::finding::{Edit, Finding};
use rondo_analysis::text::{Span, Text};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::analysed;
use super::diagnostics::SOURCE;
use crate::convert;
use crate::documents::Document;
use crate::main_loop::State;

/// Findings of one request that get actions.
const FINDINGS_MAX: usize = 20;
/// Bytes of a text on which actions are tried first; on larger ones only rewrites are offered, untried.
const TRIED_BYTES_MAX: usize = 512 * 1024;

pub fn actions(state: &mut State, params: &CodeActionParams) -> Result<Option<CodeActionResponse>> {
    let (encoding, silent) = (state.client.encoding, state.settings.silent.clone());
    if params.context.only.as_ref().is_some_and(|only| !only.iter().any(wants_fixes)) {
        return Ok(None);
    }
    let Some((document, analysis)) = analysed(state, &params.text_document.uri) else { return Ok(None) };
    let start = convert::offset(&document.text, params.range.start, encoding);
    let end = convert::offset(&document.text, params.range.end, encoding);
    let near = |finding: &&Finding| finding.span.start <= end && start <= finding.span.end;
    let findings = analysis.findings.iter().filter(near).filter(|finding| !silent.contains(finding.rule));
    let mut actions = Vec::new();
    for finding in findings.take(FINDINGS_MAX) {
        let mut offers = Vec::new();
        offers.extend(finding.fix.as_ref().map(|fix| (fix.title.clone(), fix.edits.clone(), true)));
        offers.push((format!("Silence {} on this line", finding.rule), vec![silence_line(document, finding)], false));
        offers.push((format!("Silence {} in this file", finding.rule), vec![silence_file(document, finding)], false));
        for (title, edits, is_preferred) in offers {
            if !holds(document, &analysis, finding, &edits) {
                continue;
            }
            let diagnostics =
                params.context.diagnostics.iter().filter(|one| is_of(one, finding.rule)).cloned().collect();
            let edits = edits.into_iter().map(|edit| TextEdit {
                range: convert::range(&document.text, edit.span, encoding),
                new_text: edit.text,
            });
            let changes = HashMap::from([(document.uri.clone(), edits.collect())]);
            actions.push(CodeActionOrCommand::CodeAction(CodeAction {
                title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(diagnostics),
                edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
                is_preferred: Some(is_preferred),
                ..CodeAction::default()
            }));
        }
    }
    Ok(Some(actions))
}

fn wants_fixes(kind: &CodeActionKind) -> bool {
    kind.as_str().is_empty() || kind.as_str() == "quickfix" || kind.as_str().starts_with("quickfix.")
}

fn is_of(diagnostic: &Diagnostic, rule: &str) -> bool {
    diagnostic.source.as_deref() == Some(SOURCE)
        && matches!(&diagnostic.code, Some(NumberOrString::String(code)) if code == rule)
}

fn silence_line(document: &Document, finding: &Finding) -> Edit {
    let line = document.text.line_of(finding.span.start);
    let start = document.text.line_start(line);
    let written = document.text.line(line).unwrap_or("");
    let indent = &written[..written.len() - written.trim_start().len()];
    let text = format!("{indent}// rondo-disable-next-line {}\n", finding.rule);
    Edit { span: Span { start, end: start }, text }
}

/// A comment on top, below a `#!` line.
fn silence_file(document: &Document, finding: &Finding) -> Edit {
    let has_hashbang = document.text.as_str().starts_with("#!");
    let start = if has_hashbang { document.text.line_start(1) } else { 0 };
    Edit { span: Span { start, end: start }, text: format!("// rondo-disable {}\n", finding.rule) }
}

/// Whether the finding is gone after the edits, with nothing else changed for the worse.
fn holds(document: &Document, before: &Analysis, finding: &Finding, edits: &[Edit]) -> bool {
    let Some(language) = document.language else { return false };
    if document.text.as_str().len() > TRIED_BYTES_MAX {
        return finding.fix.as_ref().is_some_and(|fix| fix.edits == edits);
    }
    let mut source = document.text.as_str().to_owned();
    for edit in edits.iter().rev() {
        source.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let text = Text::new(source);
    let Ok(after) = catch_unwind(AssertUnwindSafe(|| analyze(&text, language))) else { return false };
    after.errors.len() <= before.errors.len() && after.findings.len() < before.findings.len()
}
