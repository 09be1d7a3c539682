//! One file per group of requests: each takes the state and the parameters, and gives LSP's answer.

pub mod actions;
pub mod completion;
pub mod diagnostics;
pub mod hints;
pub mod hover;
pub mod navigation;
pub mod symbols;

use std::rc::Rc;

use rondo_analysis::analysis::Analysis;
use tower_lsp::ls_types::*;

use crate::convert;
use crate::documents::Document;
use crate::main_loop::State;

/// The document and its analysis, or nothing: a request about a document that is not open or not analysed is answered
/// with nothing, since the client could not know better.
fn analysed<'s>(state: &'s mut State, uri: &Uri) -> Option<(&'s mut Document, Rc<Analysis>)> {
    let document = state.documents.get(uri)?;
    let analysis = document.analysis().ok()?;
    Some((document, analysis))
}

/// As [`analysed`], with the offset of a position.
fn placed<'s>(state: &'s mut State, at: &TextDocumentPositionParams) -> Option<(&'s mut Document, Rc<Analysis>, u32)> {
    let encoding = state.client.encoding;
    let (document, analysis) = analysed(state, &at.text_document.uri)?;
    let offset = convert::offset(&document.text, at.position, encoding);
    Some((document, analysis, offset))
}
