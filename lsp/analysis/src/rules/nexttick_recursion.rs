//! `loop/nexttick-recursion`: a tick or microtask that schedules itself again.

use oxc::ast::AstKind;
use oxc::ast::ast::{Argument, Expression};
use oxc::semantic::{AstNode, NodeId, SymbolId};

use super::{Context, Rule};
use crate::finding::{Edit, Fix, Level};

pub const RULE: Rule = Rule {
    name: "loop/nexttick-recursion",
    what: "A function schedules itself again as a tick or microtask.",
    why: "Ticks and microtasks run until none is left before the loop goes on. One that schedules itself keeps the loop \
          where it is: no timer fires and no request is read until the chain ends.",
    example: "function step() { work(); process.nextTick(step); }\nstep();",
    instead: "function step() { work(); setImmediate(step); }\nstep();",
    ignore: "When the chain is known to be short, a handful of rounds.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let AstKind::CallExpression(call) = node.kind() else { return };
    let Some(name) = context.called(node).filter(|name| matches!(name.as_str(), "process.nextTick" | "queueMicrotask"))
    else {
        return;
    };
    let scheduled = match call.arguments.first() {
        Some(Argument::Identifier(function)) => {
            function.reference_id.get().and_then(|id| context.semantic.scoping().get_reference(id).symbol_id())
        }
        Some(Argument::ArrowFunctionExpression(arrow)) => only_call(arrow, context),
        _ => None,
    };
    if !scheduled.is_some_and(|symbol| is_around(symbol, node.id(), context)) {
        return;
    }
    let message = format!("{name} schedules the function that calls it: the loop stands still until the chain ends");
    let fix = (call.arguments.len() == 1).then(|| Fix {
        title: "Use setImmediate, which lets the loop go round".to_owned(),
        edits: vec![Edit { span: oxc::span::GetSpan::span(&call.callee).into(), text: "setImmediate".to_owned() }],
    });
    context.report(&RULE, call.span, Level::Warning, message, fix);
}

/// The function that `() => step()` calls and does nothing else.
fn only_call(arrow: &oxc::ast::ast::ArrowFunctionExpression<'_>, context: &Context<'_, '_>) -> Option<SymbolId> {
    let Expression::CallExpression(call) = arrow.get_expression()? else { return None };
    let id = call.callee.get_identifier_reference()?.reference_id.get()?;
    context.semantic.scoping().get_reference(id).symbol_id()
}

/// Whether the function of that name stands around the node, with nothing in between that runs later.
fn is_around(symbol: SymbolId, node: NodeId, context: &Context<'_, '_>) -> bool {
    let nodes = context.semantic.nodes();
    let Some(function) = context.function_around(node) else { return false };
    let own = match function.kind() {
        AstKind::Function(it) => it.id.as_ref().and_then(|id| id.symbol_id.get()),
        _ => None,
    };
    let given = match nodes.parent_kind(function.id()) {
        AstKind::VariableDeclarator(variable) => variable.id.get_binding_identifier().and_then(|id| id.symbol_id.get()),
        _ => None,
    };
    own == Some(symbol) || given == Some(symbol)
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn chains_of_ticks_and_microtasks_are_found_and_immediates_are_not() {
        check_marks(
            "
const { nextTick } = require('process');
function a() {
  nextTick(a);
//^^^^^^^^^^^ nexttick-recursion warning stands still
}
const b = () => {
  queueMicrotask(() => b());
//^^^^^^^^^^^^^^^^^^^^^^^^^ nexttick-recursion warning queueMicrotask
};
function c() { setImmediate(c); setTimeout(() => process.nextTick(c), 1); }
function d(done) { process.nextTick(done); }
",
        );
    }
}
