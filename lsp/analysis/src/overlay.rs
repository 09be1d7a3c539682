//! Where a place that a running program reported is in the text as it is now.
//!
//! A place is kept as the function around it and the line's own text. While the function is what it was, the place moves
//! with it; when the function changed, the place is the best guess within it and counts as stale; when the function is
//! gone, so is the place.

use crate::functions::{Function, hash};
use crate::text::{Encoding, Position, Text};

/// A place in the text that the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    function: Option<Enclosing>,
    /// Lines below the function's first, or from the top of the text.
    line: u32,
    /// Of the line's text.
    line_hash: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Enclosing {
    path: String,
    hash: u64,
    /// The how-manieth function of that path.
    ordinal: usize,
}

/// Where a place is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    Fresh(u32),
    /// The function changed since the program was started.
    Stale(u32),
}

impl Placed {
    pub fn line(self) -> u32 {
        match self {
            Placed::Fresh(line) | Placed::Stale(line) => line,
        }
    }

    pub fn is_stale(self) -> bool {
        matches!(self, Placed::Stale(_))
    }
}

/// Anchors a place as the protocol gives it, from 0 and in UTF-16 units; nothing for a line that the text does not have.
pub fn anchor(text: &Text, functions: &[Function], line: u32, column: u32) -> Option<Anchor> {
    let line_hash = hash(text.line(line)?);
    let offset = text.offset(Position { line, column }, Encoding::Utf16);
    let around = functions.iter().filter(|function| function.span.start <= offset && offset < function.span.end);
    let Some(function) = around.min_by_key(|function| function.span.end - function.span.start) else {
        return Some(Anchor { function: None, line, line_hash });
    };
    let before = functions.iter().take_while(|one| one.span != function.span);
    let ordinal = before.filter(|one| one.path == function.path).count();
    let enclosing = Enclosing { path: function.path.clone(), hash: function.hash, ordinal };
    Some(Anchor { function: Some(enclosing), line: line - text.line_of(function.span.start), line_hash })
}

pub fn place(anchor: &Anchor, text: &Text, functions: &[Function]) -> Option<Placed> {
    let Some(wanted) = &anchor.function else {
        return nearest(text, 0, text.line_count().checked_sub(1)?, anchor).map(Placed::Fresh);
    };
    let same_path: Vec<&Function> = functions.iter().filter(|function| function.path == wanted.path).collect();
    let mut unchanged = same_path.iter().filter(|function| function.hash == wanted.hash);
    let own = same_path.get(wanted.ordinal).filter(|function| function.hash == wanted.hash).or(unchanged.next_back());
    let moved = || functions.iter().find(|function| function.hash == wanted.hash);
    if let Some(function) = own.copied().or_else(moved) {
        let (first, last) = (text.line_of(function.span.start), text.line_of(function.span.end));
        let line = nearest(text, first, last, anchor).unwrap_or(last.min(first + anchor.line));
        return Some(Placed::Fresh(line));
    }
    let function = same_path.get(wanted.ordinal).or(same_path.last())?;
    let (first, last) = (text.line_of(function.span.start), text.line_of(function.span.end));
    Some(Placed::Stale(nearest(text, first, last, anchor).unwrap_or(last.min(first + anchor.line))))
}

/// The line with the anchor's text that is nearest to where it was.
fn nearest(text: &Text, first: u32, last: u32, anchor: &Anchor) -> Option<u32> {
    let same = (first..=last).filter(|line| text.line(*line).is_some_and(|words| hash(words) == anchor.line_hash));
    same.min_by_key(|line| line.abs_diff(first + anchor.line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;
    use crate::parse::Language;

    const RUN: &str = "let a;\nfunction f() {\n  one();\n  two();\n}\nsetTimeout(() => {\n  three();\n}, 1);\n";

    fn placed(line: u32, now: &str) -> Option<Placed> {
        let language = Language::of_path("x.js").expect("a script");
        let (run, now) = (Text::new(RUN.to_owned()), Text::new(now.to_owned()));
        let anchor = anchor(&run, &analyze(&run, language).functions, line, 2).expect("a line");
        place(&anchor, &now, &analyze(&now, language).functions)
    }

    #[test]
    fn marks_move_with_their_function() {
        assert_eq!(placed(3, RUN), Some(Placed::Fresh(3)));
        assert_eq!(placed(3, &format!("// new\n\n{RUN}")), Some(Placed::Fresh(5)));
        assert_eq!(placed(6, &RUN.replace("two();", "two(); more();")), Some(Placed::Fresh(6)));
        assert_eq!(placed(3, &RUN.replace("  one", "\n      one")), Some(Placed::Fresh(4)));
    }

    #[test]
    fn marks_of_a_changed_function_are_stale_and_those_of_a_removed_one_are_gone() {
        assert_eq!(placed(3, &RUN.replace("one();", "one(1);\n  x();")), Some(Placed::Stale(4)));
        assert_eq!(placed(3, "let a;\n"), None);
        assert_eq!(placed(0, &format!("\n{RUN}")), Some(Placed::Fresh(1)));
    }
}
