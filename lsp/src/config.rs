//! The settings of the client, section `rondo`. What is unknown or of the wrong type is reported and otherwise ignored.

use std::collections::BTreeSet;

use rondo_analysis::rules;
use serde_json::Value;

pub const DEFAULT_ADDRESS: &str = "127.0.0.1:9229";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// HOST:PORT of the inspector of a running program; nothing turns live facts off.
    pub address: Option<String>,
    /// Rules that are left out.
    pub silent: BTreeSet<&'static str>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { address: Some(DEFAULT_ADDRESS.to_owned()), silent: BTreeSet::new() }
    }
}

/// The settings, and a sentence for everything in them that is not understood. What they leave out is as in `before`:
/// a client may have given initialization options and answer with an empty section later.
pub fn read(value: &Value, before: &Settings) -> (Settings, Vec<String>) {
    let (mut settings, mut complaints) = (before.clone(), Vec::new());
    // Clients that push their settings send all sections.
    let section = value.get("rondo").unwrap_or(value);
    let Some(section) = section.as_object() else { return (settings, complaints) };
    for (name, value) in section {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("address", Value::String(address)) => {
                settings.address = (!address.trim().is_empty()).then(|| address.trim().to_owned());
            }
            ("rules", Value::Object(given)) => {
                for (rule, on) in given {
                    match (rules::find(rule), on.as_bool()) {
                        (Some(rule), Some(false)) => {
                            settings.silent.insert(rule.name);
                        }
                        (Some(rule), Some(true)) => {
                            settings.silent.remove(rule.name);
                        }
                        (None, _) => complaints.push(format!("rondo.rules names '{rule}', which is no rule")),
                        (_, None) => complaints.push(format!("rondo.rules: '{rule}' must be true or false")),
                    }
                }
            }
            ("address" | "rules", _) => complaints.push(format!("rondo.{name} has the wrong type")),
            // Settings of the editor's extension, which shares the section.
            _ => {}
        }
    }
    (settings, complaints)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_and_faults_reported() {
        let (settings, complaints) = read(
            &json!({ "rondo": { "address": "", "rules": { "loop/sync-io": false, "x": true } } }),
            &Settings::default(),
        );
        assert_eq!(settings.address, None);
        assert!(settings.silent.contains("loop/sync-io"));
        assert_eq!(complaints, ["rondo.rules names 'x', which is no rule"]);
        let plain = Settings::default();
        assert_eq!(read(&json!(null), &plain).0, plain);
        assert_eq!(read(&json!({ "address": 1, "other": 2 }), &plain).1, ["rondo.address has the wrong type"]);
        assert_eq!(read(&json!({}), &settings).0, settings);
        assert_eq!(read(&json!({ "rules": { "loop/sync-io": true } }), &settings).0.silent.len(), 0);
    }
}
