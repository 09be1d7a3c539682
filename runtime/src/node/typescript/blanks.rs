//! The parts of a text that become spaces, and the few characters that take their place.

use std::collections::{BTreeMap, HashSet};

use oxc_span::Span;

pub struct Blanks<'a> {
    pub source: &'a str,
    ranges: Vec<(u32, u32)>,
    /// Characters written over the source, by their byte.
    marks: BTreeMap<u32, char>,
    /// Where statements and members of classes end: what is blanked up to there may join them with the next line.
    ends: HashSet<u32>,
}

impl<'a> Blanks<'a> {
    pub fn new(source: &'a str) -> Blanks<'a> {
        Blanks { source, ranges: Vec::new(), marks: BTreeMap::new(), ends: HashSet::new() }
    }

    pub fn blank(&mut self, span: Span) {
        self.range(span.start, span.end);
    }

    pub fn range(&mut self, start: u32, end: u32) {
        if start < end {
            self.ranges.push((start, end));
        }
    }

    pub fn mark(&mut self, at: u32, character: char) {
        self.marks.insert(at, character);
    }

    pub fn end(&mut self, at: u32) {
        self.ends.insert(at);
    }

    /// The start of the next token from `from` on: spaces and comments are skipped.
    pub fn next_token(&self, from: u32) -> u32 {
        let mut at = from as usize;
        loop {
            let rest = &self.source[at..];
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            at += rest.len() - trimmed.len();
            let skipped = if trimmed.starts_with("//") {
                trimmed.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
            } else {
                return at as u32;
            };
            at += skipped;
        }
    }

    /// The identifier or keyword at `at`, empty if there is none.
    pub fn word_at(&self, at: u32) -> &'a str {
        let rest = &self.source[at as usize..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
        &rest[..end]
    }

    pub fn char_at(&self, at: u32) -> Option<char> {
        self.source[at as usize..].chars().next()
    }

    /// Whether what stands at `at` would continue an expression that ends before it.
    pub fn continues(&self, at: u32) -> bool {
        match self.char_at(at) {
            Some('(' | '[' | '`' | '+' | '-' | '*' | '/' | ',' | '.' | '<') => true,
            _ => matches!(self.word_at(at), "in" | "instanceof"),
        }
    }

    fn has_line_break(&self, start: u32, end: u32) -> bool {
        self.source[start as usize..end as usize].contains(['\n', '\r', '\u{2028}', '\u{2029}'])
    }

    /// Whether a line ends between the two places.
    pub fn breaks(&self, start: u32, end: u32) -> bool {
        start < end && self.has_line_break(start, end)
    }

    /// The text with spaces, and a semicolon where a blanked end would let the next line go on.
    pub fn write(mut self) -> String {
        self.ranges.sort_unstable();
        for i in 0..self.ranges.len() {
            let (start, end) = self.ranges[i];
            if self.ends.contains(&end) && self.continues(self.next_token(end)) {
                self.marks.entry(start).or_insert(';');
            }
        }
        let mut text = String::with_capacity(self.source.len());
        let mut at = 0;
        for &(start, end) in &self.ranges {
            let start = start.max(at);
            if start >= end {
                continue;
            }
            text.push_str(&self.source[at as usize..start as usize]);
            write_blank(&mut text, &self.source[start as usize..end as usize], start, &self.marks);
            at = end;
        }
        text.push_str(&self.source[at as usize..]);
        text
    }
}

/// One space for each UTF-16 unit; line ends stay.
fn write_blank(text: &mut String, part: &str, start: u32, marks: &BTreeMap<u32, char>) {
    for (offset, character) in part.char_indices() {
        if let Some(mark) = marks.get(&(start + offset as u32)) {
            text.push(*mark);
            continue;
        }
        match character {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => text.push(character),
            other => (0..other.len_utf16()).for_each(|_| text.push(' ')),
        }
    }
}
