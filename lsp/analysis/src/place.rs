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

/// What is around each node of a script, found in one pass: to climb up from every node would cost the depth of the
/// script for each.
pub struct Around {
    functions: Vec<Option<NodeId>>,
    loops: Vec<Option<NodeId>>,
}

impl Around {
    pub fn new(semantic: &Semantic<'_>) -> Around {
        let nodes = semantic.nodes();
        let mut around = Around { functions: vec![None; nodes.len()], loops: vec![None; nodes.len()] };
        // Parents come before their children.
        for node in nodes.iter() {
            let parent = nodes.parent_id(node.id());
            if parent == node.id() {
                continue;
            }
            let kind = nodes.kind(parent);
            let (own, outer) = (node.id().index(), parent.index());
            around.functions[own] = if is_function(kind) { Some(parent) } else { around.functions[outer] };
            around.loops[own] = match kind {
                kind if is_function(kind) => None,
                kind if is_loop(kind) => Some(parent),
                _ => around.loops[outer],
            };
        }
        around
    }

    /// The innermost function around a node.
    pub fn function(&self, node: NodeId) -> Option<NodeId> {
        self.functions[node.index()]
    }

    /// The innermost loop around a node, within the same function.
    pub fn repeat(&self, node: NodeId) -> Option<NodeId> {
        self.loops[node.index()]
    }

    /// Whether a node stands below another with no function in between.
    pub fn runs_within(&self, semantic: &Semantic<'_>, node: NodeId, outer: NodeId) -> bool {
        let function = if is_function(semantic.nodes().kind(outer)) { Some(outer) } else { self.function(outer) };
        self.function(node) == function
    }
}

pub fn place_of(semantic: &Semantic<'_>, around: &Around, node: NodeId) -> Place {
    if is_start_up(semantic, around, node, CALLERS_DEEP_MAX) { Place::StartUp } else { Place::Callback }
}

fn is_start_up(semantic: &Semantic<'_>, around: &Around, node: NodeId, depth: usize) -> bool {
    match around.function(node) {
        None => true,
        Some(_) if depth == 0 => false,
        Some(function) => runs_at_start(semantic, around, function, depth),
    }
}

fn is_loop(kind: AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::ForOfStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
    )
}

pub fn is_function(kind: AstKind<'_>) -> bool {
    matches!(kind, AstKind::Function(_) | AstKind::ArrowFunctionExpression(_))
}

fn runs_at_start(semantic: &Semantic<'_>, around: &Around, function: NodeId, depth: usize) -> bool {
    let nodes = semantic.nodes();
    if nodes.parent_kind(function).is_callee_with_span(nodes.kind(function).span()) {
        return is_start_up(semantic, around, function, depth);
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
                && (inside_itself || is_start_up(semantic, around, used.node_id(), depth - 1))
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
