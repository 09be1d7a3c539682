//! Reports for people: each finding with its line and a mark below it, then one line of counts.

use std::fmt::Write;

use rondo_analysis::finding::Level;
use rondo_analysis::text::{Encoding, Span, Text};

use super::Report;

/// Characters of a line that are shown.
const LINE_WIDTH_MAX: usize = 160;

pub fn write(reports: &[Report], files: usize) -> String {
    let mut out = String::new();
    let (mut errors, mut warnings, mut hints) = (0, 0, 0);
    for report in reports {
        for error in &report.errors {
            errors += 1;
            entry(&mut out, report, error.span, &format!("error: {}", error.message));
            if let Some(help) = &error.help {
                let _ = writeln!(out, "      = {help}");
            }
        }
        for finding in &report.findings {
            *(if finding.level == Level::Hint { &mut hints } else { &mut warnings }) += 1;
            let head = format!("{}: {} ({})", finding.level.as_str(), finding.message, finding.rule);
            entry(&mut out, report, finding.span, &head);
            if let Some(fix) = &finding.fix {
                let _ = writeln!(out, "      = {}", fix.title);
            }
        }
    }
    let counts = [(errors, "syntax error"), (warnings, "warning"), (hints, "hint")];
    let said: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| plural(*count, name)).collect();
    let said = if said.is_empty() { "nothing found".to_owned() } else { said.join(", ") };
    let _ = writeln!(out, "{said} in {}", plural(files, "file"));
    out
}

fn plural(count: usize, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

fn entry(out: &mut String, report: &Report, span: Span, head: &str) {
    let start = report.text.position(span.start, Encoding::Utf32);
    let _ = writeln!(out, "{}:{}:{}: {head}", report.path.display(), start.line + 1, start.column + 1);
    excerpt(out, &report.text, span);
}

fn excerpt(out: &mut String, text: &Text, span: Span) {
    let (start, end) = (text.position(span.start, Encoding::Utf32), text.position(span.end, Encoding::Utf32));
    let Some(line) = text.line(start.line) else { return };
    let from = (start.column as usize).saturating_sub(LINE_WIDTH_MAX / 2);
    let shown: String = line.chars().skip(from).take(LINE_WIDTH_MAX).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let last = if end.line == start.line { end.column as usize } else { line.chars().count() };
    let width = last.saturating_sub(start.column as usize).clamp(1, LINE_WIDTH_MAX);
    let _ = writeln!(out, "{:>5} | {shown}", start.line + 1);
    let _ = writeln!(out, "      | {}{}", " ".repeat(start.column as usize - from), "^".repeat(width));
}
