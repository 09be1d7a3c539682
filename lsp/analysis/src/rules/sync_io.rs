//! `loop/sync-io`: synchronous calls of `fs`.

use oxc::semantic::AstNode;

use super::{Context, Rule, check_blocking_call};
use crate::api::Work;

pub const RULE: Rule = Rule {
    name: "loop/sync-io",
    what: "A synchronous call of fs: the thread waits for the disk.",
    why: "While the call waits, no timer, no request and no other callback runs. A disk that is usually quick is sometimes a network mount, a cold cache or a busy neighbour.",
    example: "const fs = require('fs');\nresponse.end(fs.readFileSync('page.html'));",
    instead: "const fs = require('fs');\nresponse.end(await fs.promises.readFile('page.html'));",
    ignore: "In start-up code, in command-line tools and in handlers of process.exit nobody waits: there it is a hint at most.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    check_blocking_call(&RULE, Work::Files, node, context);
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn a_handler_is_warned_and_start_up_code_gets_a_hint() {
        check_marks(
            "
const fs = require('node:fs');
const { readFileSync: read } = require('fs');
const settings = fs.readFileSync('settings.json');
//               ^^^^^^^^^^^^^^^ sync-io hint while the program starts
function load() {
  return read('x');
//       ^^^^ sync-io hint
}
load();
server.on('request', () => {
  fs.statSync('x');
//^^^^^^^^^^^ sync-io warning use fs/promises.stat
  fs.readFile('x', () => {});
});
",
        );
    }

    #[test]
    fn names_are_followed_and_user_names_are_not_taken_for_nodes() {
        check_marks(
            "
import files, { existsSync, promises } from 'fs';
import * as extra from 'graceful-fs';
const late = await import('node:fs');
export async function a(fs) {
  fs.readFileSync('mine');
  files.readFileSync('x');
//^^^^^^^^^^^^^^^^^^ sync-io warning
  existsSync('x');
//^^^^^^^^^^ sync-io warning
  extra['mkdirSync']('x');
//^^^^^^^^^^^^^^^^^^ sync-io warning
  late?.rmSync('x');
//^^^^^^^^^^^^ sync-io warning
  await promises.readFile('x');
}
",
        );
    }

    #[test]
    fn the_rewrite_is_offered_where_nothing_else_changes() {
        let fixed = |source: &str| {
            let findings = crate::analysis::findings_of(source);
            let fix = findings.first().expect("a finding").fix.clone()?;
            let mut text = source.to_owned();
            for edit in fix.edits.iter().rev() {
                text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            Some(text)
        };
        let head = "const fs = require('fs'); exports.a = ";
        let after = |body: &str| fixed(&format!("{head}{body}")).map(|text| text[head.len()..].to_owned());
        assert_eq!(
            after("async () => { const x = fs.readFileSync('x', 'utf8'); }").as_deref(),
            Some("async () => { const x = await fs.promises.readFile('x', 'utf8'); }")
        );
        assert_eq!(
            after("async () => fs.readdirSync('x').length").as_deref(),
            Some("async () => (await fs.promises.readdir('x')).length")
        );
        assert_eq!(after("() => fs.readFileSync('x')"), None);
        assert_eq!(after("async () => fs.statSync('x', { throwIfNoEntry: false })"), None);
        assert_eq!(after("async () => fs.existsSync('x')"), None);
        assert_eq!(after("async () => list.map((x) => fs.readFileSync(x))"), None);
    }

    #[test]
    fn comments_silence_it() {
        check_marks(
            "
const fs = require('fs');
exports.a = () => {
  // rondo-disable-next-line loop/sync-io -- tiny file
  fs.readFileSync('x');
  fs.readFileSync('x'); // rondo-disable-line
  // rondo-disable-next-line loop/sync-zlib
  fs.readFileSync('x');
//^^^^^^^^^^^^^^^ sync-io warning
  /* rondo-disable loop/sync-io */
  fs.readFileSync('x');
};
",
        );
    }
}
