//! What is known of all callbacks of one site.

use serde::{Deserialize, Serialize};

use crate::CallbackKind;
use crate::site::Site;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteStats {
    pub site: Site,
    pub kind: CallbackKind,
    /// All there were; the times are of those that no debugger made longer or later.
    pub count: u64,
    pub total_us: u64,
    #[serde(rename = "p50Us")]
    pub p50_us: u64,
    #[serde(rename = "p99Us")]
    pub p99_us: u64,
    pub max_us: u64,
    #[serde(rename = "queueP50Us")]
    pub queue_p50_us: u64,
    #[serde(rename = "queueP99Us")]
    pub queue_p99_us: u64,
    pub stalls: u64,
}
