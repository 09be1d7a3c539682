//! What the loop says to the client without being asked, in order, from a task of its own: the loop never waits.

use tokio::sync::mpsc;
use tower_lsp::Client;
use tower_lsp::ls_types::*;

use crate::event::Event;

/// Messages that wait for the client. When it takes none, those that are repeated anyway are dropped.
const MESSAGES_MAX: usize = 4096;
const SECTION: &str = "rondo";

enum Message {
    Diagnostics(Uri, Vec<Diagnostic>, Option<i32>),
    Log(MessageType, String),
    Show(MessageType, String),
    AskSettings,
    RefreshHints,
    WatchFiles,
}

#[derive(Clone)]
pub struct Outbox(mpsc::Sender<Message>);

pub fn start(client: Client, events: mpsc::Sender<Event>) -> Outbox {
    let (sender, mut messages) = mpsc::channel(MESSAGES_MAX);
    let events = events.downgrade();
    tokio::spawn(async move {
        while let Some(message) = messages.recv().await {
            match message {
                Message::Diagnostics(uri, list, version) => client.publish_diagnostics(uri, list, version).await,
                Message::Log(kind, text) => client.log_message(kind, text).await,
                Message::Show(kind, text) => client.show_message(kind, text).await,
                Message::AskSettings => {
                    let (client, events) = (client.clone(), events.clone());
                    tokio::spawn(async move { ask_settings(&client, &events).await });
                }
                // A client that does not answer must not hold up what comes after.
                Message::RefreshHints => {
                    let client = client.clone();
                    tokio::spawn(async move { client.inlay_hint_refresh().await });
                }
                Message::WatchFiles => {
                    let client = client.clone();
                    tokio::spawn(async move { client.register_capability(vec![watch_scripts()]).await });
                }
            }
        }
    });
    Outbox(sender)
}

async fn ask_settings(client: &Client, events: &mpsc::WeakSender<Event>) {
    let item = ConfigurationItem { scope_uri: None, section: Some(SECTION.to_owned()) };
    // A client that refuses to say has the defaults.
    let settings = client.configuration(vec![item]).await.unwrap_or_default().into_iter().next().unwrap_or_default();
    if let Some(events) = events.upgrade() {
        // The loop ends only with the server.
        let _ = events.send(Event::Settings(settings)).await;
    }
}

fn watch_scripts() -> Registration {
    let pattern = "**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}";
    Registration {
        id: "scripts".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(serde_json::json!({ "watchers": [{ "globPattern": pattern }] })),
    }
}

impl Outbox {
    fn push(&self, message: Message) {
        // A full queue means a client that reads nothing; what it misses is said again with the next change.
        let _ = self.0.try_send(message);
    }

    pub fn diagnostics(&self, uri: Uri, list: Vec<Diagnostic>, version: Option<i32>) {
        self.push(Message::Diagnostics(uri, list, version));
    }

    pub fn log(&self, kind: MessageType, text: String) {
        self.push(Message::Log(kind, text));
    }

    pub fn show(&self, kind: MessageType, text: String) {
        self.push(Message::Show(kind, text));
    }

    pub fn ask_settings(&self) {
        self.push(Message::AskSettings);
    }

    pub fn refresh_hints(&self) {
        self.push(Message::RefreshHints);
    }

    pub fn watch_files(&self) {
        self.push(Message::WatchFiles);
    }
}
