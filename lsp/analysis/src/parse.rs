//! Parsing that always gives a program: where the parser gives up, the line it gave up at is read as blank and the rest
//! parsed again, so that positions hold and one unfinished line costs that line only.

use oxc::allocator::Allocator;
use oxc::parser::{ParseOptions, Parser};
use oxc::semantic::{Semantic, SemanticBuilder};
use oxc::span::SourceType;

use crate::finding::SyntaxError;
use crate::text::{Span, Text};

/// Bytes of a script that is analysed; larger ones are generated and nobody reads them in an editor.
pub const SOURCE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Brackets within brackets; generated tables have some dozen.
const NESTING_MAX: usize = 5_000;
/// Words and signs that may follow each other without an end in between, such as `a=>a=>a`: each may be a level of its own.
/// A level takes up to 1 KiB of the stack.
const ENDLESS_MAX: usize = 200_000;
/// And so many before mistakes that are none of the grammar, such as a name that is declared twice, are not looked for: the
/// search climbs up from each `await` to its function.
const ENDLESS_CHECKED_MAX: usize = 20_000;
/// The stack of the thread that parses; the system gives memory only to what is used of it.
const STACK_BYTES: usize = 1024 * 1024 * 1024;
/// Lines that are read as blank before the rest of the text is given up.
const BLANKED_LINES_MAX: usize = 16;
/// Errors that are reported of one text.
const ERRORS_MAX: usize = 100;

/// The grammar of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(SourceType);

impl Language {
    /// By the name of the file; nothing for files that are no scripts.
    pub fn of_path(path: &str) -> Option<Language> {
        let source_type = SourceType::from_path(path).ok()?;
        let plain = [".js", ".jsx"].iter().any(|end| path.ends_with(end));
        let source_type = if plain { source_type.with_unambiguous(true).with_jsx(true) } else { source_type };
        Some(Language(source_type))
    }

    /// By the name that an editor gives to a language.
    pub fn of_id(id: &str) -> Option<Language> {
        let path = match id {
            "javascript" | "javascriptreact" => "x.js",
            "typescript" => "x.ts",
            "typescriptreact" => "x.tsx",
            _ => return None,
        };
        Language::of_path(path)
    }
}

