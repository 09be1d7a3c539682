//! Everything about one version of one script, as owned data: requests are look-ups in it.

use oxc::ast::AstKind;
use oxc::semantic::Semantic;
use oxc::span::GetSpan;

use crate::bindings::{self, Binding};
use crate::finding::{Finding, SyntaxError};
use crate::functions::{self, Function};
use crate::outline::{self, Fold, Item};
use crate::parse::{self, Language};
use crate::resolve::Resolver;
use crate::rules;
use crate::suppress::Suppressions;
use crate::text::{Span, Text};

/// Findings of one script that are kept; more help nobody.
const FINDINGS_MAX: usize = 500;

#[derive(Clone, Debug, Default)]
pub struct Analysis {
    pub errors: Vec<SyntaxError>,
    /// In the order of the text, without those that comments silence.
    pub findings: Vec<Finding>,
    pub outline: Vec<Item>,
    pub folds: Vec<Fold>,
    pub bindings: Vec<Binding>,
    pub functions: Vec<Function>,
    /// Where something of Node is named, with its path.
    pub uses: Vec<(Span, String)>,
}

pub fn analyze(text: &Text, language: Language) -> Analysis {
    parse::with_semantic(text, language, |semantic, errors| {
        let names = Resolver::new(semantic);
        let suppressions = Suppressions::new(semantic, text);
        let mut findings = rules::check(semantic, &names);
        findings.retain(|finding| !suppressions.silences(finding, text));
        findings.truncate(FINDINGS_MAX);
        Analysis {
            errors,
            findings,
            outline: outline::items(semantic),
            folds: outline::folds(semantic, text),
            bindings: bindings::all(semantic, &names),
            functions: functions::all(semantic),
            uses: uses(semantic, &names),
        }
    })
}

/// The spans of all nodes around an offset, innermost first.
pub fn selections(text: &Text, language: Language, offset: u32) -> Vec<Span> {
    parse::with_semantic(text, language, |semantic, _| {
        let around = semantic.nodes().iter().map(|node| Span::from(node.kind().span()));
        let mut spans: Vec<Span> = around.filter(|span| span.contains(offset) && span.start < span.end).collect();
        spans.sort_by_key(|span| span.end - span.start);
        spans.dedup();
        let mut kept: Vec<Span> = Vec::new();
        for span in spans {
            if kept.last().is_none_or(|inner| span.covers(*inner)) {
                kept.push(span);
            }
        }
        kept
    })
}

impl Analysis {
    /// The name that stands at an offset, declared or used.
    pub fn binding_at(&self, offset: u32) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.occurrences.iter().any(|one| one.span.contains(offset)))
    }

    /// The path of Node's function at an offset and where it is written.
    pub fn use_at(&self, offset: u32) -> Option<&(Span, String)> {
        let around = self.uses.iter().filter(|(span, _)| span.contains(offset));
        around.min_by_key(|(span, _)| span.end - span.start)
    }

    /// What a name written in the script stands for: `fs` for `files` after `import files from 'fs'`.
    pub fn path_of_name(&self, name: &str) -> Option<&str> {
        self.bindings.iter().find(|binding| binding.name == name && binding.path.is_some())?.path.as_deref()
    }
}

fn uses(semantic: &Semantic<'_>, names: &Resolver) -> Vec<(Span, String)> {
    let mut uses = Vec::new();
    for node in semantic.nodes().iter() {
        match node.kind() {
            AstKind::StaticMemberExpression(member) => {
                if let Some(object) = names.path(semantic, &member.object) {
                    let path = crate::resolve::join(&object, &member.property.name);
                    uses.push((member.property.span.into(), path));
                }
            }
            AstKind::IdentifierReference(name) => {
                let symbol = name.reference_id.get().and_then(|id| semantic.scoping().get_reference(id).symbol_id());
                let path = match symbol {
                    Some(symbol) => names.of_symbol(symbol).map(str::to_owned),
                    None => crate::api::is_global(&name.name).then(|| name.name.to_string()),
                };
                uses.extend(path.map(|path| (name.span.into(), path)));
            }
            AstKind::BindingIdentifier(name) => {
                let path = name.symbol_id.get().and_then(|symbol| names.of_symbol(symbol));
                uses.extend(path.map(|path| (name.span.into(), path.to_owned())));
            }
            _ => {}
        }
    }
    uses
}

#[cfg(test)]
pub fn findings_of(source: &str) -> Vec<Finding> {
    let language = Language::of_path("x.js").expect("a script");
    let analysis = analyze(&Text::new(source.to_owned()), language);
    assert_eq!(analysis.errors, [], "{source}");
    analysis.findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analysis(path: &str, source: &str) -> (Text, Analysis) {
        let text = Text::new(source.to_owned());
        let analysis = analyze(&text, Language::of_path(path).expect("a script"));
        (text, analysis)
    }

    #[test]
    fn an_unfinished_line_costs_that_line_only() {
        let (text, analysis) =
            analysis("x.ts", "const fs = require('fs');\nfunction a(): void { fs.}\nfs.;\nfunction b() {}\n");
        assert!(!analysis.errors.is_empty());
        assert!(analysis.outline.iter().any(|item| item.name == "b"), "{:?}", analysis.outline);
        assert_eq!(analysis.path_of_name("fs"), Some("fs"));
        assert!(analysis.errors.iter().all(|error| error.span.end <= text.as_str().len() as u32));
    }

    #[test]
    fn any_text_has_an_analysis() {
        for source in [
            "",
            "\u{0}\u{1}",
            "((((((",
            "}",
            "`${",
            "class {",
            "/[/",
            "\u{feff}x",
            "#!/x\n",
            "<a><b",
            "é = (",
            "'use strict",
        ] {
            for path in ["x.js", "x.mjs", "x.cjs", "x.ts", "x.tsx", "x.jsx", "x.d.ts"] {
                analysis(path, source);
            }
        }
    }

    #[test]
    fn names_of_node_are_known_where_they_stand() {
        let (_, analysis) =
            analysis("x.mjs", "import { readFile as r } from 'fs/promises';\nr('x'); process.nextTick(r);");
        let offset = |part: &str| {
            "import { readFile as r } from 'fs/promises';\nr('x'); process.nextTick(r);"
                .find(part)
                .expect("it is there") as u32
        };
        assert_eq!(analysis.use_at(offset("r('x')")).map(|found| found.1.as_str()), Some("fs/promises.readFile"));
        assert_eq!(analysis.use_at(offset("nextTick") + 3).map(|found| found.1.as_str()), Some("process.nextTick"));
    }

    #[test]
    fn selections_grow() {
        let text = Text::new("f(a + b);".to_owned());
        let spans = selections(&text, Language::of_path("x.js").expect("a script"), 2);
        let words: Vec<&str> =
            spans.iter().map(|span| &text.as_str()[span.start as usize..span.end as usize]).collect();
        assert_eq!(words, ["a", "a + b", "f(a + b)", "f(a + b);"]);
    }
}
