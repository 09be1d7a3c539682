//! Declarations of a document and of the workspace, folds, and selections that grow.

use std::cmp::Reverse;

use rondo_analysis::analysis;
use rondo_analysis::outline::Item;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::analysed;
use crate::convert;
use crate::main_loop::State;

/// Symbols of an answer about the workspace; editors ask again as the user writes.
const SYMBOLS_MAX: usize = 256;
/// Positions of one request for selections.
const POSITIONS_MAX: usize = 64;

pub fn of_document(state: &mut State, params: &DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
    let client = state.client;
    let Some((document, analysis)) = analysed(state, &params.text_document.uri) else { return Ok(None) };
    let range = |span| convert::range(&document.text, span, client.encoding);
    if !client.nests_symbols {
        let flat = analysis.outline.iter().map(|item| {
            symbol_information(&item.name, convert::symbol_kind(item.kind), document.uri.clone(), range(item.span))
        });
        return Ok(Some(DocumentSymbolResponse::Flat(flat.collect())));
    }
    #[allow(deprecated, reason = "the type has the old field and no constructor")]
    let symbol = |item: &Item| DocumentSymbol {
        name: item.name.clone(),
        detail: None,
        kind: convert::symbol_kind(item.kind),
        tags: None,
        deprecated: None,
        range: range(item.span),
        selection_range: range(item.name_span),
        children: None,
    };
    let mut items = analysis.outline.iter().peekable();
    let mut tree = Vec::new();
    while let Some(item) = items.next() {
        tree.push(nest(item, &mut items, &symbol));
    }
    Ok(Some(DocumentSymbolResponse::Nested(tree)))
}

/// The symbol of an item with those that lie within it, which follow it.
fn nest<'a>(
    item: &'a Item,
    rest: &mut std::iter::Peekable<impl Iterator<Item = &'a Item>>,
    symbol: &impl Fn(&Item) -> DocumentSymbol,
) -> DocumentSymbol {
    let mut children = Vec::new();
    while let Some(inner) = rest.next_if(|inner| item.span.covers(inner.span)) {
        children.push(nest(inner, rest, symbol));
    }
    DocumentSymbol { children: (!children.is_empty()).then_some(children), ..symbol(item) }
}

#[allow(deprecated, reason = "the type has the old field and no constructor")]
fn symbol_information(name: &str, kind: SymbolKind, uri: Uri, range: Range) -> SymbolInformation {
    let location = Location { uri, range };
    SymbolInformation { name: name.to_owned(), kind, tags: None, deprecated: None, location, container_name: None }
}

/// Names that have the query's letters in their order; those that begin with it come first, then short ones.
pub fn of_workspace(state: &mut State, params: &WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
    let query = params.query.to_lowercase();
    let mut found: Vec<_> = state
        .workspace
        .symbols()
        .filter_map(|(path, symbol)| Some((rank(&symbol.name.to_lowercase(), &query)?, path, symbol)))
        .collect();
    found.sort_by(|a, b| (a.0, a.2.name.len(), &a.2.name, a.1).cmp(&(b.0, b.2.name.len(), &b.2.name, b.1)));
    let symbols = found.into_iter().take(SYMBOLS_MAX).filter_map(|(_, path, symbol)| {
        Some(symbol_information(&symbol.name, symbol.kind, convert::uri_of(path)?, symbol.range))
    });
    Ok(Some(WorkspaceSymbolResponse::Flat(symbols.collect())))
}

fn rank(name: &str, query: &str) -> Option<u8> {
    if name.starts_with(query) {
        return Some(0);
    }
    if name.contains(query) {
        return Some(1);
    }
    let mut letters = name.chars();
    query.chars().all(|wanted| letters.any(|letter| letter == wanted)).then_some(2)
}

pub fn folds(state: &mut State, params: &FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
    let Some((_, analysis)) = analysed(state, &params.text_document.uri) else { return Ok(None) };
    let folds = analysis.folds.iter().map(|fold| FoldingRange {
        start_line: fold.first_line,
        end_line: fold.last_line,
        kind: fold.is_comment.then_some(FoldingRangeKind::Comment),
        ..FoldingRange::default()
    });
    Ok(Some(folds.collect()))
}

pub fn selections(state: &mut State, params: &SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
    let encoding = state.client.encoding;
    let Some((document, _)) = analysed(state, &params.text_document.uri) else { return Ok(None) };
    let Some(language) = document.language else { return Ok(None) };
    let positions = params.positions.iter().take(POSITIONS_MAX);
    let ranges = positions.map(|position| {
        let offset = convert::offset(&document.text, *position, encoding);
        let mut spans = analysis::selections(&document.text, language, offset);
        spans.sort_by_key(|span| Reverse(span.end - span.start));
        let mut around = SelectionRange { range: Range { start: *position, end: *position }, parent: None };
        for (index, span) in spans.iter().enumerate() {
            let range = convert::range(&document.text, *span, encoding);
            let parent = (index > 0).then(|| Box::new(around.clone()));
            around = SelectionRange { range, parent };
        }
        around
    });
    Ok(Some(ranges.collect()))
}
