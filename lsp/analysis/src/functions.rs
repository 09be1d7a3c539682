//! Functions with what identifies them through edits: a name that says where they stand, and a hash of their text.

use std::hash::{DefaultHasher, Hash, Hasher};

use oxc::ast::AstKind;
use oxc::ast::ast::Argument;
use oxc::semantic::{NodeId, Semantic};
use oxc::span::GetSpan;

use crate::place::is_function;
use crate::text::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub span: Span,
    /// Names from the outside in, such as `Server>handle>setTimeout#0`.
    pub path: String,
    /// Of the text without its white space, so that formatting changes nothing.
    pub hash: u64,
}

/// All functions in the order of the text.
pub fn all(semantic: &Semantic<'_>) -> Vec<Function> {
    let source = semantic.source_text();
    let functions = semantic.nodes().iter().filter(|node| is_function(node.kind()));
    functions
        .map(|node| {
            let span: Span = node.kind().span().into();
            let hash = hash(source.get(span.start as usize..span.end as usize).unwrap_or(""));
            Function { span, path: path(semantic, node.id()), hash }
        })
        .collect()
}

pub fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in text.split_whitespace() {
        word.hash(&mut hasher);
    }
    hasher.finish()
}

fn path(semantic: &Semantic<'_>, function: NodeId) -> String {
    let mut names = vec![name(semantic, function)];
    for up in semantic.nodes().ancestors(function) {
        match up.kind() {
            AstKind::Class(class) => names.push(class.id.as_ref().map_or("class".to_owned(), |id| id.name.to_string())),
            kind if is_function(kind) => names.push(name(semantic, up.id())),
            _ => {}
        }
    }
    names.reverse();
    names.join(">")
}

/// The function's own name, that of what it is assigned to, or that of what it is handed to.
fn name(semantic: &Semantic<'_>, function: NodeId) -> String {
    let nodes = semantic.nodes();
    if let AstKind::Function(it) = nodes.kind(function)
        && let Some(id) = &it.id
    {
        return id.name.to_string();
    }
    let span = nodes.kind(function).span();
    match nodes.parent_kind(function) {
        AstKind::VariableDeclarator(it) => it.id.get_identifier_name().map_or("=".to_owned(), |name| name.to_string()),
        AstKind::MethodDefinition(it) => it.key.name().map_or("[]".to_owned(), |name| name.into_owned()),
        AstKind::PropertyDefinition(it) => it.key.name().map_or("[]".to_owned(), |name| name.into_owned()),
        AstKind::ObjectProperty(it) => it.key.name().map_or("[]".to_owned(), |name| name.into_owned()),
        AstKind::CallExpression(call) => {
            let callee = call.callee.span();
            let written = &semantic.source_text()[callee.start as usize..callee.end as usize];
            let last = written.rsplit(['.', ')']).next().unwrap_or("").trim();
            let number = call.arguments.iter().position(|argument| argument.span() == span).unwrap_or(0);
            let event = match call.arguments.first() {
                Some(Argument::StringLiteral(event)) => format!(":{}", event.value),
                _ => String::new(),
            };
            format!("{last}{event}#{number}")
        }
        _ => "function".to_owned(),
    }
}
