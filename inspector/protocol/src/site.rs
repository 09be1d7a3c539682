//! A place in a script.

use serde::{Deserialize, Serialize};

/// One place in a script, with the function around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    pub url: String,
    pub line_number: u32,
    pub column_number: u32,
    pub function_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script_id: Option<String>,
}

impl Site {
    /// `file.js:12`, 1-based as people read it, with the last part of the path only.
    pub fn short(&self) -> String {
        let file = self.url.rsplit('/').next().unwrap_or(&self.url);
        format!("{file}:{}", self.line_number + 1)
    }
}
