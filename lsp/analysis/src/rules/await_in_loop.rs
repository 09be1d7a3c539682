//! `loop/await-in-loop`: waits that follow each other though they don't need each other.
//!
//! Says nothing where the rounds depend on each other: a round uses a variable that another round assigned, the loop is
//! left early, or is a `for await`.

use std::collections::HashSet;

use oxc::ast::AstKind;
use oxc::semantic::{AstNode, NodeId};
use oxc::span::{GetSpan, Span};

use super::{Context, Rule};
use crate::finding::Level;
use crate::place::Place;

pub const RULE: Rule = Rule {
    name: "loop/await-in-loop",
    what: "An await in a loop whose rounds do not need each other.",
    why: "Each round waits for the one before: ten requests of 50 ms take 500 ms instead of 50. Nothing blocks the loop, \
          but the caller waits for the sum instead of the longest.",
    example: "for (const id of request.ids) await load(id);",
    instead: "await Promise.all(request.ids.map((id) => load(id)));",
    ignore: "When the order matters, when a limit on what goes on at once is wanted (a pool of a few workers serves that \
             better), and for retries.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let AstKind::AwaitExpression(wait) = node.kind() else { return };
    let Some((repeat, span, repeated)) = loop_around(node.id(), context) else { return };
    if !repeated.contains_inclusive(wait.span) || depends(context, repeat, span, node.id()) {
        return;
    }
    let level = match context.place(node.id()) {
        Place::StartUp => Level::Hint,
        Place::Callback => Level::Warning,
    };
    let message = "each round waits for the one before; start them together and await Promise.all".to_owned();
    context.report(&RULE, Span::new(wait.span.start, wait.span.start + "await".len() as u32), level, message, None);
}

/// The innermost loop over known items around a node, within the same function, and the part of it that is repeated.
/// `while` loops and those without an update wait for something to change: their rounds depend on each other.
fn loop_around(node: NodeId, context: &Context<'_, '_>) -> Option<(NodeId, Span, Span)> {
    let repeat = context.around.repeat(node)?;
    let kind = context.semantic.nodes().kind(repeat);
    let repeated = match kind {
        AstKind::ForOfStatement(it) if !it.r#await => it.body.span(),
        AstKind::ForInStatement(it) => it.body.span(),
        AstKind::ForStatement(it) if it.update.is_some() && it.test.is_some() => it.body.span(),
        _ => return None,
    };
    Some((repeat, kind.span(), repeated))
}

fn depends(context: &Context<'_, '_>, repeat: NodeId, span: Span, wait: NodeId) -> bool {
    let leaves = context.inside(repeat).any(|one| {
        let early = matches!(
            one.kind(),
            AstKind::BreakStatement(_)
                | AstKind::ReturnStatement(_)
                | AstKind::ThrowStatement(_)
                | AstKind::YieldExpression(_)
        );
        early && context.runs_within(one.id(), repeat)
    });
    let mut between = context.semantic.nodes().ancestors(wait).take_while(|up| up.id() != repeat);
    leaves || between.any(|up| matches!(up.kind(), AstKind::TryStatement(_))) || carries_a_value(context, repeat, span)
}

/// Whether a variable from outside of the loop is both assigned and read inside of it.
fn carries_a_value(context: &Context<'_, '_>, repeat: NodeId, span: Span) -> bool {
    let scoping = context.semantic.scoping();
    let (mut written, mut read) = (HashSet::new(), HashSet::new());
    for one in context.inside(repeat) {
        let AstKind::IdentifierReference(name) = one.kind() else { continue };
        let Some(reference) = name.reference_id.get().map(|id| scoping.get_reference(id)) else { continue };
        let Some(symbol) = reference.symbol_id() else { continue };
        if span.contains_inclusive(scoping.symbol_span(symbol)) {
            continue;
        }
        if reference.is_write() {
            written.insert(symbol);
        }
        if reference.is_read() {
            read.insert(symbol);
        }
    }
    !written.is_disjoint(&read)
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn independent_rounds_are_found() {
        check_marks(
            "
export async function all(ids) {
  for (const id of ids) {
    const one = await load(id);
//              ^^^^^ await-in-loop warning Promise.all
    console.log(one);
  }
  for (let i = 0; i < 3; i++) await load(i);
//                            ^^^^^ await-in-loop warning
}
for (const id of [1, 2]) await load(id);
//                       ^^^^^ await-in-loop hint
",
        );
    }

    #[test]
    fn rounds_that_need_each_other_are_not() {
        check_marks(
            "
export async function some(ids, stream) {
  let cursor;
  for (let i = 0; i < 9; i++) cursor = await next(cursor);
  while (!done()) await step();
  for await (const chunk of stream) await write(chunk);
  for (const id of ids) { if (await found(id)) return id; }
  for (let i = 0; i < 3; i++) { try { await attempt(); } catch {} }
  for (const id of await list()) ids.push(async () => await load(id));
}
",
        );
    }
}
