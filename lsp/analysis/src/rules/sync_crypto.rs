//! `loop/sync-crypto`: synchronous key derivation and key making.

use oxc::semantic::AstNode;

use super::{Context, Rule, check_blocking_call};
use crate::api::Work;

pub const RULE: Rule = Rule {
    name: "loop/sync-crypto",
    what: "A synchronous call of crypto that computes for long: key derivation, keys, primes.",
    why: "Password hashing is slow on purpose: 50 to 500 ms for each call, in which nothing else runs. Ten log-ins at once wait for each other.",
    example: "const crypto = require('crypto');\nconst key = crypto.scryptSync(request.password, salt, 64);",
    instead: "const { promisify } = require('util');\nconst scrypt = promisify(require('crypto').scrypt);\nconst key = await scrypt(request.password, salt, 64);",
    ignore: "In start-up code and in command-line tools.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    check_blocking_call(&RULE, Work::Crypto, node, context);
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn slow_forms_are_found_and_hashes_are_not() {
        check_marks(
            "
import { pbkdf2Sync, createHash } from 'node:crypto';
export const login = (password) => {
  createHash('sha256').update(password).digest();
  return pbkdf2Sync(password, 'salt', 1e5, 64, 'sha512');
//       ^^^^^^^^^^ sync-crypto warning use crypto.pbkdf2
};
",
        );
    }
}
