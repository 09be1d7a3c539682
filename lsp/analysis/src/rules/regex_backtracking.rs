//! `loop/regex-backtracking`: regular expressions whose time grows faster than the text.

use oxc::ast::AstKind;
use oxc::ast::ast::Argument;
use oxc::semantic::AstNode;
use oxc::span::GetSpan;

use super::{Context, Rule};
use crate::finding::Level;
use crate::regex::{Growth, growth};

pub const RULE: Rule = Rule {
    name: "loop/regex-backtracking",
    what: "A regular expression that can read the same text in many ways.",
    why: "When the match fails at last, the engine tries every way: with nested repetition 30 characters are a billion \
          ways, and the loop stands still for minutes. Whoever may send the text can stop the server.",
    example: "const ok = /^(\\w+\\s?)*$/.test(request.query);",
    instead: "const ok = /^\\w+(?:\\s\\w+)*\\s?$/.test(request.query);",
    ignore: "When the text is yours and short. Growth with the square (a hint) matters from some ten thousand \
             characters on.",
    check,
};

fn check(node: &AstNode<'_>, context: &mut Context<'_, '_>) {
    let (pattern, flags, span) = match node.kind() {
        AstKind::RegExpLiteral(literal) => {
            (literal.regex.pattern.text.to_string(), literal.regex.flags.to_string(), literal.span)
        }
        AstKind::NewExpression(call) if call.callee.is_specific_id("RegExp") => match text_of(&call.arguments) {
            Some((pattern, flags)) => (pattern, flags, call.arguments[0].span()),
            None => return,
        },
        _ => return,
    };
    let (level, message) = match growth(&pattern, &flags) {
        Growth::Exponential => {
            (Level::Warning, "backtracks exponentially: a short text that does not match can take minutes")
        }
        Growth::Polynomial => (Level::Hint, "backtracks with the square of the text's length, or worse"),
        Growth::Linear | Growth::Unknown => return,
    };
    context.report(&RULE, span, level, message.to_owned(), None);
}

fn text_of(arguments: &[Argument<'_>]) -> Option<(String, String)> {
    let Argument::StringLiteral(pattern) = arguments.first()? else { return None };
    match arguments.get(1) {
        None => Some((pattern.value.to_string(), String::new())),
        Some(Argument::StringLiteral(flags)) => Some((pattern.value.to_string(), flags.value.to_string())),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::check_marks;

    #[test]
    fn literals_and_constructors_are_judged() {
        check_marks(
            r#"
const bad = /^(a+)+$/;
//          ^^^^^^^^^ regex-backtracking warning exponentially
const made = new RegExp('(x*)*y', 'i');
//                      ^^^^^^^^ regex-backtracking warning
const square = /^\d*\d*x$/;
//             ^^^^^^^^^^^ regex-backtracking hint square
const good = /^[a-z]+(?:-[a-z]+)*$/i;
"#,
        );
    }
}
