//! The one loop that owns all state: takes what waits, answers it in order, then publishes what changed.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::*;

use crate::capabilities::{self, ClientAbilities};
use crate::config::{self, Settings};
use crate::documents::{Document, Documents};
use crate::event::{Event, Reply};
use crate::facts::Facts;
use crate::handlers::{actions, completion, diagnostics, hints, hover, navigation, symbols};
use crate::live::{self, Report, Watch};
use crate::outbox::Outbox;
use crate::workspace::Workspace;

/// A turn of the loop that takes longer is told to the log.
const TURN_LONG: Duration = Duration::from_millis(200);

/// What the loop reaches besides its queue.
pub struct Surroundings {
    pub outbox: Outbox,
    pub runtime: tokio::runtime::Handle,
    pub events: mpsc::WeakSender<Event>,
    /// Set by `shutdown`.
    pub flag: Arc<AtomicBool>,
}

pub struct State {
    pub documents: Documents,
    pub workspace: Workspace,
    pub settings: Settings,
    /// As the client began: what its settings leave out later.
    first_settings: Settings,
    pub client: ClientAbilities,
    pub outbox: Outbox,
    pub facts: Facts,
    is_initialized: bool,
    /// Whether the client was told of new hints and not yet told again.
    hints_unsettled: bool,
    /// The watch for a running program and the address it watches.
    watch: Option<(String, Watch)>,
    runtime: tokio::runtime::Handle,
    events: mpsc::WeakSender<Event>,
    flag: Arc<AtomicBool>,
}

/// Runs until the framework lets go of the queue.
pub fn run(mut queue: mpsc::Receiver<Event>, surroundings: Surroundings) {
    let workspace = Workspace::new(surroundings.runtime.clone(), surroundings.events.clone());
    let mut state = State {
        documents: Documents::default(),
        workspace,
        settings: Settings::default(),
        first_settings: Settings::default(),
        client: ClientAbilities::default(),
        outbox: surroundings.outbox,
        facts: Facts::default(),
        is_initialized: false,
        hints_unsettled: false,
        watch: None,
        runtime: surroundings.runtime,
        events: surroundings.events,
        flag: surroundings.flag,
    };
    while let Some(event) = queue.blocking_recv() {
        let started = Instant::now();
        state.handle(event);
        // Everything that waits is taken before anything is published: edits that come in a row are analysed once.
        if queue.is_empty() {
            state.guarded("publishing diagnostics", diagnostics::publish_changed);
        }
        let took = started.elapsed();
        if took > TURN_LONG {
            state.outbox.log(MessageType::LOG, format!("a turn of the server's loop took {} ms", took.as_millis()));
        }
    }
}

