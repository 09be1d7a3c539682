//! `loop/atomics-wait`: putting a thread with a loop to sleep.

use oxc::ast::AstKind;
use oxc::semantic::AstNode;

use super::{Context, Rule};
use crate::finding::Level;
use crate::place::Place;

pub const RULE: Rule = Rule {
    name: "loop/atomics-wait",
    what: "Atomics.wait puts the thread to sleep, and its event loop with it.",
    why: "Until another thread wakes it or the time is over, nothing runs: no timer, no request, no signal handler.",
    example: "Atomics.wait(shared, 0, 0, 1000);",
    instead: "await Atomics.waitAsync(shared, 0, 0, 1000).value;",
    ignore: "In a worker thread that has nothing else to do, and in start-up code of tools.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let AstKind::CallExpression(call) = node.kind() else { return };
    if context.called(node).as_deref() != Some("Atomics.wait") {
        return;
    }
    let level = match context.place(node.id()) {
        Place::StartUp => Level::Hint,
        Place::Callback => Level::Warning,
    };
    let message = "puts the thread and its event loop to sleep; use Atomics.waitAsync or a timer".to_owned();
    context.report(&RULE, call.span, level, message, None);
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn sleeping_is_found_and_waiting_is_not() {
        check_marks(
            "
exports.sleep = (words, ms) => {
  Atomics.wait(words, 0, 0, ms);
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ atomics-wait warning waitAsync
  return Atomics.waitAsync(words, 0, 0, ms).value;
};
",
        );
    }
}
