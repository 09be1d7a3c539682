//! The rules: one file each, with its explanation, its check and its tests.
//!
//! Rules see one node at a time and say nothing where they are not sure what a name stands for. Code that runs while the
//! program starts gets a hint where the same code in a callback gets a warning.

use oxc::ast::AstKind;
use oxc::ast::ast::CallExpression;
use oxc::semantic::{AstNode, NodeId, Semantic};
use oxc::span::GetSpan;

use crate::api::{self, Api, Behaviour, Work};
use crate::finding::{Edit, Finding, Fix, Level};
use crate::place::{self, Place};
use crate::resolve::Resolver;
use crate::text::Span;

mod atomics_wait;
mod await_in_loop;
mod busy_wait;
mod json_large;
mod nexttick_recursion;
mod regex_backtracking;
mod sync_child_process;
mod sync_crypto;
mod sync_io;
mod sync_zlib;

/// A rule with its explanation.
pub struct Rule {
    pub name: &'static str,
    /// One line.
    pub what: &'static str,
    pub why: &'static str,
    pub example: &'static str,
    pub instead: &'static str,
    pub ignore: &'static str,
    check: fn(&AstNode<'_>, &mut Context<'_, '_>),
}

pub const ALL: [&Rule; 10] = [
    &sync_io::RULE,
    &sync_crypto::RULE,
    &sync_zlib::RULE,
    &sync_child_process::RULE,
    &await_in_loop::RULE,
    &json_large::RULE,
    &regex_backtracking::RULE,
    &nexttick_recursion::RULE,
    &atomics_wait::RULE,
    &busy_wait::RULE,
];

pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.into_iter().find(|rule| rule.name == name || rule.name.strip_prefix("loop/") == Some(name))
}

impl Rule {
    /// The page of `rondo check --explain RULE` and of the hover on a finding, in Markdown.
    pub fn explanation(&self) -> String {
        format!(
            "# {}\n\n{}\n\n## Why\n\n{}\n\n## Example\n\n```js\n{}\n```\n\n## Instead\n\n```js\n{}\n```\n\n\
             ## When to ignore it\n\n{}\n\nSilence one line with `// rondo-disable-next-line {}`, the rest of a file \
             with `// rondo-disable {}`.\n",
            self.name, self.what, self.why, self.example, self.instead, self.ignore, self.name, self.name
        )
    }
}

/// What a check sees, and where its findings go.
pub struct Context<'c, 'a> {
    pub semantic: &'c Semantic<'a>,
    pub names: &'c Resolver,
    pub around: place::Around,
    findings: Vec<Finding>,
}

/// All findings of a script, in the order of the text.
pub fn check(semantic: &Semantic<'_>, names: &Resolver) -> Vec<Finding> {
    let mut context = Context { semantic, names, around: place::Around::new(semantic), findings: Vec::new() };
    for node in semantic.nodes().iter() {
        if matches!(node.kind(), AstKind::IdentifierReference(_) | AstKind::IdentifierName(_)) {
            continue;
        }
        for rule in ALL {
            (rule.check)(node, &mut context);
        }
    }
    context.findings.sort_by_key(|finding| (finding.span, finding.rule));
    context.findings
}

impl Context<'_, '_> {
    fn report(&mut self, rule: &'static Rule, span: impl Into<Span>, level: Level, message: String, fix: Option<Fix>) {
        self.findings.push(Finding { rule: rule.name, span: span.into(), level, message, fix });
    }

    fn place(&self, node: NodeId) -> Place {
        place::place_of(self.semantic, &self.around, node)
    }

    /// The function of Node that a node calls or constructs.
    fn called(&self, node: &AstNode<'_>) -> Option<String> {
        match node.kind() {
            AstKind::CallExpression(call) => self.names.callee(self.semantic, call),
            AstKind::NewExpression(call) => self.names.path(self.semantic, &call.callee),
            _ => None,
        }
    }

    /// Everything below a node, in the order of the text.
    fn inside(&self, node: NodeId) -> impl Iterator<Item = &AstNode<'_>> {
        let nodes = self.semantic.nodes();
        let span = nodes.kind(node).span();
        let after = nodes.iter().skip(node.index() + 1);
        after.take_while(move |one| span.contains_inclusive(one.kind().span()))
    }

    /// Whether a node stands below another with no function in between.
    fn runs_within(&self, node: NodeId, outer: NodeId) -> bool {
        self.around.runs_within(self.semantic, node, outer)
    }

    /// The function around a node.
    fn function_around(&self, node: NodeId) -> Option<&AstNode<'_>> {
        self.around.function(node).map(|function| self.semantic.nodes().get_node(function))
    }
}

/// The four `sync-*` rules: calls of the table's functions that do `work` before they return.
fn check_blocking_call(rule: &'static Rule, work: Work, node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let AstKind::CallExpression(call) = node.kind() else { return };
    let Some(api) = context.called(node).and_then(|name| api::find(&name)) else { return };
    if api.behaviour != Behaviour::Blocks(work) {
        return;
    }
    let instead = api.instead.as_ref().map_or(String::new(), |instead| format!("; use {instead}"));
    let (level, message) = match context.place(node.id()) {
        Place::StartUp => (Level::Hint, format!("{} blocks, here while the program starts{instead}", api.name)),
        Place::Callback => (Level::Warning, format!("{} holds the event loop until it returns{instead}", api.name)),
    };
    let fix = asynchronous_form(api, call, node, context);
    context.report(rule, call.callee.span(), level, message, fix);
}

