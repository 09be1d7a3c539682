//! A text with its lines: offsets to positions and back in each of LSP's encodings, and edits.
//!
//! Positions outside of the text are moved to its nearest end, as LSP wants it: a client that is one version behind must
//! not bring anything down.

/// Bytes of a text, from `start` up to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl From<oxc::span::Span> for Span {
    fn from(span: oxc::span::Span) -> Span {
        Span { start: span.start, end: span.end }
    }
}

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

/// A place as editors say it, both from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A text and where its lines begin.
#[derive(Clone, Debug, Default)]
pub struct Text {
    source: String,
    /// The offset of each line's first byte; the first is 0.
    starts: Vec<u32>,
}

impl Text {
    pub fn new(source: String) -> Text {
        let starts = line_starts(&source);
        Text { source, starts }
    }

    pub fn as_str(&self) -> &str {
        &self.source
    }

    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// A line without its end; nothing beyond the last.
    pub fn line(&self, line: u32) -> Option<&str> {
        let start = *self.starts.get(line as usize)? as usize;
        let end = self.starts.get(line as usize + 1).map_or(self.source.len(), |next| *next as usize);
        Some(self.source[start..end].trim_end_matches(['\n', '\r']))
    }

    pub fn line_start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.source.len() as u32)
    }

    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1) as u32
    }

    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let offset = floor_boundary(&self.source, offset as usize);
        let line = self.line_of(offset as u32);
        let before = &self.source[self.starts[line as usize] as usize..offset];
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => before.chars().count(),
        };
        Position { line, column: column as u32 }
    }

    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let Some(line) = self.line(position.line) else { return self.source.len() as u32 };
        let start = self.starts[position.line as usize];
        let mut left = position.column as usize;
        for (index, character) in line.char_indices() {
            let width = match encoding {
                Encoding::Utf8 => character.len_utf8(),
                Encoding::Utf16 => character.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if left < width {
                return start + index as u32;
            }
            left -= width;
        }
        start + line.len() as u32
    }

    /// Replaces a part of the text; an end before the start counts as the start.
    pub fn replace(&mut self, start: u32, end: u32, with: &str) {
        let start = floor_boundary(&self.source, start as usize);
        let end = floor_boundary(&self.source, end as usize).max(start);
        self.source.replace_range(start..end, with);
        let kept = self.starts.partition_point(|line| *line as usize <= start);
        // A `\r` before the place may have lost or found its `\n`.
        let first = kept.saturating_sub(2);
        let from = self.starts[first];
        let removed = (end - start) as i64;
        let shift = with.len() as i64 - removed;
        let tail = self.starts.partition_point(|line| (*line as usize) <= end + 1);
        let rest: Vec<u32> = self.starts[tail..].iter().map(|line| (i64::from(*line) + shift) as u32).collect();
        let until = rest.first().map_or(self.source.len(), |line| *line as usize);
        self.starts.truncate(first);
        self.starts.extend(line_starts(&self.source[from as usize..until]).iter().map(|line| line + from));
        if self.starts.last() == rest.first() {
            self.starts.pop();
        }
        self.starts.extend(rest);
    }
}

fn line_starts(source: &str) -> Vec<u32> {
    let bytes = source.as_bytes();
    let mut starts = vec![0];
    for (index, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
            starts.push(index as u32 + 1);
        }
    }
    starts
}

/// The nearest start of a character at or before `offset`.
fn floor_boundary(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_the_encoding_says() {
        let text = Text::new("a\u{1F600}é!\r\nnext".to_owned());
        let offset = "a\u{1F600}é".len() as u32;
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let position = Position { line: 0, column };
            assert_eq!(text.position(offset, encoding), position);
            assert_eq!(text.offset(position, encoding), offset);
        }
        assert_eq!(text.line(0), Some("a\u{1F600}é!"));
        assert_eq!(text.offset(Position { line: 0, column: 99 }, Encoding::Utf16), 8);
        assert_eq!(text.offset(Position { line: 9, column: 0 }, Encoding::Utf16), text.as_str().len() as u32);
    }

    #[test]
    fn lines_after_an_edit_are_those_of_the_new_text() {
        let pieces = ["", "x", "\n", "\r", "\r\n", "ab\ncd", "é\r", "\n\n"];
        let mut state = 7_u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        let mut text = Text::new("one\r\ntwo\rthree\n".to_owned());
        for _ in 0..5_000 {
            let (a, b) = (next(text.as_str().len() + 1), next(text.as_str().len() + 1));
            let with = pieces[next(pieces.len())];
            let (a, b) = if text.as_str().len() > 60 { (a.min(b), a.max(b)) } else { (a, a) };
            text.replace(a as u32, b as u32, with);
            assert_eq!(text.starts, line_starts(&text.source), "{:?}", text.source);
        }
    }
}
