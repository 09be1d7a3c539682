//! Whether a backtracking engine can need super-linear time for a regular expression.
//!
//! The expression becomes an automaton without empty moves ([`automaton`]); [`ambiguity`] then looks for a state that the
//! same text leads back to in two ways (exponential), or for two states that the same text loops in and leads from one to
//! the other (polynomial), in either case with something after it that can fail. That is exact for expressions without
//! look-around and back-references; where those occur the answer is "don't know", since they can forbid the very text.

pub mod ambiguity;
pub mod automaton;
pub mod characters;

use oxc::allocator::Allocator;
use oxc::regular_expression::{LiteralParser, Options};

/// How the time grows with the length of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    Linear,
    /// At least with its square.
    Polynomial,
    /// Doubles with every few characters.
    Exponential,
    /// The expression has parts that can't be judged, or is too large.
    Unknown,
}

/// Judges `/pattern/flags`; a pattern that is none is `Unknown`.
pub fn growth(pattern: &str, flags: &str) -> Growth {
    let allocator = Allocator::default();
    let parsed = LiteralParser::new(&allocator, pattern, Some(flags), Options::default()).parse();
    match parsed {
        Ok(pattern) => growth_of(&pattern, flags.contains('i'), flags.contains('s')),
        Err(_) => Growth::Unknown,
    }
}

fn growth_of(pattern: &oxc::regular_expression::ast::Pattern<'_>, ignores_case: bool, dot_is_all: bool) -> Growth {
    let settings = automaton::Settings { ignores_case, dot_is_all };
    match automaton::build(pattern, settings) {
        Some(automaton) => ambiguity::growth(&automaton),
        None => Growth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(growth: Growth, patterns: &[&str]) {
        for pattern in patterns {
            assert_eq!(super::growth(pattern, ""), growth, "{pattern}");
        }
    }

    #[test]
    fn nested_and_overlapping_repetition_is_exponential() {
        check(
            Growth::Exponential,
            &[
                "^(a+)+$",
                "(a*)*b",
                "(a|a)*b",
                "^(\\w+\\s?)*$",
                "([a-zA-Z]+)*1",
                "(x+x+)+y",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(a|ab|b)*c",
                "^(\\d+|\\w)+$",
                "(?:.*)*x",
                "^(?:a|\\w){2,}!",
            ],
        );
    }

    #[test]
    fn neighbours_that_overlap_are_polynomial() {
        check(Growth::Polynomial, &["^a*a*$", "\\d+\\d+x", "^\\s*(.*)\\s*$", "x.*y.*z$", "^[a-z]*[a-m]*!"]);
    }

    #[test]
    fn what_has_one_way_is_linear() {
        check(
            Growth::Linear,
            &[
                "^a+$",
                "^(ab)+$",
                "^[a-z]+@[0-9]+$",
                "^(a+b)+$",
                "(a+)+",
                "foo|bar",
                "^(?:\\s+\\S+)*$",
                "^\\d{3}-\\d{4}$",
                "^[^,]*,[^,]*$",
                "(\\w+\\s)*\\d",
                "^(a|b)*c",
                "^(?:a{1,3}b)*$",
            ],
        );
    }

    #[test]
    fn what_can_not_be_judged_says_so() {
        check(Growth::Unknown, &["(a+)\\1+$", "(?=a)(a+)+$", "(((((.{1,16}){1,16}){1,16}){1,16}){1,16})x", "("]);
    }
}
