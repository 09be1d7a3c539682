//! Names with their declarations and uses, by scope: what definition, references, rename and highlight ask for.

use oxc::ast::AstKind;
use oxc::semantic::{NodeId, Semantic, SymbolId};
use oxc::span::GetSpan;

use crate::resolve::Resolver;
use crate::text::Span;

/// A name that the script declares, or a global that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    /// What of Node it stands for.
    pub path: Option<String>,
    /// Declarations and uses, in the order of the text.
    pub occurrences: Vec<Occurrence>,
    /// The scope it is declared in; globals have none.
    pub scope: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub span: Span,
    pub role: Role,
    pub form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Declaration,
    Read,
    Write,
}

/// How the name is written, which a rename has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    /// `{ name }` in an object or a pattern: becomes `{ name: other }`.
    Property,
    /// `import { name }`: becomes `import { name as other }`.
    Import,
    /// `export { name }`: becomes `export { other as name }`.
    Export,
}

impl Occurrence {
    /// The text that takes the occurrence's place when `old` is renamed to `new`.
    pub fn renamed(self, old: &str, new: &str) -> String {
        match self.form {
            Form::Plain => new.to_owned(),
            Form::Property => format!("{old}: {new}"),
            Form::Import => format!("{old} as {new}"),
            Form::Export => format!("{new} as {old}"),
        }
    }
}

pub fn all(semantic: &Semantic<'_>, names: &Resolver) -> Vec<Binding> {
    let scoping = semantic.scoping();
    let declared = scoping.symbol_ids().map(|symbol| declared(semantic, names, symbol));
    let globals = scoping.root_unresolved_references().iter().map(|(name, references)| {
        let occurrences = references.iter().map(|id| used(semantic, scoping.get_reference(*id))).collect();
        let path = crate::api::is_global(name).then(|| name.to_string());
        Binding { name: name.to_string(), path, occurrences, scope: None }
    });
    let mut all: Vec<Binding> = declared.chain(globals).collect();
    for binding in &mut all {
        binding.occurrences.sort_by_key(|one| one.span);
        binding.occurrences.dedup_by_key(|one| one.span);
    }
    all
}

fn declared(semantic: &Semantic<'_>, names: &Resolver, symbol: SymbolId) -> Binding {
    let scoping = semantic.scoping();
    let mut occurrences = Vec::new();
    let again = scoping.symbol_redeclarations(symbol).iter().map(|one| one.span);
    for span in std::iter::once(scoping.symbol_span(symbol)).chain(again) {
        let form = declaration_form(semantic, scoping.symbol_declaration(symbol), span);
        occurrences.push(Occurrence { span: span.into(), role: Role::Declaration, form });
    }
    occurrences.extend(semantic.symbol_references(symbol).map(|reference| used(semantic, reference)));
    Binding {
        name: scoping.symbol_name(symbol).to_owned(),
        path: names.of_symbol(symbol).map(str::to_owned),
        occurrences,
        scope: Some(semantic.nodes().kind(scoping.get_node_id(scoping.symbol_scope_id(symbol))).span().into()),
    }
}

fn used(semantic: &Semantic<'_>, reference: &oxc::semantic::Reference) -> Occurrence {
    let node = reference.node_id();
    let span = semantic.nodes().kind(node).span();
    let form = match semantic.nodes().parent_kind(node) {
        AstKind::ObjectProperty(property) if property.shorthand => Form::Property,
        AstKind::AssignmentTargetPropertyIdentifier(_) => Form::Property,
        AstKind::ExportSpecifier(specifier) if specifier.local.span() == specifier.exported.span() => Form::Export,
        _ => Form::Plain,
    };
    let role = if reference.is_write() { Role::Write } else { Role::Read };
    Occurrence { span: span.into(), role, form }
}

fn declaration_form(semantic: &Semantic<'_>, declaration: NodeId, name: oxc::span::Span) -> Form {
    match semantic.nodes().kind(declaration) {
        AstKind::ImportSpecifier(specifier) if specifier.imported.span() == specifier.local.span => {
            return Form::Import;
        }
        AstKind::VariableDeclarator(_) | AstKind::FormalParameter(_) | AstKind::CatchParameter(_) => {}
        _ => return Form::Plain,
    }
    let after =
        semantic.nodes().iter().skip(declaration.index()).take_while(|node| node.kind().span().start <= name.start);
    let mut properties = after.filter_map(|node| match node.kind() {
        AstKind::BindingProperty(property) => Some(property),
        _ => None,
    });
    let shorthand = properties.any(|property| {
        property.shorthand && property.value.get_binding_identifier().is_some_and(|id| id.span == name)
    });
    if shorthand { Form::Property } else { Form::Plain }
}

/// Whether a text can be a name.
pub fn is_name(text: &str) -> bool {
    oxc::syntax::identifier::is_identifier_name(text) && !oxc::syntax::keyword::is_reserved_keyword(text)
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::parse::Language;
    use crate::text::Text;

    /// Renames what stands at `|` to `new` and gives the text.
    fn renamed(source: &str) -> String {
        let offset = source.find('|').expect("a mark") as u32;
        let mut text = source.replace('|', "");
        let analysis = analyze(&Text::new(text.clone()), Language::of_path("x.mjs").expect("a script"));
        let binding = analysis.binding_at(offset).expect("a name");
        for one in binding.occurrences.iter().rev() {
            text.replace_range(one.span.start as usize..one.span.end as usize, &one.renamed(&binding.name, "new"));
        }
        text
    }

    #[test]
    fn a_rename_keeps_scopes_and_what_others_see() {
        assert_eq!(renamed("let |a = 1; { let a = 2; a; } a;"), "let new = 1; { let a = 2; a; } new;");
        assert_eq!(renamed("import { |a } from 'x'; a();"), "import { a as new } from 'x'; new();");
        assert_eq!(renamed("const a| = 1; export { a };"), "const new = 1; export { new as a };");
        assert_eq!(renamed("const { a } = x; use({ |a });"), "const { a: new } = x; use({ a: new });");
        assert_eq!(renamed("function f({ a = 1, b }) { return |a; }"), "function f({ a: new = 1, b }) { return new; }");
        assert_eq!(renamed("var a; var a; |a = 1;"), "var new; var new; new = 1;");
    }
}
