//! `loop/sync-child-process`: synchronous child processes.

use oxc::semantic::AstNode;

use super::{Context, Rule, check_blocking_call};
use crate::api::Work;

pub const RULE: Rule = Rule {
    name: "loop/sync-child-process",
    what: "A synchronous call of child_process: the thread waits until another program ends.",
    why: "A program takes milliseconds to start and as long as it likes to end; the loop stands still for all of it.",
    example: "const { execSync } = require('child_process');\nresponse.end(execSync('git rev-parse HEAD'));",
    instead: "const { execFile } = require('child_process');\nexecFile('git', ['rev-parse', 'HEAD'], (error, out) => response.end(out));",
    ignore: "In build scripts and command-line tools, where waiting is the point.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    check_blocking_call(&RULE, Work::Child, node, context);
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn waiting_for_a_program_is_found() {
        check_marks(
            "
const cp = require('child_process');
  cp.spawnSync('ls');
//^^^^^^^^^^^^ sync-child-process hint
process.on('message', () => cp.execFileSync('ls'));
//                          ^^^^^^^^^^^^^^^ sync-child-process warning
",
        );
    }
}
