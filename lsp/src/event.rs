//! Everything that can happen to the server: one closed enum.

use std::path::PathBuf;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

/// Where the answer of a request goes.
pub type Reply<T> = tokio::sync::oneshot::Sender<Result<T>>;

pub enum Event {
    Initialize(Box<InitializeParams>, Reply<InitializeResult>),
    Initialized,
    Shutdown(Reply<()>),
    Opened(TextDocumentItem),
    Changed(DidChangeTextDocumentParams),
    Closed(TextDocumentIdentifier),
    SettingsChanged(serde_json::Value),
    /// The client's answer to the question for the section `rondo`.
    Settings(serde_json::Value),
    FoldersChanged(WorkspaceFoldersChangeEvent),
    FilesChanged(Vec<FileEvent>),
    Hover(HoverParams, Reply<Option<Hover>>),
    Completion(CompletionParams, Reply<Option<CompletionResponse>>),
    Definition(GotoDefinitionParams, Reply<Option<GotoDefinitionResponse>>),
    References(ReferenceParams, Reply<Option<Vec<Location>>>),
    Highlight(DocumentHighlightParams, Reply<Option<Vec<DocumentHighlight>>>),
    PrepareRename(TextDocumentPositionParams, Reply<Option<PrepareRenameResponse>>),
    Rename(RenameParams, Reply<Option<WorkspaceEdit>>),
    DocumentSymbols(DocumentSymbolParams, Reply<Option<DocumentSymbolResponse>>),
    WorkspaceSymbols(WorkspaceSymbolParams, Reply<Option<WorkspaceSymbolResponse>>),
    Folds(FoldingRangeParams, Reply<Option<Vec<FoldingRange>>>),
    Selections(SelectionRangeParams, Reply<Option<Vec<SelectionRange>>>),
    Actions(CodeActionParams, Reply<Option<CodeActionResponse>>),
    Hints(InlayHintParams, Reply<Option<Vec<InlayHint>>>),
    /// A running program has something to say.
    Live(crate::live::Report),
    /// The index has read these files.
    Indexed(Vec<IndexedFile>),
}

/// A file's declarations.
pub struct IndexedFile {
    pub path: PathBuf,
    pub symbols: Vec<IndexedSymbol>,
}

#[derive(Clone)]
pub struct IndexedSymbol {
    pub name: String,
    pub kind: SymbolKind,
    pub range: Range,
}
