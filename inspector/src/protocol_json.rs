//! The description of all domains for `/json/protocol`.
use serde_json::{Value, json};
pub(crate) fn protocol_json() -> Value {
    json!({ "version": { "major": "1", "minor": "3" }, "domains": [] })
}