/// `await fs.promises.readFile(…)` for `fs.readFileSync(…)`, where the function around is async already, so that nothing
/// but the call changes, and the promise form takes the same arguments and gives the same result.
fn asynchronous_form(
    api: &Api,
    call: &CallExpression<'_>,
    node: &AstNode<'_>,
    context: &Context<'_, '_>,
) -> Option<Fix> {
    let member = api.name.strip_prefix("fs.")?.strip_suffix("Sync")?;
    if !api.same_by_promise {
        return None;
    }
    let is_async = match context.function_around(node.id())?.kind() {
        AstKind::Function(function) => function.r#async,
        AstKind::ArrowFunctionExpression(arrow) => arrow.r#async,
        _ => false,
    };
    let in_parameters = context
        .semantic
        .nodes()
        .ancestor_kinds(node.id())
        .take_while(|kind| !place::is_function(*kind))
        .any(|kind| matches!(kind, AstKind::FormalParameters(_)));
    // A call in an optional chain may not happen at all: its `await` would have to move out of the chain.
    let chained = matches!(context.semantic.nodes().parent_kind(node.id()), AstKind::ChainExpression(_));
    // `stat` gives nothing instead of an error when it is told so; its promise form does not know that.
    let has_options = call.arguments.len() > 1 && matches!(member, "stat" | "lstat");
    if !is_async || in_parameters || chained || has_options {
        return None;
    }
    let object = call.callee.as_member_expression()?.object();
    if context.names.path(context.semantic, object).as_deref() != Some("fs") {
        return None;
    }
    let name: Span = object.span().into();
    let source = context.semantic.source_text();
    let written = &source[name.start as usize..name.end as usize];
    let nodes = context.semantic.nodes();
    let bare = matches!(
        nodes.parent_kind(node.id()),
        AstKind::ExpressionStatement(_)
            | AstKind::VariableDeclarator(_)
            | AstKind::ReturnStatement(_)
            | AstKind::CallExpression(_)
    ) && !nodes.parent_kind(node.id()).is_callee_with_span(call.span);
    let (open, close) = if bare { ("", "") } else { ("(", ")") };
    let callee = Span { start: call.span.start, end: call.callee.span().end };
    let mut edits = vec![Edit { span: callee, text: format!("{open}await {written}.promises.{member}") }];
    if !bare {
        edits.push(Edit { span: Span { start: call.span.end, end: call.span.end }, text: close.to_owned() });
    }
    Some(Fix { title: format!("Use await {written}.promises.{member}"), edits })
}

/// Checks a text against the marks in it: each line `// ^^^ rule level [part of the message]` stands below a finding.
#[cfg(test)]
pub fn check_marks(source: &str) {
    let text = crate::text::Text::new(source.to_owned());
    let mut expected = Vec::new();
    let mut code_line = 0;
    for (number, line) in source.lines().enumerate() {
        match line.trim_start().strip_prefix("//").map(str::trim_start).filter(|rest| rest.starts_with('^')) {
            Some(rest) => {
                let start = line.find('^').expect("a mark") as u32;
                let width = rest.bytes().take_while(|byte| *byte == b'^').count() as u32;
                let words = rest.trim_start_matches('^').trim();
                expected.push((code_line, start, start + width, words.to_owned()));
            }
            None => code_line = number as u32,
        }
    }
    let encoding = crate::text::Encoding::Utf8;
    let found: Vec<_> = crate::analysis::findings_of(source)
        .into_iter()
        .map(|finding| {
            let (start, end) = (text.position(finding.span.start, encoding), text.position(finding.span.end, encoding));
            let end = if start.line == end.line { end.column } else { start.column + 1 };
            (start.line, start.column, end, format!("{} {} {}", finding.rule, finding.level.as_str(), finding.message))
        })
        .collect();
    let agree = found.len() == expected.len()
        && found.iter().zip(&expected).all(|(found, wanted)| {
            let mut words = wanted.3.splitn(3, ' ');
            let (rule, level, part) =
                (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
            (found.0, found.1, found.2) == (wanted.0, wanted.1, wanted.2)
                && found.3.starts_with(&format!("loop/{rule} {level} "))
                && found.3.contains(part)
        });
    assert!(agree, "found:\n{found:#?}\nexpected:\n{expected:#?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_explains_itself_and_its_own_examples() {
        for rule in ALL {
            let found = |source: &str| {
                let source =
                    format!("async function handler(request, response) {{ {source} }} module.exports = handler;");
                crate::analysis::findings_of(&source).iter().any(|finding| finding.rule == rule.name)
            };
            assert!(rule.name.starts_with("loop/") && rule.what.ends_with('.') && rule.why.ends_with('.'));
            assert!(found(rule.example), "{}: the example is not found", rule.name);
            assert!(!found(rule.instead), "{}: what to write instead is found", rule.name);
            assert!(rule.explanation().contains(rule.example));
        }
    }
}
