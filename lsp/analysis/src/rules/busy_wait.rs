//! `loop/busy-wait`: a loop that only looks at the clock, or at a variable that nothing in it changes.

use oxc::ast::AstKind;
use oxc::ast::ast::{Expression, Statement};
use oxc::semantic::{AstNode, NodeId};
use oxc::span::{GetSpan, Span};

use super::{Context, Rule};
use crate::finding::Level;
use crate::place::Place;

pub const RULE: Rule = Rule {
    name: "loop/busy-wait",
    what: "A loop without an await waits for time to pass.",
    why: "It keeps a processor busy and the event loop standing. What it waits for, if it is another callback, can't ever \
          happen: that callback needs the loop.",
    example: "const end = Date.now() + 100;\nwhile (Date.now() < end) {}",
    instead: "await new Promise((resolve) => setTimeout(resolve, 100));",
    ignore: "In benchmarks and tests that want to hold the loop.",
    check,
};

const CLOCKS: [&str; 7] = [
    "Date",
    "Date.now",
    "performance.now",
    "perf_hooks.performance.now",
    "process.hrtime",
    "process.hrtime.bigint",
    "process.uptime",
];

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let (test, span) = match node.kind() {
        AstKind::WhileStatement(it) => (Some(&it.test), it.span),
        AstKind::DoWhileStatement(it) => (Some(&it.test), it.span),
        AstKind::ForStatement(it) => (it.test.as_ref(), it.span),
        _ => return,
    };
    let Some(test) = test else { return };
    let message = if reads_clock(context, node.id(), test.span()) && !waits(context, node.id()) {
        "waits for the clock without letting the event loop run; use a timer and await"
    } else if waits_for_a_flag(test, node, context) {
        "waits for a variable that only another callback could change, and none can run meanwhile"
    } else {
        return;
    };
    let level = match context.place(node.id()) {
        Place::StartUp => Level::Hint,
        Place::Callback => Level::Warning,
    };
    let head = Span::new(span.start, test.span().end.max(span.start));
    context.report(&RULE, head, level, message.to_owned(), None);
}

/// Whether a clock is read in the test of a loop, directly.
fn reads_clock(context: &Context<'_, '_>, repeat: NodeId, test: Span) -> bool {
    let upto = context.inside(repeat).take_while(|one| one.kind().span().start < test.end);
    let in_test = upto.filter(|one| test.contains_inclusive(one.kind().span()));
    in_test.filter_map(|one| context.called(one)).any(|name| CLOCKS.contains(&name.as_str()))
}

/// Whether the loop gives control away.
fn waits(context: &Context<'_, '_>, repeat: NodeId) -> bool {
    context.inside(repeat).any(|one| {
        matches!(one.kind(), AstKind::AwaitExpression(_) | AstKind::YieldExpression(_))
            && context.runs_within(one.id(), repeat)
    })
}

/// `while (!done) {}` with an empty body, where nothing in the test can change the variable.
fn waits_for_a_flag(test: &Expression<'_>, node: &AstNode<'_>, context: &Context<'_, '_>) -> bool {
    let AstKind::WhileStatement(repeat) = node.kind() else { return false };
    let empty = match &repeat.body {
        Statement::EmptyStatement(_) => true,
        Statement::BlockStatement(block) => block.body.is_empty(),
        _ => false,
    };
    let operand = match test.get_inner_expression() {
        Expression::UnaryExpression(unary) if unary.operator.as_str() == "!" => unary.argument.get_inner_expression(),
        other => other,
    };
    let flag = matches!(operand, Expression::Identifier(_) | Expression::StaticMemberExpression(_));
    empty && flag && !waits(context, node.id())
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn loops_that_only_wait_are_found() {
        check_marks(
            "
const { performance } = require('perf_hooks');
exports.hold = (ms) => {
  const end = Date.now() + ms;
  while (Date.now() < end) spin();
//^^^^^^^^^^^^^^^^^^^^^^^ busy-wait warning clock
  for (const start = performance.now(); performance.now() - start < ms;);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ busy-wait warning
  let done = false;
  setTimeout(() => { done = true; }, ms);
  while (!done) {}
//^^^^^^^^^^^^ busy-wait warning another callback
};
",
        );
    }

    #[test]
    fn loops_that_work_or_give_way_are_not() {
        check_marks(
            "
exports.work = async (list) => {
  while (list.length > 0) list.pop();
  const end = Date.now() + 5;
  while (Date.now() < end) await step();
  while (list.next()) {}
};
",
        );
    }
}
