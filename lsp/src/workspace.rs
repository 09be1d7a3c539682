//! The folders of the workspace and an index of what their scripts declare, read in the background.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rondo_analysis::analysis::analyze;
use rondo_analysis::parse::Language;
use rondo_analysis::text::Encoding;
use tokio::sync::mpsc;
use tower_lsp::ls_types::*;

use crate::check;
use crate::convert;
use crate::event::{Event, IndexedFile, IndexedSymbol};

/// Files of the index; more make it useless as a list of names.
const FILES_MAX: usize = 20_000;
/// Bytes of a file that is indexed; larger ones are bundles.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Symbols of one file in the index.
const SYMBOLS_MAX: usize = 2_000;
/// Files that the index hands over at once.
const BATCH: usize = 64;

pub struct Workspace {
    folders: Vec<PathBuf>,
    files: HashMap<PathBuf, Vec<IndexedSymbol>>,
    runtime: tokio::runtime::Handle,
    events: mpsc::WeakSender<Event>,
    /// Tells the readers of an older set of folders to stop.
    stop: Arc<AtomicBool>,
}

impl Workspace {
    pub fn new(runtime: tokio::runtime::Handle, events: mpsc::WeakSender<Event>) -> Workspace {
        Workspace { folders: Vec::new(), files: HashMap::new(), runtime, events, stop: Arc::default() }
    }

    pub fn set_folders(&mut self, folders: &[WorkspaceFolder]) {
        self.folders = folders.iter().filter_map(|folder| convert::path_of(&folder.uri)).collect();
    }

    pub fn change_folders(&mut self, change: &WorkspaceFoldersChangeEvent, encoding: Encoding) {
        let removed: Vec<PathBuf> = change.removed.iter().filter_map(|folder| convert::path_of(&folder.uri)).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(change.added.iter().filter_map(|folder| convert::path_of(&folder.uri)));
        self.files.retain(|path, _| self.folders.iter().any(|folder| path.starts_with(folder)));
        self.index(encoding);
    }

    /// Reads all folders again, in the background.
    pub fn index(&mut self, encoding: Encoding) {
        self.stop.store(true, Ordering::Relaxed);
        self.stop = Arc::default();
        let (folders, events, stop) = (self.folders.clone(), self.events.clone(), self.stop.clone());
        self.runtime.spawn_blocking(move || {
            let scripts = folders.iter().flat_map(|folder| check::scripts_below(folder).build()).filter_map(|entry| {
                let entry = entry.ok()?;
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                is_file.then(|| entry.into_path())
            });
            read_all(scripts.take(FILES_MAX), encoding, &events, &stop);
        });
    }

    pub fn files_changed(&mut self, changes: &[FileEvent], encoding: Encoding) {
        let mut again = Vec::new();
        for change in changes {
            let Some(path) = convert::path_of(&change.uri) else { continue };
            let inside = self.folders.iter().any(|folder| path.starts_with(folder));
            if change.typ == FileChangeType::DELETED {
                self.files.remove(&path);
            } else if inside && !path.iter().any(|part| part == "node_modules") {
                again.push(path);
            }
        }
        let (events, stop) = (self.events.clone(), self.stop.clone());
        self.runtime.spawn_blocking(move || read_all(again.into_iter(), encoding, &events, &stop));
    }

    pub fn indexed(&mut self, files: Vec<IndexedFile>) {
        for file in files {
            if self.files.len() < FILES_MAX || self.files.contains_key(&file.path) {
                self.files.insert(file.path, file.symbols);
            }
        }
    }

    pub fn symbols(&self) -> impl Iterator<Item = (&Path, &IndexedSymbol)> {
        self.files.iter().flat_map(|(path, symbols)| symbols.iter().map(move |symbol| (path.as_path(), symbol)))
    }
}

fn read_all(
    paths: impl Iterator<Item = PathBuf>,
    encoding: Encoding,
    events: &mpsc::WeakSender<Event>,
    stop: &AtomicBool,
) {
    let mut batch = Vec::new();
    let send = |batch: &mut Vec<IndexedFile>| {
        // A server that is ending needs no index.
        events.upgrade().is_some_and(|events| events.blocking_send(Event::Indexed(std::mem::take(batch))).is_ok())
    };
    for path in paths {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        batch.extend(read(path, encoding));
        if batch.len() >= BATCH && !send(&mut batch) {
            return;
        }
    }
    send(&mut batch);
}

fn read(path: PathBuf, encoding: Encoding) -> Option<IndexedFile> {
    Language::of_path(path.to_str()?)?;
    if std::fs::metadata(&path).ok()?.len() > FILE_BYTES_MAX {
        return None;
    }
    let (text, language) = check::read(&path).ok()?;
    let analysis = catch_unwind(|| analyze(&text, language)).ok()?;
    let symbols = analysis.outline.iter().take(SYMBOLS_MAX).map(|item| IndexedSymbol {
        name: item.name.clone(),
        kind: convert::symbol_kind(item.kind),
        range: convert::range(&text, item.name_span, encoding),
    });
    Some(IndexedFile { symbols: symbols.collect(), path })
}
