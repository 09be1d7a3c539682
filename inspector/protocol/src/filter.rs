//! Which callbacks a step, a breakpoint or a query means.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::{CallbackKind, Phase};

/// All given fields must match; an empty filter matches every user callback.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<CallbackKind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phases: Option<Vec<Phase>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<TaskId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<CreatedAt>,
    /// A part of the resource's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Also callbacks of the runtime's own work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_internal: Option<bool>,
}

/// The line that scheduled the callback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedAt {
    pub url_regex: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_number: Option<u32>,
}
