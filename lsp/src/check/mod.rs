//! `rondo check`: the rules over files and folders, for terminals (text), programs (json) and code hosts (sarif).

mod json;
mod sarif;
mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rondo_analysis::analysis::analyze;
use rondo_analysis::finding::{Finding, Level, SyntaxError};
use rondo_analysis::parse::{Language, SOURCE_BYTES_MAX};
use rondo_analysis::text::Text;

use crate::cli::{self, CheckOptions, EXIT_USAGE, Format};

/// Names of folders that hold other people's code.
const FOREIGN: [&str; 2] = ["node_modules", "bower_components"];

/// A file with something to report.
pub struct Report {
    /// As the user named it or its folder.
    pub path: PathBuf,
    pub text: Text,
    pub errors: Vec<SyntaxError>,
    pub findings: Vec<Finding>,
}

pub fn run(options: &CheckOptions) -> ExitCode {
    let mut unreadable = Vec::new();
    let mut reports = Vec::new();
    let mut files = 0;
    for path in files_of(&options.paths, &mut unreadable) {
        files += 1;
        match check_file(path, options.report) {
            Ok(report) if report.errors.is_empty() && report.findings.is_empty() => {}
            Ok(report) => reports.push(report),
            Err(reason) => unreadable.push(reason),
        }
    }
    for reason in &unreadable {
        eprintln!("rondo check: {reason}");
    }
    cli::print(&match options.format {
        Format::Text => text::write(&reports, files),
        Format::Json => json::write(&reports, files),
        Format::Sarif => sarif::write(&reports, &unreadable),
    });
    match (unreadable.is_empty(), reports.is_empty()) {
        (false, _) => ExitCode::from(EXIT_USAGE),
        (true, false) => ExitCode::from(1),
        (true, true) => ExitCode::SUCCESS,
    }
}

/// Files to check, in the order of the paths and sorted below each.
fn files_of(paths: &[PathBuf], unreadable: &mut Vec<String>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in scripts_below(path).build() {
            match entry {
                Ok(entry) => {
                    let script = entry.file_type().is_some_and(|kind| kind.is_file())
                        && entry.path().to_str().is_some_and(|name| Language::of_path(name).is_some());
                    if script {
                        files.push(entry.into_path());
                    }
                }
                Err(error) => unreadable.push(error.to_string()),
            }
        }
    }
    files
}

/// Walks a folder as git does, without other people's code.
pub fn scripts_below(folder: &Path) -> ignore::WalkBuilder {
    let mut walk = ignore::WalkBuilder::new(folder);
    walk.require_git(false).sort_by_file_path(Path::cmp);
    walk.filter_entry(|entry| entry.depth() == 0 || !FOREIGN.iter().any(|name| entry.file_name() == *name));
    walk
}

fn check_file(path: PathBuf, least: Level) -> Result<Report, String> {
    let (text, language) = read(&path)?;
    let analysis = std::panic::catch_unwind(|| analyze(&text, language))
        .map_err(|_| format!("{}: the analysis failed; this is a bug of rondo check", path.display()))?;
    let findings = analysis.findings.into_iter().filter(|finding| finding.level >= least).collect();
    Ok(Report { path, text, errors: analysis.errors, findings })
}

/// A file as text with its language; the error is a sentence with the path.
pub fn read(path: &Path) -> Result<(Text, Language), String> {
    read_as(path, None)
}

/// As [`read`]; a name that says nothing of the language has `otherwise`.
pub fn read_as(path: &Path, otherwise: Option<Language>) -> Result<(Text, Language), String> {
    let name = path.display();
    let language = path.to_str().and_then(Language::of_path).or(otherwise);
    let language = language.ok_or_else(|| format!("{name}: not a JavaScript or TypeScript file"))?;
    let size = std::fs::metadata(path).map_err(|error| format!("{name}: {error}"))?.len();
    if size > SOURCE_BYTES_MAX as u64 {
        return Err(format!("{name}: {size} bytes are more than the {SOURCE_BYTES_MAX} that are analysed"));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let source = String::from_utf8(bytes).map_err(|_| format!("{name}: not a text in UTF-8"))?;
    Ok((Text::new(source), language))
}
