//! Whether code runs while the program starts, when nobody waits yet, or in a callback, when everybody does.
//!
//! Code is start-up code when it stands outside of every function, in a function that is called where it is written, or in
//! one that is only ever called from start-up code. Everything else counts as a callback.

use oxc::ast::AstKind;
use oxc::semantic::{NodeId, Semantic, SymbolId};
use oxc::span::GetSpan;

/// Calls that are followed back before code counts as a callback.
const CALLERS_DEEP_MAX: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    StartUp,
    Callback,
}

pub fn place_of(semantic: &Semantic<'_>, node: NodeId) -> Place {
    if is_start_up(semantic, node, CALLERS_DEEP_MAX) { Place::StartUp } else { Place::Callback }
}

fn is_start_up(semantic: &Semantic<'_>, node: NodeId, depth: usize) -> bool {
    let function = std::iter::once(node)
        .chain(semantic.nodes().ancestor_ids(node))
        .skip(1)
        .find(|id| is_function(semantic.nodes().kind(*id)));
    match function {
        None => true,
        Some(_) if depth == 0 => false,
        Some(function) => runs_at_start(semantic, function, depth),
    }
}

pub fn is_function(kind: AstKind<'_>) -> bool {
    matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_))
}

fn runs_at_start(semantic: &Semantic<'_>, function: NodeId, depth: usize) -> bool {
    let nodes = semantic.nodes();
    if nodes.parent_kind(function).is_callee_with_span(nodes.kind(function).span()) {
        return is_start_up(semantic, function, depth);
    }
    let Some(symbol) = symbol_of(semantic, function) else { return false };
    let exported = nodes.ancestor_kinds(function).take(3).any(|kind| {
        matches!(
            kind,
            AstKind::ExportDeclaration(_) | AstKind::ExportNamedDeclaration(_) | AstKind::ExportDefaultDeclaration(_)
        )
    });
    let mut uses = semantic.symbol_references(symbol).peekable();
    !exported
        && uses.peek().is_some()
        && uses.all(|used| {
            let node = nodes.get_node(used.node_id());
            let inside_itself = nodes.ancestor_ids(used.node_id()).any(|id| id == function);
            nodes.parent_kind(node.id()).is_callee_with_span(node.kind().span())
                && (inside_itself || is_start_up(semantic, used.node_id(), depth - 1))
        })
}

/// The name that a function is called by, where it has one that can't be called by others.
fn symbol_of(semantic: &Semantic<'_>, function: NodeId) -> Option<SymbolId> {
    if let AstKind::Function(it) = semantic.nodes().kind(function)
        && let Some(id) = &it.id
        && it.is_declaration()
    {
        return id.symbol_id.get();
    }
    match semantic.nodes().parent_kind(function) {
        AstKind::VariableDeclarator(variable) => variable.id.get_binding_identifier()?.symbol_id.get(),
        _ => None,
    }
}