impl State {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Initialize(params, reply) => self.answer(reply, "initialize", |state| Ok(state.initialize(&params))),
            Event::Initialized => self.initialized(),
            Event::Shutdown(reply) => {
                self.flag.store(true, Ordering::SeqCst);
                self.answer(reply, "shutdown", |_| Ok(()));
            }
            Event::Opened(item) => self.apply("didOpen", |state| state.documents.open(item)),
            Event::Changed(params) => {
                let encoding = self.client.encoding;
                self.apply("didChange", |state| state.documents.change(params, encoding));
            }
            Event::Closed(document) => self.close(&document.uri),
            Event::SettingsChanged(_) if self.client.asks_configuration => self.outbox.ask_settings(),
            Event::SettingsChanged(value) | Event::Settings(value) => self.configure(&value),
            Event::FoldersChanged(change) => self.workspace.change_folders(&change, self.client.encoding),
            Event::FilesChanged(changes) => self.workspace.files_changed(&changes, self.client.encoding),
            Event::Live(report) => self.take(report),
            Event::Indexed(files) => self.workspace.indexed(files),
            Event::Hover(params, reply) => self.answer(reply, "hover", |state| hover::hover(state, &params)),
            Event::Completion(params, reply) => {
                self.answer(reply, "completion", |state| completion::complete(state, &params));
            }
            Event::Definition(params, reply) => {
                self.answer(reply, "definition", |state| navigation::definition(state, &params));
            }
            Event::References(params, reply) => {
                self.answer(reply, "references", |state| navigation::references(state, &params));
            }
            Event::Highlight(params, reply) => {
                self.answer(reply, "documentHighlight", |state| navigation::highlight(state, &params));
            }
            Event::PrepareRename(params, reply) => {
                self.answer(reply, "prepareRename", |state| navigation::prepare_rename(state, &params));
            }
            Event::Rename(params, reply) => self.answer(reply, "rename", |state| navigation::rename(state, &params)),
            Event::DocumentSymbols(params, reply) => {
                self.answer(reply, "documentSymbol", |state| symbols::of_document(state, &params));
            }
            Event::WorkspaceSymbols(params, reply) => {
                self.answer(reply, "workspace/symbol", |state| symbols::of_workspace(state, &params));
            }
            Event::Folds(params, reply) => self.answer(reply, "foldingRange", |state| symbols::folds(state, &params)),
            Event::Selections(params, reply) => {
                self.answer(reply, "selectionRange", |state| symbols::selections(state, &params));
            }
            Event::Actions(params, reply) => self.answer(reply, "codeAction", |state| actions::actions(state, &params)),
            Event::Hints(params, reply) => self.answer(reply, "inlayHint", |state| hints::hints(state, &params)),
        }
    }

    /// Answers a request; a panic in it becomes the request's error and ends nothing else.
    fn answer<T>(&mut self, reply: Reply<T>, name: &str, handler: impl FnOnce(&mut State) -> Result<T>) {
        // Cancelled while it waited.
        if reply.is_closed() {
            return;
        }
        let answer = self.guarded(name, handler).unwrap_or_else(|| {
            let message = format!("{name} failed; this is a bug of rondo-lsp").into();
            Err(Error { code: ErrorCode::InternalError, message, data: None })
        });
        // Cancelled meanwhile.
        let _ = reply.send(answer);
    }

    /// Takes a notification in; what is wrong with it is told to the log, since nobody waits for an answer.
    fn apply(&mut self, name: &str, handler: impl FnOnce(&mut State) -> std::result::Result<(), String>) {
        if let Some(Err(complaint)) = self.guarded(name, handler) {
            self.outbox.log(MessageType::WARNING, format!("{name}: {complaint}"));
        }
    }

    fn guarded<T>(&mut self, name: &str, handler: impl FnOnce(&mut State) -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(|| handler(self))) {
            Ok(result) => Some(result),
            Err(panic) => {
                let words = panic.downcast_ref::<String>().map(String::as_str);
                let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
                self.outbox.log(MessageType::ERROR, format!("{name} failed ({words}); this is a bug of rondo-lsp"));
                None
            }
        }
    }

    fn initialize(&mut self, params: &InitializeParams) -> InitializeResult {
        self.client = capabilities::of_client(&params.capabilities);
        #[allow(deprecated, reason = "clients that know no workspace folders still say rootUri")]
        let root = params.root_uri.iter().map(|uri| WorkspaceFolder { uri: uri.clone(), name: String::new() });
        let folders = params.workspace_folders.clone().unwrap_or_else(|| root.collect());
        self.workspace.set_folders(&folders);
        if let Some(options) = &params.initialization_options {
            self.configure(options);
            self.first_settings = self.settings.clone();
        }
        InitializeResult {
            capabilities: capabilities::of_server(self.client),
            server_info: Some(ServerInfo {
                name: "rondo-lsp".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        }
    }

    fn initialized(&mut self) {
        self.is_initialized = true;
        if self.client.asks_configuration {
            self.outbox.ask_settings();
        }
        if self.client.watches_files {
            self.outbox.watch_files();
        }
        self.workspace.index(self.client.encoding);
        // Until the client says where, the program is looked for where inspectors usually listen.
        if !self.client.asks_configuration {
            self.watch_program();
        }
    }

    /// Follows the address of the settings.
    fn watch_program(&mut self) {
        let watched = self.watch.as_ref().map(|(address, _)| address);
        if watched == self.settings.address.as_ref() {
            return;
        }
        self.watch = None;
        self.take(Report::Detached);
        if let Some(address) = self.settings.address.clone() {
            let watch = live::watch(&self.runtime, address.clone(), self.events.clone());
            self.watch = Some((address, watch));
        }
    }

    fn take(&mut self, report: Report) {
        match report {
            Report::Attached { address } => {
                self.facts.is_attached = true;
                self.outbox.log(MessageType::INFO, format!("attached to the program at {address}"));
            }
            Report::Detached if !self.facts.is_attached => {}
            Report::Detached => {
                self.facts.clear();
                self.marks_changed();
                self.outbox.log(MessageType::INFO, "detached from the program".to_owned());
            }
            Report::Sites(sites) => {
                if self.facts.sites(sites) {
                    self.refresh_hints();
                } else {
                    self.settle_hints();
                }
            }
            Report::Quiet => self.settle_hints(),
            Report::Stalls(stalls) => {
                let touched: HashSet<PathBuf> = stalls.into_iter().flat_map(|stall| self.facts.stall(stall)).collect();
                let marked = |document: &&mut Document| document.path.as_ref().is_some_and(|it| touched.contains(it));
                self.documents.all().filter(marked).for_each(|document| document.is_dirty = true);
            }
        }
    }

    fn marks_changed(&mut self) {
        self.documents.all().for_each(|document| document.is_dirty = true);
        self.refresh_hints();
    }

    fn refresh_hints(&mut self) {
        if self.client.refreshes_hints {
            self.outbox.refresh_hints();
            self.hints_unsettled = true;
        }
    }

    /// Says once more that hints changed. Neovim 0.11 keeps the old ones where it draws between being told and having
    /// the answer; told again, it draws those that it has by then.
    fn settle_hints(&mut self) {
        if std::mem::take(&mut self.hints_unsettled) {
            self.outbox.refresh_hints();
        }
    }

    fn configure(&mut self, value: &serde_json::Value) {
        let (settings, complaints) = config::read(value, &self.first_settings);
        for complaint in complaints {
            self.outbox.show(MessageType::WARNING, complaint);
        }
        if settings != self.settings {
            self.settings = settings;
            self.documents.all().for_each(|document| document.is_dirty = true);
        }
        if self.is_initialized {
            self.watch_program();
        }
    }

    fn close(&mut self, uri: &Uri) {
        match self.documents.close(uri) {
            Some(document) => self.outbox.diagnostics(document.uri, Vec::new(), None),
            None => self.outbox.log(MessageType::WARNING, format!("didClose: {} was not open", uri.as_str())),
        }
    }
}
