//! Between the analysis' spans and kinds and LSP's.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use rondo_analysis::finding::Level;
use rondo_analysis::outline::Kind;
use rondo_analysis::text::{Encoding, Position as Place, Span, Text};
use tower_lsp::ls_types::*;

pub fn position(text: &Text, offset: u32, encoding: Encoding) -> Position {
    let place = text.position(offset, encoding);
    Position { line: place.line, character: place.column }
}

pub fn range(text: &Text, span: Span, encoding: Encoding) -> Range {
    Range { start: position(text, span.start, encoding), end: position(text, span.end, encoding) }
}

/// The code of a line, without the white space around it.
pub fn line(text: &Text, line: u32, encoding: Encoding) -> Range {
    let (start, written) = (text.line_start(line), text.line(line).unwrap_or(""));
    let indent = (written.len() - written.trim_start().len()) as u32;
    range(text, Span { start: start + indent, end: start + written.trim_end().len() as u32 }, encoding)
}

pub fn offset(text: &Text, position: Position, encoding: Encoding) -> u32 {
    text.offset(Place { line: position.line, column: position.character }, encoding)
}

pub fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Hint => DiagnosticSeverity::HINT,
        Level::Warning => DiagnosticSeverity::WARNING,
        Level::Error => DiagnosticSeverity::ERROR,
    }
}

pub fn symbol_kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Function => SymbolKind::FUNCTION,
        Kind::Class => SymbolKind::CLASS,
        Kind::Method => SymbolKind::METHOD,
        Kind::Constructor => SymbolKind::CONSTRUCTOR,
        Kind::Property => SymbolKind::PROPERTY,
        Kind::Variable => SymbolKind::VARIABLE,
        Kind::Constant => SymbolKind::CONSTANT,
        Kind::Interface => SymbolKind::INTERFACE,
        Kind::Enum => SymbolKind::ENUM,
        Kind::Type => SymbolKind::TYPE_PARAMETER,
        Kind::Namespace => SymbolKind::NAMESPACE,
    }
}

/// The path of a `file:` URI; other schemes have none.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    uri.to_file_path().map(|path| path.into_owned())
}

pub fn uri_of(path: &Path) -> Option<Uri> {
    let url = url::Url::from_file_path(path).ok()?;
    Uri::from_str(url.as_str()).ok()
}
