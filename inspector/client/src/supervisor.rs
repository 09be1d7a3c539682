//! For clients that outlive their targets: connects, hands the connection over, and when it ends connects again.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::connection::{Client, Events};
use crate::discovery;
use crate::error::Error;

/// The first wait after a lost or refused connection; each further one is twice as long.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest wait.
const RETRY_MAX: Duration = Duration::from_secs(2);
/// News that wait for the consumer.
const NEWS_MAX: usize = 16;

/// What a supervised address does.
pub enum News {
    /// Connected: these are the connection and its events until the next news.
    Connected(Client, Events),
    /// Not reachable now; tries go on. Told once for each spell.
    Lost(Error),
}

/// Watches `address` (HOST:PORT or a `ws://` URL) until the receiver is dropped.
pub fn watch(address: String) -> mpsc::Receiver<News> {
    let (news, receiver) = mpsc::channel(NEWS_MAX);
    tokio::spawn(async move {
        let mut wait = RETRY_FIRST;
        let mut told = false;
        while !news.is_closed() {
            match connect(&address).await {
                Ok((client, events)) => {
                    let watched = client.clone();
                    if news.send(News::Connected(client, events)).await.is_err() {
                        return;
                    }
                    (wait, told) = (RETRY_FIRST, false);
                    tokio::select! {
                        () = watched.ended() => {}
                        () = news.closed() => return,
                    }
                }
                Err(error) => {
                    if !told && news.send(News::Lost(error)).await.is_err() {
                        return;
                    }
                    told = true;
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY_MAX);
        }
    });
    receiver
}

async fn connect(address: &str) -> Result<(Client, Events), Error> {
    Client::connect(&discovery::web_socket_url(address).await?).await
}
