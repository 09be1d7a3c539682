//! The debug adapter: an editor speaks the Debug Adapter Protocol on one side, a target the inspector's on the other.
//!
//! - One [`session::Session`] for each editor, on one thread: requests run as tasks that start in order and are
//!   answered as they finish; what a target tells is handled in its order by one task ([`events`]).
//! - Every request gets exactly one answer, also one that panics, is cancelled, or comes too early or too late.
//! - An error says whose fault it is ([`error::Error`]); nothing that a peer sends ends the adapter.
//! - Targets without the `EventLoop` domain (Node.js) are served too; what needs the domain then says so.
//!
//! Not here: V8, and knowledge of any editor.

#![forbid(unsafe_code)]

use std::io;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};

pub mod attach;
pub mod breakpoints;
pub mod cancel;
pub mod codec;
pub mod completions;
pub mod conditions;
pub mod dispatch;
pub mod error;
pub mod evaluate;
pub mod events;
pub mod exceptions;
pub mod handles;
pub mod launch;
pub mod loop_requests;
pub mod loop_scope;
pub mod outlet;
pub mod output;
pub mod pattern;
pub mod render;
pub mod session;
pub mod source_maps;
pub mod sources;
pub mod stack;
pub mod stepping;
pub mod stops;
pub mod target;
pub mod types;
pub mod variables;

/// Serves one session over stdin and stdout, or with an address any number over TCP.
pub fn run(listen: Option<String>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let done = local.block_on(&runtime, async {
        let ending = told_to_end()?;
        match listen {
            None => {
                dispatch::serve(tokio::io::stdin(), tokio::io::stdout(), ending).await;
                Ok(())
            }
            Some(address) => listen_on(&address, ending).await,
        }
    });
    // A read of stdin can't be interrupted: it must not hold the process.
    runtime.shutdown_background();
    done
}

/// Becomes true with a signal that ends the adapter: what it started must not outlive it.
fn told_to_end() -> io::Result<watch::Receiver<bool>> {
    let (sender, ending) = watch::channel(false);
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let (mut signals, sender) = (signal(kind)?, sender.clone());
        tokio::task::spawn_local(async move {
            signals.recv().await;
            sender.send_replace(true);
        });
    }
    Ok(ending)
}

async fn listen_on(address: &str, mut ending: watch::Receiver<bool>) -> io::Result<()> {
    let address = if address.contains(':') { address.to_owned() } else { format!("127.0.0.1:{address}") };
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))?;
    eprintln!("Debug adapter listening on {}", listener.local_addr()?);
    let mut sessions = JoinSet::new();
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted?,
            // The set keeps no results of those that are over.
            Some(_) = sessions.join_next() => continue,
            _ = ending.changed() => break,
        };
        // Small messages back and forth: waiting to fill a packet would cost a step 40 ms.
        stream.set_nodelay(true)?;
        let ending = ending.clone();
        sessions.spawn_local(async move {
            let (input, output) = stream.into_split();
            dispatch::serve(input, output, ending).await;
        });
    }
    while sessions.join_next().await.is_some() {}
    Ok(())
}
