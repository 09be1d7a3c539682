//! Sets of characters as sorted ranges.

use oxc::regular_expression::ast::{
    CharacterClass, CharacterClassContents, CharacterClassContentsKind, CharacterClassEscapeKind,
};

const LAST: u32 = 0x0010_FFFF;

/// Sorted ranges, both ends included, with gaps between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characters(Vec<(u32, u32)>);

impl Characters {
    pub fn of(mut ranges: Vec<(u32, u32)>) -> Characters {
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::new();
        for (start, end) in ranges {
            match joined.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        Characters(joined)
    }

    pub fn any() -> Characters {
        Characters(vec![(0, LAST)])
    }

    /// `.` without the flag `s`.
    pub fn but_line_ends() -> Characters {
        Characters::of(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]).complement()
    }

    pub fn escape(kind: CharacterClassEscapeKind) -> Characters {
        let digits = || Characters::of(vec![(0x30, 0x39)]);
        let words = || Characters::of(vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]);
        let spaces = || {
            Characters::of(vec![
                (0x09, 0x0D),
                (0x20, 0x20),
                (0xA0, 0xA0),
                (0x1680, 0x1680),
                (0x2000, 0x200A),
                (0x2028, 0x2029),
                (0x202F, 0x202F),
                (0x205F, 0x205F),
                (0x3000, 0x3000),
                (0xFEFF, 0xFEFF),
            ])
        };
        match kind {
            CharacterClassEscapeKind::D => digits(),
            CharacterClassEscapeKind::NegativeD => digits().complement(),
            CharacterClassEscapeKind::S => spaces(),
            CharacterClassEscapeKind::NegativeS => spaces().complement(),
            CharacterClassEscapeKind::W => words(),
            CharacterClassEscapeKind::NegativeW => words().complement(),
        }
    }

    /// Nothing for classes with parts that are not judged: properties of Unicode, set operations, strings.
    pub fn class(class: &CharacterClass<'_>) -> Option<Characters> {
        if class.kind != CharacterClassContentsKind::Union {
            return None;
        }
        let mut ranges = Vec::new();
        for part in &class.body {
            match part {
                CharacterClassContents::Character(one) => ranges.push((one.value, one.value)),
                CharacterClassContents::CharacterClassRange(range) => ranges.push((range.min.value, range.max.value)),
                CharacterClassContents::CharacterClassEscape(escape) => {
                    ranges.extend(Characters::escape(escape.kind).0)
                }
                CharacterClassContents::NestedCharacterClass(inner) => ranges.extend(Characters::class(inner)?.0),
                CharacterClassContents::UnicodePropertyEscape(_)
                | CharacterClassContents::ClassStringDisjunction(_) => {
                    return None;
                }
            }
        }
        let found = Characters::of(ranges);
        Some(if class.negative { found.complement() } else { found })
    }

    /// With the other case of its ASCII letters.
    pub fn both_cases(self) -> Characters {
        let mut ranges = self.0.clone();
        for (start, end) in self.0 {
            for (from, to, shift) in [(0x41, 0x5A, 0x20_i64), (0x61, 0x7A, -0x20)] {
                let (low, high) = (start.max(from), end.min(to));
                if low <= high {
                    ranges.push(((i64::from(low) + shift) as u32, (i64::from(high) + shift) as u32));
                }
            }
        }
        Characters::of(ranges)
    }

    pub fn complement(&self) -> Characters {
        let mut ranges = Vec::new();
        let mut next = 0;
        for (start, end) in &self.0 {
            if *start > next {
                ranges.push((next, start - 1));
            }
            next = end + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Characters(ranges)
    }

    pub fn intersection(&self, other: &Characters) -> Characters {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut ranges = Vec::new();
        while let (Some((a_start, a_end)), Some((b_start, b_end))) = (a.peek(), b.peek()) {
            let (start, end) = (*a_start.max(b_start), *a_end.min(b_end));
            if start <= end {
                ranges.push((start, end));
            }
            if a_end < b_end {
                a.next()
            } else {
                b.next()
            };
        }
        Characters(ranges)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn meets(&self, other: &Characters) -> bool {
        !self.intersection(other).is_empty()
    }
}
