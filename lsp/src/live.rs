//! Attaches to a running program and hands on what its loop reports. Finds it by itself and comes back after it ends.

use std::time::Duration;

use rondo_client::connection::{Client, Events};
use rondo_client::event_loop;
use rondo_client::supervisor::{self, News};
use rondo_protocol::command::{Enable, GetSiteStats};
use rondo_protocol::event::Event as LoopEvent;
use rondo_protocol::stall::Stall;
use rondo_protocol::stats::SiteStats;
use tokio::sync::mpsc;

use crate::event::Event;

/// How often figures are asked for and stalls are handed on: twice a second.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How long a program may take to answer; one that is stuck answers later, and its figures wait.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// Stalls that are handed on at once; of more in one interval the first are enough.
const STALLS_MAX: usize = 100;

/// What a running program reports.
pub enum Report {
    Attached {
        address: String,
    },
    Sites(Vec<SiteStats>),
    Stalls(Vec<Stall>),
    Detached,
    /// Nothing was reported for a while after that.
    Quiet,
}

/// Watches an address until it is dropped.
pub struct Watch(tokio::task::JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub fn watch(runtime: &tokio::runtime::Handle, address: String, events: mpsc::WeakSender<Event>) -> Watch {
    Watch(runtime.spawn(async move {
        let mut news = supervisor::watch(address.clone());
        while let Some(news) = news.recv().await {
            if let News::Connected(client, messages) = news {
                follow(&address, &client, messages, &events).await;
                if !send(&events, Report::Detached).await {
                    return;
                }
                tokio::time::sleep(ASK_EVERY).await;
                if !send(&events, Report::Quiet).await {
                    return;
                }
            }
        }
    }))
}

/// Reports until the connection is over, or the program has no `EventLoop` domain.
async fn follow(address: &str, client: &Client, mut messages: Events, events: &mpsc::WeakSender<Event>) {
    if client.send(&Enable::default()).await.is_err() {
        // Another runtime, such as Node: nothing to show. Its end is waited for, so that the next program is found.
        client.ended().await;
        return;
    }
    if !send(events, Report::Attached { address: address.to_owned() }).await {
        return;
    }
    let mut stalls = Vec::new();
    let mut clock = tokio::time::interval(ASK_EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(message) => {
                    if let Some(LoopEvent::StallDetected(it)) = event_loop::typed(&message)
                        && stalls.len() < STALLS_MAX
                    {
                        stalls.push(it.stall);
                    }
                }
                None => return,
            },
            _ = clock.tick() => {
                if !stalls.is_empty() && !send(events, Report::Stalls(std::mem::take(&mut stalls))).await {
                    return;
                }
                let asked = tokio::time::timeout(ANSWER_TIME_MAX, client.send(&GetSiteStats::default())).await;
                if let Ok(Ok(answer)) = asked
                    && !send(events, Report::Sites(answer.sites)).await
                {
                    return;
                }
            }
        }
    }
}

/// Whether the server still listens.
async fn send(events: &mpsc::WeakSender<Event>, report: Report) -> bool {
    match events.upgrade() {
        Some(events) => events.send(Event::Live(report)).await.is_ok(),
        None => false,
    }
}
