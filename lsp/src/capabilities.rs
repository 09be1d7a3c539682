//! What the server can do, and what the client can.

use rondo_analysis::text::Encoding;
use tower_lsp::ls_types::*;

/// What the client said of itself.
#[derive(Clone, Copy, Debug)]
pub struct ClientAbilities {
    pub encoding: Encoding,
    pub asks_configuration: bool,
    pub refreshes_hints: bool,
    pub watches_files: bool,
    pub nests_symbols: bool,
    pub related_information: bool,
}

impl Default for ClientAbilities {
    fn default() -> ClientAbilities {
        ClientAbilities {
            encoding: Encoding::Utf16,
            asks_configuration: false,
            refreshes_hints: false,
            watches_files: false,
            nests_symbols: false,
            related_information: false,
        }
    }
}

pub fn of_client(client: &ClientCapabilities) -> ClientAbilities {
    let workspace = client.workspace.as_ref();
    let document = client.text_document.as_ref();
    let encodings = client.general.as_ref().and_then(|general| general.position_encodings.as_deref());
    ClientAbilities {
        encoding: choose_encoding(encodings.unwrap_or(&[])),
        asks_configuration: workspace.and_then(|it| it.configuration).unwrap_or(false),
        refreshes_hints: workspace.and_then(|it| it.inlay_hint.as_ref()?.refresh_support).unwrap_or(false),
        watches_files: workspace
            .and_then(|it| it.did_change_watched_files.as_ref()?.dynamic_registration)
            .unwrap_or(false),
        nests_symbols: document
            .and_then(|it| it.document_symbol.as_ref()?.hierarchical_document_symbol_support)
            .unwrap_or(false),
        related_information: document
            .and_then(|it| it.publish_diagnostics.as_ref()?.related_information)
            .unwrap_or(false),
    }
}

/// The client's first choice of those that are known; UTF-8 costs nothing, so it wins where it is offered.
fn choose_encoding(offered: &[PositionEncodingKind]) -> Encoding {
    if offered.contains(&PositionEncodingKind::UTF8) {
        return Encoding::Utf8;
    }
    let known = offered.iter().find_map(|kind| match kind.as_str() {
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    });
    known.unwrap_or(Encoding::Utf16)
}

pub fn of_server(client: ClientAbilities) -> ServerCapabilities {
    let encoding = match client.encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    };
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", "'", "\"", "/", ":"].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        inlay_hint_provider: Some(OneOf::Left(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
