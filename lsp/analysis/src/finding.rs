//! What a rule says of a place in a text.

use crate::text::Span;

/// How sure it is that the loop suffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It costs nothing that anybody waits for: start-up code, or a pattern that is often harmless.
    Hint,
    /// It holds the loop whenever the code around it runs.
    Warning,
    /// It was seen to hold the loop of a running program.
    Error,
}

impl Level {
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Hint => "hint",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub span: Span,
    pub level: Level,
    pub message: String,
    /// A rewrite that keeps the program's meaning, where there is one.
    pub fix: Option<Fix>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A text that does not keep to the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}
