//! Reports for code hosts: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use rondo_analysis::finding::Level;
use rondo_analysis::rules;
use rondo_analysis::text::{Span, Text};
use serde_json::{Value, json};

use super::{Report, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn write(reports: &[Report], unreadable: &[String]) -> String {
    let rules: Vec<Value> = rules::ALL
        .iter()
        .map(|rule| {
            json!({ "id": rule.name, "shortDescription": { "text": rule.what }, "fullDescription": { "text": rule.why },
                "help": { "text": rule.explanation(), "markdown": rule.explanation() },
                "defaultConfiguration": { "level": "warning" } })
        })
        .collect();
    let notices: Vec<Value> =
        unreadable.iter().map(|reason| json!({ "level": "error", "message": { "text": reason } })).collect();
    let whole = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "rondo check", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "utf16CodeUnits",
            "invocations": [{ "executionSuccessful": unreadable.is_empty(), "toolExecutionNotifications": notices }],
            "results": reports.iter().flat_map(results).collect::<Vec<Value>>(),
        }],
    });
    serde_json::to_string_pretty(&whole).expect("values are JSON") + "\n"
}

fn results(report: &Report) -> Vec<Value> {
    let errors = report.errors.iter().map(|error| result(report, "syntax", "error", &error.message, error.span));
    let findings = report.findings.iter().map(|finding| {
        let level = match finding.level {
            Level::Hint => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        let mut result = result(report, finding.rule, level, &finding.message, finding.span);
        result["ruleIndex"] = rules::ALL.iter().position(|rule| rule.name == finding.rule).into();
        if let Some(fix) = &finding.fix {
            let replacements: Vec<Value> = fix.edits.iter().map(|edit| {
                json!({ "deletedRegion": region(&report.text, edit.span), "insertedContent": { "text": edit.text } })
            }).collect();
            let change = json!({ "artifactLocation": { "uri": uri(report) }, "replacements": replacements });
            result["fixes"] = json!([{ "description": { "text": fix.title }, "artifactChanges": [change] }]);
        }
        result
    });
    errors.chain(findings).collect()
}

fn result(report: &Report, rule: &str, level: &str, message: &str, span: Span) -> Value {
    let place = json!({ "artifactLocation": { "uri": uri(report) }, "region": region(&report.text, span) });
    json!({ "ruleId": rule, "level": level, "message": { "text": message }, "locations": [{ "physicalLocation": place }] })
}

/// Absolute paths become file URLs, relative ones relative references.
fn uri(report: &Report) -> String {
    if report.path.is_absolute() {
        return url::Url::from_file_path(&report.path)
            .map_or_else(|()| report.path.display().to_string(), String::from);
    }
    let base = url::Url::parse("file:///").expect("it is a URL");
    let path = report.path.to_string_lossy();
    let path = path.strip_prefix("./").unwrap_or(&path);
    match base.join(&path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")) {
        Ok(url) if !path.starts_with("..") => url.path().trim_start_matches('/').to_owned(),
        _ => path.to_owned(),
    }
}

fn region(text: &Text, span: Span) -> Value {
    json::range(text, span)
}
