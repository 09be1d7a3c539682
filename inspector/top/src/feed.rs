//! Keeps connected to the target and tells what it sends as updates of the picture.

use std::time::Duration;

use rondo_client::connection::{Client, Events};
use rondo_client::discovery;
use rondo_client::error::Error;
use rondo_client::event_loop::{GetStatus, typed};
use rondo_client::supervisor::{self, News};
use rondo_protocol::callback::Callback;
use rondo_protocol::command::{Enable, GetSiteStats, Status};
use rondo_protocol::event::Event;
use rondo_protocol::stall::Stall;
use rondo_protocol::state::LoopState;
use rondo_protocol::stats::SiteStats;
use tokio::sync::mpsc::Sender;

/// Between two questions for statistics, and for what runs.
const SITES_EVERY: Duration = Duration::from_secs(1);
const STATUS_EVERY: Duration = Duration::from_millis(250);
/// A busy program answers late; then the next beat asks again.
const ANSWER_TIME_MAX: Duration = Duration::from_millis(900);

pub enum Update {
    Connected { title: String },
    Lost(String),
    Ran { callbacks: Vec<Callback>, dropped: u64 },
    State(Box<LoopState>),
    Status(Box<Status>),
    Sites(Vec<SiteStats>),
    Stall(Box<Stall>),
}

/// Tells `updates` of everything until nobody listens.
pub async fn follow(address: String, updates: Sender<Update>) {
    let mut news = supervisor::watch(address.clone());
    while let Some(news) = news.recv().await {
        let update = match news {
            News::Lost(error) => Update::Lost(error.to_string()),
            News::Connected(client, events) => match watch(&address, client, events, &updates).await {
                Ok(()) => return,
                Err(error) => Update::Lost(error.to_string()),
            },
        };
        if updates.send(update).await.is_err() {
            return;
        }
    }
}

/// Until the connection ends, which is an error, or nobody listens.
async fn watch(address: &str, client: Client, mut events: Events, updates: &Sender<Update>) -> Result<(), Error> {
    let targets = discovery::targets(address).await.unwrap_or_default();
    let title = targets.into_iter().next().map(|target| target.title).unwrap_or_default();
    if updates.send(Update::Connected { title }).await.is_err() {
        return Ok(());
    }
    client.send(&Enable::default()).await?;
    let mut sites = tokio::time::interval(SITES_EVERY);
    let mut status = tokio::time::interval(STATUS_EVERY);
    loop {
        let update = tokio::select! {
            event = events.recv() => match event {
                Some(event) => typed(&event).and_then(of_event),
                None => return Err(Error::Closed { reason: client.closed().unwrap_or_default() }),
            },
            _ = sites.tick() => ask_sites(&client).await?,
            _ = status.tick() => ask_status(&client).await?,
        };
        if let Some(update) = update
            && updates.send(update).await.is_err()
        {
            return Ok(());
        }
    }
}

fn of_event(event: Event) -> Option<Update> {
    match event {
        Event::CallbacksRan(ran) => Some(Update::Ran { callbacks: ran.callbacks, dropped: ran.dropped }),
        Event::StallDetected(detected) => Some(Update::Stall(Box::new(detected.stall))),
        Event::StateChanged(state) => Some(Update::State(state)),
        _ => None,
    }
}

async fn ask_sites(client: &Client) -> Result<Option<Update>, Error> {
    let answer = tokio::time::timeout(ANSWER_TIME_MAX, client.send(&GetSiteStats::default())).await;
    keep(answer).map(|answer| answer.map(|answer| Update::Sites(answer.sites)))
}

async fn ask_status(client: &Client) -> Result<Option<Update>, Error> {
    let answer = tokio::time::timeout(ANSWER_TIME_MAX, client.send(&GetStatus {})).await;
    keep(answer).map(|answer| answer.map(|status| Update::Status(Box::new(status))))
}

/// A late or refused answer is none; a connection that is over is an error.
fn keep<T, E>(answer: Result<Result<T, Error>, E>) -> Result<Option<T>, Error> {
    match answer {
        Ok(Ok(answer)) => Ok(Some(answer)),
        Ok(Err(error)) if error.is_final() => Err(error),
        Ok(Err(_)) | Err(_) => Ok(None),
    }
}
