//! The text of scripts in which stalls were seen, with the places of their lines: positions go both ways.

use std::collections::HashMap;
use std::rc::Rc;

/// Scripts that are kept; when there are more, all are read anew.
const SCRIPTS_MAX: usize = 16;
/// A larger script is a bundle whose text is not worth its memory.
const CHARS_MAX: usize = 8 << 20;

pub struct ScriptText {
    pub text: String,
    /// The offset of each line's first byte.
    lines: Vec<usize>,
}

impl ScriptText {
    fn new(text: String) -> ScriptText {
        let lines = [0].into_iter().chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
        ScriptText { text, lines }
    }

    /// The byte offset of a line and a column in UTF-16 units, both from 0.
    pub fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let start = *self.lines.get(line as usize)?;
        let mut units = 0;
        for (index, c) in self.text[start..].char_indices() {
            if units >= column {
                return Some(start + index);
            }
            units += c.len_utf16() as u32;
        }
        Some(self.text.len())
    }

    /// The line and the column in UTF-16 units of a byte offset.
    pub fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let column = self.text[self.lines[line]..offset].encode_utf16().count();
        (line as u32, column as u32)
    }
}

#[derive(Default)]
pub struct ScriptTexts {
    by_id: HashMap<usize, Option<Rc<ScriptText>>>,
}

impl ScriptTexts {
    /// The text of the script of `frame`, if it is not too large.
    pub fn of(
        &mut self,
        scope: &mut v8::PinScope<'_, '_>,
        frame: v8::Local<'_, v8::StackFrame>,
    ) -> Option<Rc<ScriptText>> {
        let id = frame.get_script_id();
        if let Some(known) = self.by_id.get(&id) {
            return known.clone();
        }
        if self.by_id.len() >= SCRIPTS_MAX {
            self.by_id.clear();
        }
        let source = frame.get_script_source(scope).filter(|source| source.length() <= CHARS_MAX);
        let text = source.map(|source| Rc::new(ScriptText::new(source.to_rust_string_lossy(scope))));
        self.by_id.insert(id, text.clone());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::ScriptText;

    #[test]
    fn positions_go_both_ways() {
        let script = ScriptText::new("one\nä𝄞 two\n".to_owned());
        let offset = script.offset(1, 4).expect("a place");
        assert_eq!(&script.text[offset..offset + 3], "two");
        assert_eq!(script.position(offset), (1, 4));
        assert_eq!(script.position(0), (0, 0));
        assert_eq!(script.offset(7, 0), None);
    }
}
