//! What a running program did, at the ends of lines.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use crate::main_loop::State;

pub fn hints(_state: &mut State, _params: &InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
    Ok(None)
}
