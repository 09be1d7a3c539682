//! What a function of Node does to the loop, and the page of a rule where it found something.

use rondo_analysis::{api, rules};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::placed;
use crate::convert;
use crate::main_loop::State;

pub fn hover(state: &mut State, params: &HoverParams) -> Result<Option<Hover>> {
    let (encoding, silent) = (state.client.encoding, state.settings.silent.clone());
    let Some((document, analysis, offset)) = placed(state, &params.text_document_position_params) else {
        return Ok(None);
    };
    let mut parts = Vec::new();
    let mut span = None;
    if let Some((place, path)) = analysis.use_at(offset)
        && let Some(api) = api::find(path)
    {
        parts.push(api.markdown());
        span = Some(*place);
    }
    for finding in analysis.findings.iter().filter(|finding| finding.span.contains(offset)) {
        if let Some(rule) = rules::find(finding.rule).filter(|rule| !silent.contains(rule.name)) {
            parts.push(rule.explanation());
            span = span.or(Some(finding.span));
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: parts.join("\n\n---\n\n") }),
        range: span.map(|span| convert::range(&document.text, span, encoding)),
    }))
}
