//! Names within one file, by scope: definition, references, highlight, rename.

use rondo_analysis::bindings::{Binding, Role, is_name};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::*;

use super::placed;
use crate::convert;
use crate::main_loop::State;

/// What stands at a position and where else it stands.
struct Found {
    uri: Uri,
    binding: Binding,
    ranges: Vec<Range>,
    /// The occurrence at the position.
    here: usize,
}

fn find(state: &mut State, at: &TextDocumentPositionParams) -> Option<Found> {
    let encoding = state.client.encoding;
    let (document, analysis, offset) = placed(state, at)?;
    let binding = analysis.binding_at(offset)?.clone();
    let here = binding.occurrences.iter().position(|one| one.span.contains(offset))?;
    let ranges = binding.occurrences.iter().map(|one| convert::range(&document.text, one.span, encoding)).collect();
    Some(Found { uri: document.uri.clone(), binding, ranges, here })
}

impl Found {
    fn with_roles(&self) -> impl Iterator<Item = (Range, Role)> {
        self.ranges.iter().copied().zip(self.binding.occurrences.iter().map(|one| one.role))
    }
}

pub fn definition(state: &mut State, params: &GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
    let Some(found) = find(state, &params.text_document_position_params) else { return Ok(None) };
    let declared = found.with_roles().filter(|(_, role)| *role == Role::Declaration);
    let locations: Vec<Location> = declared.map(|(range, _)| Location { uri: found.uri.clone(), range }).collect();
    Ok((!locations.is_empty()).then_some(GotoDefinitionResponse::Array(locations)))
}

pub fn references(state: &mut State, params: &ReferenceParams) -> Result<Option<Vec<Location>>> {
    let Some(found) = find(state, &params.text_document_position) else { return Ok(None) };
    let all = params.context.include_declaration;
    let wanted = found.with_roles().filter(|(_, role)| all || *role != Role::Declaration);
    Ok(Some(wanted.map(|(range, _)| Location { uri: found.uri.clone(), range }).collect()))
}

pub fn highlight(state: &mut State, params: &DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
    let Some(found) = find(state, &params.text_document_position_params) else { return Ok(None) };
    let highlights = found.with_roles().map(|(range, role)| {
        let kind = if role == Role::Read { DocumentHighlightKind::READ } else { DocumentHighlightKind::WRITE };
        DocumentHighlight { range, kind: Some(kind) }
    });
    Ok(Some(highlights.collect()))
}

pub fn prepare_rename(state: &mut State, at: &TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
    let Some(found) = find(state, at).filter(|found| found.binding.scope.is_some()) else { return Ok(None) };
    let placeholder = found.binding.name.clone();
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range: found.ranges[found.here], placeholder }))
}

pub fn rename(state: &mut State, params: &RenameParams) -> Result<Option<WorkspaceEdit>> {
    let new = params.new_name.as_str();
    if !is_name(new) {
        return Err(Error::invalid_params(format!("'{new}' can't be a name")));
    }
    let Some(found) = find(state, &params.text_document_position) else { return Ok(None) };
    let Some(scope) = found.binding.scope else {
        return Err(Error::invalid_params(format!("'{}' is not declared in this file", found.binding.name)));
    };
    if let Some((_, analysis, _)) = placed(state, &params.text_document_position)
        && let Some(other) =
            analysis.bindings.iter().find(|other| other.name == new && in_the_way(other, &found, scope))
    {
        return Err(Error::invalid_params(format!(
            "'{}' already has a meaning where '{}' stands",
            other.name, found.binding.name
        )));
    }
    let edits = found
        .binding
        .occurrences
        .iter()
        .zip(&found.ranges)
        .map(|(one, range)| TextEdit { range: *range, new_text: one.renamed(&found.binding.name, new) });
    let changes = [(found.uri.clone(), edits.collect())].into_iter().collect();
    Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
}

/// Whether a binding of the new name would take or lose uses by the rename: one of them is seen within the other's scope.
fn in_the_way(other: &Binding, found: &Found, scope: rondo_analysis::text::Span) -> bool {
    let used_inside = other.occurrences.iter().any(|one| scope.covers(one.span));
    let hides_us =
        other.scope.is_some_and(|theirs| found.binding.occurrences.iter().any(|one| theirs.covers(one.span)));
    match other.scope {
        Some(theirs) if theirs == scope => true,
        Some(theirs) if theirs.covers(scope) => used_inside,
        Some(_) => hides_us,
        None => used_inside,
    }
}
