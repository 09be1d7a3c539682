//! Which function of Node an expression names: `fs.readFileSync`, `fs/promises.readFile`, `process.nextTick`, `JSON.parse`.
//!
//! Follows imports, `require`, `await import`, destructuring, aliases of aliases and `globalThis`. A name that user code
//! declares itself is never taken for a global.

use std::collections::HashMap;

use oxc::ast::AstKind;
use oxc::ast::ast::{
    Argument, BindingPattern, CallExpression, ChainElement, Expression, ImportDeclarationSpecifier, MemberExpression,
};
use oxc::semantic::{Semantic, SymbolId};

use crate::api;

/// Passes over the declarations: an alias may stand before what it is an alias of.
const PASSES: usize = 2;
/// Members and calls that a path goes through. Node's longest has four; a chain of thousands names nothing of Node's, and
/// each of its members would go down all of it.
const PARTS_MAX: usize = 16;

/// Names of the script that stand for something of Node.
#[derive(Default)]
pub struct Resolver {
    names: HashMap<SymbolId, String>,
}

impl Resolver {
    pub fn new(semantic: &Semantic<'_>) -> Resolver {
        let mut resolver = Resolver::default();
        for _ in 0..PASSES {
            for node in semantic.nodes().iter() {
                match node.kind() {
                    AstKind::ImportDeclaration(import) => resolver.import(import),
                    AstKind::VariableDeclarator(variable) => {
                        if let Some(init) = &variable.init
                            && let Some(path) = resolver.path(semantic, init)
                        {
                            resolver.bind(&variable.id, &path);
                        }
                    }
                    _ => {}
                }
            }
        }
        resolver
    }

    /// What a symbol of the script stands for.
    pub fn of_symbol(&self, symbol: SymbolId) -> Option<&str> {
        self.names.get(&symbol).map(String::as_str)
    }

    /// The path of an expression, such as `fs.readFileSync`.
    pub fn path(&self, semantic: &Semantic<'_>, expression: &Expression<'_>) -> Option<String> {
        self.path_of(semantic, expression, PARTS_MAX)
    }

    fn path_of(&self, semantic: &Semantic<'_>, expression: &Expression<'_>, parts: usize) -> Option<String> {
        let parts = parts.checked_sub(1)?;
        match expression.get_inner_expression() {
            Expression::Identifier(name) => {
                match name.reference_id.get().and_then(|id| semantic.scoping().get_reference(id).symbol_id()) {
                    Some(symbol) => self.names.get(&symbol).cloned(),
                    None => api::is_global(&name.name).then(|| name.name.to_string()),
                }
            }
            Expression::CallExpression(call) => self.module_of_call(semantic, call, parts),
            Expression::AwaitExpression(wait) => match wait.argument.get_inner_expression() {
                Expression::ImportExpression(import) => module_named(import.source.get_inner_expression()),
                _ => None,
            },
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.module_of_call(semantic, call, parts),
                ChainElement::TSNonNullExpression(inner) => self.path_of(semantic, &inner.expression, parts),
                element => self.member(semantic, element.as_member_expression()?, parts),
            },
            other => self.member(semantic, other.as_member_expression()?, parts),
        }
    }

    /// The path of what a call calls.
    pub fn callee(&self, semantic: &Semantic<'_>, call: &CallExpression<'_>) -> Option<String> {
        self.path(semantic, &call.callee)
    }

    fn member(&self, semantic: &Semantic<'_>, member: &MemberExpression<'_>, parts: usize) -> Option<String> {
        let object = self.path_of(semantic, member.object(), parts)?;
        Some(join(&object, member.static_property_name()?))
    }

    fn module_of_call(&self, semantic: &Semantic<'_>, call: &CallExpression<'_>, parts: usize) -> Option<String> {
        let Some(Argument::StringLiteral(name)) = call.arguments.first() else { return None };
        match call.callee.get_inner_expression() {
            Expression::Identifier(callee)
                if callee.name == "require" && semantic.is_reference_to_global_variable(callee) =>
            {
                module(&name.value)
            }
            callee if self.path_of(semantic, callee, parts).as_deref() == Some("process.getBuiltinModule") => {
                module(&name.value)
            }
            _ => None,
        }
    }

    fn import(&mut self, import: &oxc::ast::ast::ImportDeclaration<'_>) {
        let Some(module) = module(&import.source.value) else { return };
        for specifier in import.specifiers.iter().flatten() {
            let (local, path) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(one) => (&one.local, join(&module, &one.imported.name())),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (&one.local, module.clone()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, module.clone()),
            };
            if let Some(symbol) = local.symbol_id.get() {
                self.names.insert(symbol, path);
            }
        }
    }

    fn bind(&mut self, pattern: &BindingPattern<'_>, path: &str) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                if let Some(symbol) = name.symbol_id.get() {
                    self.names.insert(symbol, path.to_owned());
                }
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    if let Some(key) = property.key.static_name() {
                        self.bind(&property.value, &join(path, &key));
                    }
                }
            }
            BindingPattern::AssignmentPattern(assignment) => self.bind(&assignment.left, path),
            BindingPattern::ArrayPattern(_) => {}
        }
    }
}

fn module_named(source: &Expression<'_>) -> Option<String> {
    match source {
        Expression::StringLiteral(name) => module(&name.value),
        _ => None,
    }
}

/// The path of a module, or nothing for one that is not Node's. Drop-in replacements of `fs` count as it.
fn module(specifier: &str) -> Option<String> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    match name {
        "fs-extra" | "graceful-fs" => Some("fs".to_owned()),
        "process" | "console" => Some(name.to_owned()),
        "timers" => Some("globalThis".to_owned()),
        "buffer" => Some("buffer".to_owned()),
        _ => api::MODULES.contains(&name).then(|| name.to_owned()),
    }
}

/// The path of a member: `fs` and `promises` make `fs/promises`.
pub fn join(object: &str, property: &str) -> String {
    match (object, property) {
        (_, "default") => object.to_owned(),
        ("globalThis" | "global", property) => property.to_owned(),
        ("fs" | "dns" | "stream" | "readline" | "timers", "promises") => format!("{object}/promises"),
        ("path", "posix" | "win32") => "path".to_owned(),
        _ => format!("{object}.{property}"),
    }
}
