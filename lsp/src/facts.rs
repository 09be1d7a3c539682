//! The latest of what a running program reported, by file, anchored to the functions of the text that it runs.

use std::collections::{HashMap, HashSet};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rondo_analysis::analysis::analyze;
use rondo_analysis::functions::Function;
use rondo_analysis::overlay::{self, Anchor, Placed};
use rondo_analysis::parse::Language;
use rondo_analysis::text::Text;
use rondo_protocol::callback::Callback;
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
    /// The figures that came last.
    figures: Vec<SiteStats>,
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
    place: Place,
    /// Lines on the way to the guilty one.
    frames: Vec<Place>,
    /// Who asked for the longest, and who waited meanwhile.
    pub related: Vec<(Place, String)>,
}

/// A line of a script that the program runs.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    anchor: Anchor,
}

impl Place {
    /// Where the line is in the text as it is now.
    pub fn in_text(&self, text: &Text, functions: &[Function]) -> Option<Placed> {
        overlay::place(&self.anchor, text, functions)
    }
}

impl StallFact {
    pub fn longest_us(&self) -> u64 {
        self.worst.callback.duration_us.unwrap_or(0)
    }

    /// Those with marks of it.
    fn files(&self) -> Vec<PathBuf> {
        std::iter::once(&self.place).chain(&self.frames).map(|place| place.path.clone()).collect()
    }
}

impl Facts {
    /// Forgets everything: marks vanish with the program.
    pub fn clear(&mut self) {
        *self = Facts::default();
    }

    /// Takes the figures in; whether any of them changed.
    pub fn sites(&mut self, figures: Vec<SiteStats>) -> bool {
        if figures == self.figures {
            return false;
        }
        self.files.values_mut().for_each(|file| file.sites.clear());
        for stats in &figures {
            let Some(Place { path, anchor }) = self.place(&stats.site) else { continue };
            if let Some(file) = self.files.get_mut(&path) {
                file.sites.push((anchor, stats.clone()));
            }
        }
        self.figures = figures;
        true
    }

    /// Takes a stall in, unless the machine is to blame and not the code; the files whose marks it changes.
    pub fn stall(&mut self, stall: Stall) -> Vec<PathBuf> {
        if stall.cause.class == CauseClass::External {
            return Vec::new();
        }
        let is_longer = |known: &&StallFact| stall.callback.duration_us.unwrap_or(0) > known.longest_us();
        let known = self.stalls.get(&stall.fingerprint);
        if known.is_some() || self.stalls.len() < STALLS_MAX {
            let count = known.map_or(0, |known| known.count);
            if known.is_none() || known.filter(is_longer).is_some() {
                let fingerprint = stall.fingerprint.clone();
                let Some(fact) = self.fact(stall, count + 1) else { return Vec::new() };
                let touched = fact.files();
                self.stalls.insert(fingerprint, fact);
                return touched;
            }
        }
        // What was set up before anybody looked has no scheduler: a later one of the same cause names it.
        let fingerprint = stall.fingerprint.clone();
        let named = stall.callback.scheduled_by.is_some()
            && known.is_some_and(|known| known.worst.callback.scheduled_by.is_none());
        let named = if named { self.fact(stall, 1) } else { None };
        let Some(known) = self.stalls.get_mut(&fingerprint) else { return Vec::new() };
        known.count += 1;
        if let Some(named) = named {
            known.related = named.related;
            known.worst.callback.scheduled_by = named.worst.callback.scheduled_by;
        }
        known.files()
    }

    /// A stall with its places; nothing where none of the guilty lines is in a file.
    fn fact(&mut self, stall: Stall, count: u64) -> Option<StallFact> {
        let guilty = [&stall.line, &stall.callback.definition].into_iter().flatten();
        let place = guilty.into_iter().find_map(|site| self.place(site))?;
        let stacks: HashSet<&Site> = stall.samples.iter().flat_map(|sample| &sample.stack).collect();
        let mut frames: Vec<Place> = Vec::new();
        for site in stacks.into_iter().take(FRAMES_MAX) {
            frames.extend(self.place(site).filter(|frame| !frames.contains(frame)));
        }
        let mut related = Vec::new();
        let callback = &stall.callback;
        let scheduler = callback.scheduled_by.as_ref().and_then(|stack| stack.first());
        let own = [("scheduled here", scheduler), ("the callback", callback.definition.as_ref())];
        let own = own.into_iter().map(|(role, site)| (site, format!("{role}: {}", described(callback))));
        let victims = stall.victims.top.iter().map(|victim| {
            let site = victim.definition.as_ref().or_else(|| victim.scheduled_by.as_ref()?.first());
            (site, format!("waited {}: {}", duration(victim.queue_us.unwrap_or(0)), described(victim)))
        });
        for (site, message) in own.chain(victims) {
            related.extend(site.and_then(|site| self.place(site)).map(|place| (place, message)));
        }
        Some(StallFact { worst: stall, count, place, frames, related })
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
        let here = self.stalls.values().filter(|stall| stall.place.path == path);
        let mut found: Vec<_> = here.filter_map(|stall| Some((stall.place.in_text(text, functions)?, stall))).collect();
        found.sort_by_key(|(placed, stall)| (placed.line(), std::cmp::Reverse(stall.longest_us())));
        found
    }

    /// Lines that were seen to hold the loop, in the text as it runs, with the worst stall of each.
    pub fn evidence_in(&self, path: &Path, text: &Text, functions: &[Function]) -> HashMap<u32, &StallFact> {
        let mut evidence: HashMap<u32, &StallFact> = HashMap::new();
        for stall in self.stalls.values() {
            let places = std::iter::once(&stall.place).chain(&stall.frames).filter(|place| place.path == path);
            for placed in places.filter_map(|place| place.in_text(text, functions)) {
                let Placed::Fresh(line) = placed else { continue };
                let worst = evidence.entry(line).or_insert(stall);
                if stall.longest_us() > worst.longest_us() {
                    *worst = stall;
                }
            }
        }
        evidence
    }

    /// A script as the program runs it, with its functions.
    pub fn script(&self, path: &Path) -> Option<(&Text, &[Function])> {
        self.files.get(path).map(|file| (&file.text, file.functions.as_slice()))
    }

    /// Reads the script of a site once, as it is when it is first reported.
    fn place(&mut self, site: &Site) -> Option<Place> {
        let path = convert::path_of(&Uri::from_str(&site.url).ok()?)?;
        if !self.files.contains_key(&path) {
            // What runs is a script, whatever its name: `bin/www` is JavaScript.
            let (text, language) = check::read_as(&path, Language::of_id("javascript")).ok()?;
            let analysis = catch_unwind(|| analyze(&text, language)).ok()?;
            self.files.insert(path.clone(), File { text, functions: analysis.functions, sites: Vec::new() });
        }
        let file = self.files.get(&path)?;
        let anchor = overlay::anchor(&file.text, &file.functions, site.line_number, site.column_number)?;
        Some(Place { path, anchor })
    }
}

fn described(callback: &Callback) -> String {
    match &callback.resource {
        Some(resource) => format!("{} callback, {resource}", callback.kind.as_str()),
        None => format!("{} callback", callback.kind.as_str()),
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
