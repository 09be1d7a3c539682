//! Reports for programs: one JSON object. Lines and columns are from 1, columns count UTF-16 units, ends are exclusive.

use rondo_analysis::text::{Encoding, Span, Text};
use serde_json::{Value, json};

use super::Report;

/// Raised when a field changes its meaning.
const VERSION: u32 = 1;

pub fn write(reports: &[Report], files: usize) -> String {
    let findings: Vec<Value> = reports.iter().flat_map(of_report).collect();
    let whole = json!({ "version": VERSION, "files": files, "findings": findings });
    serde_json::to_string_pretty(&whole).expect("values are JSON") + "\n"
}

fn of_report(report: &Report) -> Vec<Value> {
    let path = report.path.to_string_lossy();
    let errors = report.errors.iter().map(|error| {
        json!({ "path": path, "rule": "syntax", "level": "error", "message": error.message,
                "range": range(&report.text, error.span) })
    });
    let findings = report.findings.iter().map(|finding| {
        let fix = finding.fix.as_ref().map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| json!({ "range": range(&report.text, edit.span), "text": edit.text }))
                .collect();
            json!({ "title": fix.title, "edits": edits })
        });
        json!({ "path": path, "rule": finding.rule, "level": finding.level.as_str(), "message": finding.message,
                "range": range(&report.text, finding.span), "fix": fix })
    });
    errors.chain(findings).collect()
}

pub fn range(text: &Text, span: Span) -> Value {
    let (start, end) = (text.position(span.start, Encoding::Utf16), text.position(span.end, Encoding::Utf16));
    json!({ "startLine": start.line + 1, "startColumn": start.column + 1, "endLine": end.line + 1, "endColumn": end.column + 1 })
}
