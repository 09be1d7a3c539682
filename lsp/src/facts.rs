//! The latest of what a running program reported, by file, anchored to the functions of the text that it runs.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rondo_analysis::analysis::analyze;
use rondo_analysis::functions::Function;
use rondo_analysis::overlay::{self, Anchor, Placed};
use rondo_analysis::text::Text;
use rondo_protocol::site::Site;
use rondo_protocol::stall::{CauseClass, Stall};
use rondo_protocol::stats::SiteStats;
use tower_lsp::ls_types::Uri;

use crate::check;
use crate::convert;

/// Stalls of different causes that are kept for one program.
const STALLS_MAX: usize = 200;
/// Places in the stacks of one stall that back findings.
const FRAMES_MAX: usize = 64;

#[derive(Default)]
pub struct Facts {
    pub is_attached: bool,
    files: HashMap<PathBuf, File>,
    stalls: HashMap<String, StallFact>,
}

/// A script that the program runs, as it was when it first reported about it.
struct File {
    text: Text,
    functions: Vec<Function>,
    sites: Vec<(Anchor, SiteStats)>,
}

/// Stalls of one cause at one line.
pub struct StallFact {
    /// The longest.
    pub worst: Stall,
    pub count: u64,
    place: (PathBuf, Anchor),
    /// Lines on the way to the guilty one.
    frames: Vec<(PathBuf, Anchor)>,
}

impl StallFact {
    pub fn longest_us(&self) -> u64 {
        self.worst.callback.duration_us.unwrap_or(0)
    }
}

impl Facts {
    /// Forgets everything: marks vanish with the program.
    pub fn clear(&mut self) {
        *self = Facts::default();
    }

    /// Takes the figures in; whether any of them changed.
    pub fn sites(&mut self, sites: Vec<SiteStats>) -> bool {
        let before: u64 = self.files.values().flat_map(|file| &file.sites).map(|(_, site)| site.count).sum();
        self.files.values_mut().for_each(|file| file.sites.clear());
        let mut after = 0;
        for stats in sites {
            let Some((path, anchor)) = self.anchor(&stats.site) else { continue };
            after += stats.count;
            if let Some(file) = self.files.get_mut(&path) {
                file.sites.push((anchor, stats));
            }
        }
        before != after
    }

    /// Takes a stall in, unless the machine is to blame and not the code.
    pub fn stall(&mut self, stall: Stall) {
        if stall.cause.class == CauseClass::External {
            return;
        }
        let Some(line) = stall.line.clone().or_else(|| stall.callback.definition.clone()) else { return };
        if let Some(known) = self.stalls.get_mut(&stall.fingerprint) {
            known.count += 1;
            if stall.callback.duration_us > known.worst.callback.duration_us {
                known.worst = stall;
            }
            return;
        }
        if self.stalls.len() >= STALLS_MAX {
            return;
        }
        let Some(place) = self.anchor(&line) else { return };
        let stacks = stall.samples.iter().flat_map(|sample| &sample.stack).cloned();
        let mut frames: Vec<(PathBuf, Anchor)> = Vec::new();
        for site in stacks.collect::<std::collections::HashSet<Site>>().into_iter().take(FRAMES_MAX) {
            frames.extend(self.anchor(&site).filter(|frame| !frames.contains(frame)));
        }
        self.stalls.insert(stall.fingerprint.clone(), StallFact { worst: stall, count: 1, place, frames });
    }

    pub fn sites_in<'f>(
        &'f self,
        path: &Path,
        text: &'f Text,
        functions: &'f [Function],
    ) -> impl Iterator<Item = (Placed, &'f SiteStats)> {
        let sites = self.files.get(path).into_iter().flat_map(|file| &file.sites);
        sites.filter_map(move |(anchor, stats)| Some((overlay::place(anchor, text, functions)?, stats)))
    }

    pub fn stalls_in(&self, path: &Path, text: &Text, functions: &[Function]) -> Vec<(Placed, &StallFact)> {
        let here = self.stalls.values().filter(|stall| stall.place.0 == path);
        let mut found: Vec<_> =
            here.filter_map(|stall| Some((overlay::place(&stall.place.1, text, functions)?, stall))).collect();
        found.sort_by_key(|(placed, stall)| (placed.line(), std::cmp::Reverse(stall.longest_us())));
        found
    }

    /// The worst stall that was on this line, in the text as it runs.
    pub fn evidence(&self, path: &Path, line: u32, text: &Text, functions: &[Function]) -> Option<&StallFact> {
        let was_here = |stall: &&StallFact| {
            let places = std::iter::once(&stall.place).chain(&stall.frames).filter(|(file, _)| file == path);
            places
                .filter_map(|(_, anchor)| overlay::place(anchor, text, functions))
                .any(|placed| placed == Placed::Fresh(line))
        };
        self.stalls.values().filter(was_here).max_by_key(|stall| stall.longest_us())
    }

    /// Reads the script of a site once, as it is when it is first reported.
    fn anchor(&mut self, site: &Site) -> Option<(PathBuf, Anchor)> {
        let path = convert::path_of(&Uri::from_str(&site.url).ok()?)?;
        if !self.files.contains_key(&path) {
            let (text, language) = check::read(&path).ok()?;
            let analysis = catch_unwind(|| analyze(&text, language)).ok()?;
            self.files.insert(path.clone(), File { text, functions: analysis.functions, sites: Vec::new() });
        }
        let file = self.files.get(&path)?;
        let anchor = overlay::anchor(&file.text, &file.functions, site.line_number, site.column_number)?;
        Some((path, anchor))
    }
}

/// A duration as people read it.
pub fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..100_000 => format!("{:.1} ms", us as f64 / 1_000.0),
        100_000..10_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{} s", us / 1_000_000),
    }
}
