//! Functions with what identifies them through edits: a name that says where they stand, and a hash of their text.

use oxc::ast::AstKind;
use oxc::ast::ast::Argument;
use oxc::semantic::{NodeId, Semantic};
use oxc::span::GetSpan;

use crate::place::is_function;
use crate::text::Span;

/// Functions and classes that a path names; what is nested deeper is told apart by the nearest.
const PATH_NAMES_MAX: usize = 32;
/// Of the polynomial that a hash is; any large odd number.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

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
    let functions: Vec<(Span, NodeId)> = functions.map(|node| (node.kind().span().into(), node.id())).collect();
    let hashes = Hashes::new(source, functions.iter().flat_map(|(span, _)| [span.start, span.end]).collect());
    let function =
        |(span, id): (Span, NodeId)| Function { span, path: path(semantic, id), hash: hashes.of(span.start, span.end) };
    functions.into_iter().map(function).collect()
}

pub fn hash(text: &str) -> u64 {
    let end = text.len() as u32;
    Hashes::new(text, vec![0, end]).of(0, end)
}

/// Hashes of stretches of one text, each found in the same few steps however long it is: functions lie within functions,
/// and to read each of them would read the text once for each level.
struct Hashes {
    /// By offset: the hash of what comes before it, and of how many bytes that is.
    marks: Vec<(u32, u64, u32)>,
}

impl Hashes {
    fn new(text: &str, mut offsets: Vec<u32>) -> Hashes {
        offsets.sort_unstable();
        offsets.dedup();
        let mut marks = Vec::with_capacity(offsets.len());
        let (mut value, mut bytes) = (0_u64, 0_u32);
        let mut letters = text.char_indices().peekable();
        for offset in offsets {
            while let Some((at, letter)) = letters.next_if(|(at, _)| (*at as u32) < offset) {
                if letter.is_whitespace() {
                    continue;
                }
                for byte in &text.as_bytes()[at..at + letter.len_utf8()] {
                    value = value.wrapping_mul(BASE).wrapping_add(u64::from(*byte) + 1);
                    bytes += 1;
                }
            }
            marks.push((offset, value, bytes));
        }
        Hashes { marks }
    }

    fn of(&self, start: u32, end: u32) -> u64 {
        let at = |offset: u32| self.marks.partition_point(|mark| mark.0 < offset);
        let (Some((_, before, from)), Some((_, all, to))) = (self.marks.get(at(start)), self.marks.get(at(end))) else {
            return 0;
        };
        let own = all.wrapping_sub(before.wrapping_mul(BASE.wrapping_pow(to - from)));
        // The low bits of such a sum depend on few bytes.
        (own ^ (own >> 32)).wrapping_mul(BASE)
    }
}

fn path(semantic: &Semantic<'_>, function: NodeId) -> String {
    let mut names = vec![name(semantic, function)];
    for up in semantic.nodes().ancestors(function) {
        match up.kind() {
            AstKind::Class(class) => names.push(class.id.as_ref().map_or("class".to_owned(), |id| id.name.to_string())),
            kind if is_function(kind) => names.push(name(semantic, up.id())),
            _ => {}
        }
        if names.len() == PATH_NAMES_MAX {
            break;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_the_hash_of_its_text_and_white_space_does_not_count() {
        let text = "a => { b ⇒ c }; x";
        let hashes = Hashes::new(text, vec![0, 5, 8, 14, 18]);
        assert_eq!(hashes.of(5, 14), hash(&text[5..14]));
        assert_eq!(hash("f( a,\n b )"), hash("f(a, b)"));
        for (one, other) in [("ab", "ba"), ("a", "aa"), ("", "\u{1}")] {
            assert_ne!(hash(one), hash(other), "{one}");
        }
    }
}