/// Parses `text` and calls `use_it` with what was read and what is wrong with it.
///
/// It happens on a thread of its own: parser and visitors go down with the text's nesting, and an overflow of the stack
/// could not be caught.
pub fn with_semantic<R: Send>(
    text: &Text,
    language: Language,
    use_it: impl FnOnce(&Semantic<'_>, Vec<SyntaxError>) -> R + Send,
) -> R {
    let endless = match too_deep(text.as_str()) {
        Ok(endless) => endless,
        Err((at, message)) => {
            let error = SyntaxError { span: Span { start: at, end: at }, message, help: None };
            let allocator = Allocator::default();
            let empty = parse(&allocator, "", language);
            return finish(allocator.alloc(empty.program), vec![error], text, Checks::GrammarOnly, use_it);
        }
    };
    let checks = if endless > ENDLESS_CHECKED_MAX { Checks::GrammarOnly } else { Checks::All };
    let thread = std::thread::Builder::new().name("analysis".to_owned()).stack_size(STACK_BYTES);
    std::thread::scope(|scope| {
        let analysis = thread.spawn_scoped(scope, || with_semantic_here(text, language, checks, use_it));
        let analysis = analysis.expect("one thread can be started");
        analysis.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Checks {
    All,
    GrammarOnly,
}

/// How many words and signs follow each other without an end at most, or where a text goes too deep, and how; whatever
/// stands in strings and comments.
fn too_deep(source: &str) -> Result<usize, (u32, String)> {
    // Words and signs since the last end, for each bracket that is open.
    let mut levels = vec![0_usize];
    let (mut endless, mut longest) = (0, 0);
    let mut in_word = false;
    for (at, byte) in source.bytes().enumerate() {
        let was_in_word = std::mem::replace(&mut in_word, is_word(byte));
        if (in_word && was_in_word) || byte.is_ascii_whitespace() {
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => levels.push(0),
            b')' | b']' | b'}' if levels.len() > 1 => endless -= levels.pop().unwrap_or(0),
            _ => {}
        }
        // `({} = {} = {} = a)` goes on.
        let after = || source.as_bytes()[at + 1..].iter().find(|next| !next.is_ascii_whitespace());
        let is_end = match byte {
            b';' | b',' => true,
            b'}' => after().is_some_and(|next| is_word(*next)),
            _ => false,
        };
        let Some(own) = levels.last_mut() else { continue };
        if is_end {
            endless -= std::mem::take(own);
        } else {
            *own += 1;
            endless += 1;
            longest = longest.max(endless);
        }
        if levels.len() > NESTING_MAX + 1 {
            return Err((at as u32, format!("not analysed: brackets are nested more than {NESTING_MAX} deep")));
        }
        if endless > ENDLESS_MAX {
            let message = format!("not analysed: more than {ENDLESS_MAX} words and signs without a comma or an end");
            return Err((at as u32, message));
        }
    }
    Ok(longest)
}

/// Letters of words and of encoded data, so that data counts as a word; the parser takes chains of the signs among them
/// without going deeper.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_$+/%\\\"'`".contains(&byte)
}

fn with_semantic_here<R>(
    text: &Text,
    language: Language,
    checks: Checks,
    use_it: impl FnOnce(&Semantic<'_>, Vec<SyntaxError>) -> R,
) -> R {
    let allocator = Allocator::default();
    let mut errors: Vec<SyntaxError> = Vec::new();
    let mut source = std::borrow::Cow::Borrowed(text.as_str());
    for _ in 0..BLANKED_LINES_MAX {
        let copy = allocator.alloc_str(&source);
        let parsed = parse(&allocator, copy, language);
        errors.extend(parsed.diagnostics.iter().map(|one| convert(one, text)));
        if !parsed.panicked {
            return finish(allocator.alloc(parsed.program), errors, text, checks, use_it);
        }
        let at = errors.last().map_or(0, |error| error.span.start);
        match blank(&source, text, at) {
            Some(blanked) => source = std::borrow::Cow::Owned(blanked),
            None => break,
        }
    }
    let empty = parse(&allocator, "", language);
    finish(allocator.alloc(empty.program), errors, text, checks, use_it)
}

fn parse<'a>(allocator: &'a Allocator, source: &'a str, language: Language) -> oxc::parser::ParserReturn<'a> {
    let options = ParseOptions {
        parse_regular_expression: true,
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    Parser::new(allocator, source, language.0).with_options(options).parse()
}

fn finish<'a, R>(
    program: &'a oxc::ast::ast::Program<'a>,
    mut errors: Vec<SyntaxError>,
    text: &Text,
    checks: Checks,
    use_it: impl FnOnce(&Semantic<'_>, Vec<SyntaxError>) -> R,
) -> R {
    let complete = errors.is_empty() && checks == Checks::All;
    let built = SemanticBuilder::new().with_build_nodes(true).with_check_syntax_error(complete).build(program);
    errors.extend(built.diagnostics.iter().map(|one| convert(one, text)));
    errors.sort_by_key(|error| error.span);
    errors.dedup();
    errors.truncate(ERRORS_MAX);
    use_it(&built.semantic, errors)
}

fn convert(diagnostic: &oxc::diagnostics::OxcDiagnostic, text: &Text) -> SyntaxError {
    let length = text.as_str().len() as u32;
    let label = diagnostic.labels.first();
    let start = label.map_or(0, |label| label.offset()).min(length);
    let end = label.map_or(0, |label| label.offset() + label.len()).clamp(start, length);
    let help = diagnostic.help.as_ref().map(|help| help.to_string());
    SyntaxError { span: Span { start, end }, message: diagnostic.message.to_string(), help }
}

/// The source with one more line of spaces: the one at `at`, or the nearest before it that is not blank yet.
fn blank(source: &str, text: &Text, at: u32) -> Option<String> {
    let mut line = text.line_of(at);
    loop {
        let start = text.line_start(line) as usize;
        let end = text.line_start(line + 1) as usize;
        if !source[start..end].trim().is_empty() {
            let mut bytes = source.as_bytes().to_vec();
            for byte in bytes[start..end].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
                *byte = b' ';
            }
            return String::from_utf8(bytes).ok();
        }
        line = line.checked_sub(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_too_deep_is_told_and_what_is_only_long_is_not() {
        let is_deep = |source: String| too_deep(&source).is_err();
        assert!(is_deep("(".repeat(NESTING_MAX + 1)) && !is_deep("()".repeat(NESTING_MAX + 1)));
        for part in ["x=>", "a=", "!", "a?b:", "await ", "if(a)", "a.", "else ", "{}="] {
            assert!(is_deep(part.repeat(ENDLESS_MAX + 1)), "{part}");
        }
        for part in ["a=1;", "a,", "{a:1},", "if(a){b}\n", "QUJD+/8", "%20", "\"x\"+"] {
            assert!(!is_deep(part.repeat(ENDLESS_MAX + 1)), "{part}");
        }
    }
}
