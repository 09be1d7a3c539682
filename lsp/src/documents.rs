//! Open documents: their text, kept in step with the client's, and the analysis of its latest version.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;

use rondo_analysis::analysis::{Analysis, analyze};
use rondo_analysis::parse::{Language, SOURCE_BYTES_MAX};
use rondo_analysis::text::{Encoding, Text};
use tower_lsp::ls_types::*;

use crate::convert;

/// Documents that are open at once.
pub const DOCUMENTS_MAX: usize = 10_000;

pub struct Document {
    pub uri: Uri,
    pub path: Option<PathBuf>,
    pub text: Text,
    pub version: i32,
    /// Nothing for what is no script.
    pub language: Option<Language>,
    analysis: Option<Rc<Analysis>>,
    /// Whether the client has to hear of this version's diagnostics.
    pub is_dirty: bool,
}

#[derive(Default)]
pub struct Documents {
    open: HashMap<String, Document>,
}

impl Documents {
    pub fn get(&mut self, uri: &Uri) -> Option<&mut Document> {
        self.open.get_mut(uri.as_str())
    }

    pub fn all(&mut self) -> impl Iterator<Item = &mut Document> {
        self.open.values_mut()
    }

    /// A document that is opened again is replaced.
    pub fn open(&mut self, item: TextDocumentItem) -> Result<(), String> {
        if self.open.len() >= DOCUMENTS_MAX && !self.open.contains_key(item.uri.as_str()) {
            return Err(format!("more than {DOCUMENTS_MAX} documents are open; {} is left out", item.uri.as_str()));
        }
        let path = convert::path_of(&item.uri);
        let by_path = Language::of_path(item.uri.path().as_str());
        let language = by_path.or_else(|| Language::of_id(&item.language_id));
        let document = Document {
            path,
            text: Text::new(item.text),
            version: item.version,
            language,
            analysis: None,
            is_dirty: true,
            uri: item.uri.clone(),
        };
        self.open.insert(item.uri.as_str().to_owned(), document);
        Ok(())
    }

    pub fn change(&mut self, params: DidChangeTextDocumentParams, encoding: Encoding) -> Result<(), String> {
        let uri = params.text_document.uri;
        let document = self.open.get_mut(uri.as_str());
        let document = document.ok_or_else(|| format!("{} is changed but was never opened", uri.as_str()))?;
        for change in params.content_changes {
            match change.range {
                None => document.text = Text::new(change.text),
                Some(range) => {
                    let start = convert::offset(&document.text, range.start, encoding);
                    let end = convert::offset(&document.text, range.end, encoding);
                    document.text.replace(start, end, &change.text);
                }
            }
        }
        document.version = params.text_document.version;
        document.analysis = None;
        document.is_dirty = true;
        Ok(())
    }

    pub fn close(&mut self, uri: &Uri) -> Option<Document> {
        self.open.remove(uri.as_str())
    }
}

impl Document {
    /// The analysis of this version; the error says why there is none.
    pub fn analysis(&mut self) -> Result<Rc<Analysis>, Refusal> {
        if let Some(analysis) = &self.analysis {
            return Ok(analysis.clone());
        }
        let language = self.language.ok_or(Refusal::NoScript)?;
        if self.text.as_str().len() > SOURCE_BYTES_MAX {
            return Err(Refusal::TooLarge(self.text.as_str().len()));
        }
        if self.text.as_str().bytes().take(BINARY_LOOK_BYTES).any(|byte| byte == 0) {
            return Err(Refusal::Binary);
        }
        let analysis = catch_unwind(AssertUnwindSafe(|| analyze(&self.text, language))).map_err(|_| Refusal::Bug)?;
        let analysis = Rc::new(analysis);
        self.analysis = Some(analysis.clone());
        Ok(analysis)
    }
}

/// The part of a text in which a zero byte says that it is none.
const BINARY_LOOK_BYTES: usize = 8 * 1024;

/// Why a document has no analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoScript,
    TooLarge(usize),
    Binary,
    /// Ours.
    Bug,
}

impl Refusal {
    /// What the user sees at the first line; nothing for what nobody expects an analysis of.
    pub fn message(self) -> Option<String> {
        match self {
            Refusal::NoScript => None,
            Refusal::TooLarge(bytes) => {
                Some(format!("not analysed: {bytes} bytes are more than the limit of {SOURCE_BYTES_MAX}"))
            }
            Refusal::Binary => Some("not analysed: this is not a text".to_owned()),
            Refusal::Bug => {
                Some("not analysed: the analysis failed on this text; this is a bug of rondo-lsp".to_owned())
            }
        }
    }
}
