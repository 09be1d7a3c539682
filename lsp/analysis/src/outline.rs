//! The declarations of a script for lists of symbols, and what can be folded.

use oxc::ast::AstKind;
use oxc::ast::ast::{Expression, MethodDefinitionKind, PropertyKey};
use oxc::semantic::Semantic;
use oxc::span::GetSpan;

use crate::text::{Span, Text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Class,
    Method,
    Constructor,
    Property,
    Variable,
    Constant,
    Interface,
    Enum,
    Type,
    Namespace,
}

/// One declaration; those inside of it follow it and lie within its span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    pub kind: Kind,
    pub span: Span,
    pub name_span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    pub first_line: u32,
    pub last_line: u32,
    pub is_comment: bool,
}

/// In the order of the text. Variables are listed where they are the module's own or hold a function or class.
pub fn items(semantic: &Semantic<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for node in semantic.nodes().iter() {
        let found = match node.kind() {
            AstKind::Function(it) if it.is_declaration() => {
                it.id.as_ref().map(|id| (Kind::Function, id.name.to_string(), id.span))
            }
            AstKind::Class(it) if it.is_declaration() => {
                it.id.as_ref().map(|id| (Kind::Class, id.name.to_string(), id.span))
            }
            AstKind::MethodDefinition(it) => {
                let kind = if it.kind == MethodDefinitionKind::Constructor { Kind::Constructor } else { Kind::Method };
                key(&it.key).map(|(name, span)| (kind, name, span))
            }
            AstKind::PropertyDefinition(it) => key(&it.key).map(|(name, span)| (Kind::Property, name, span)),
            AstKind::ObjectProperty(it) if is_code(&it.value) => {
                key(&it.key).map(|(name, span)| (Kind::Method, name, span))
            }
            AstKind::VariableDeclarator(it) => {
                let code = it.init.as_ref().is_some_and(is_code);
                let own = semantic.nodes().ancestors(node.id()).all(|up| !crate::place::is_function(up.kind()));
                let kind = match (code, it.init.as_ref()) {
                    (true, Some(Expression::ClassExpression(_))) => Kind::Class,
                    (true, _) => Kind::Function,
                    _ if is_constant(semantic, node.id()) => Kind::Constant,
                    _ => Kind::Variable,
                };
                let id = it.id.get_binding_identifier().filter(|_| code || own);
                id.map(|id| (kind, id.name.to_string(), id.span))
            }
            AstKind::TSInterfaceDeclaration(it) => Some((Kind::Interface, it.id.name.to_string(), it.id.span)),
            AstKind::TSEnumDeclaration(it) => Some((Kind::Enum, it.id.name.to_string(), it.id.span)),
            AstKind::TSTypeAliasDeclaration(it) => Some((Kind::Type, it.id.name.to_string(), it.id.span)),
            _ => None,
        };
        if let Some((kind, name, name_span)) = found {
            items.push(Item { name, kind, span: node.kind().span().into(), name_span: name_span.into() });
        }
    }
    items
}

fn is_code(expression: &Expression<'_>) -> bool {
    matches!(
        expression,
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) | Expression::ClassExpression(_)
    )
}

fn is_constant(semantic: &Semantic<'_>, declarator: oxc::semantic::NodeId) -> bool {
    matches!(semantic.nodes().parent_kind(declarator), AstKind::VariableDeclaration(it) if it.kind.is_const())
}

fn key(key: &PropertyKey<'_>) -> Option<(String, oxc::span::Span)> {
    let name = key.name().filter(|name| !name.is_empty())?;
    let name = if key.is_private_identifier() { format!("#{name}") } else { name.into_owned() };
    Some((name, key.span()))
}

pub fn folds(semantic: &Semantic<'_>, text: &Text) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut add = |span: oxc::span::Span, is_comment: bool, keep_last: bool| {
        let (first_line, last) = (text.line_of(span.start), text.line_of(span.end));
        let last_line = if keep_last { last } else { last.saturating_sub(1) };
        if last_line > first_line {
            folds.push(Fold { first_line, last_line, is_comment });
        }
    };
    for node in semantic.nodes().iter() {
        match node.kind() {
            AstKind::FunctionBody(_)
            | AstKind::BlockStatement(_)
            | AstKind::ClassBody(_)
            | AstKind::ObjectExpression(_)
            | AstKind::ArrayExpression(_)
            | AstKind::SwitchStatement(_)
            | AstKind::ObjectPattern(_)
            | AstKind::TSInterfaceBody(_)
            | AstKind::TSEnumBody(_)
            | AstKind::StaticBlock(_) => {
                add(node.kind().span(), false, false);
            }
            AstKind::TemplateLiteral(_) | AstKind::JSXElement(_) => add(node.kind().span(), false, true),
            _ => {}
        }
    }
    for comment in semantic.comments() {
        add(comment.span, true, true);
    }
    folds.sort_by_key(|fold| (fold.first_line, std::cmp::Reverse(fold.last_line)));
    folds.dedup_by_key(|fold| fold.first_line);
    folds
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::parse::Language;
    use crate::text::Text;

    #[test]
    fn declarations_are_listed_and_blocks_fold() {
        let source = "const a = 1;\nclass B {\n  #c = 2;\n  d() {\n    const e = 3;\n    const f = () => 4;\n  }\n}\n/*\n x\n*/\ninterface G {}";
        let analysis = analyze(&Text::new(source.to_owned()), Language::of_path("x.ts").expect("a script"));
        let names: Vec<&str> = analysis.outline.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["a", "B", "#c", "d", "f", "G"]);
        let lines: Vec<_> = analysis.folds.iter().map(|fold| (fold.first_line, fold.last_line)).collect();
        assert_eq!(lines, [(1, 6), (3, 5), (8, 10)]);
    }
}
