//! The server's thread: HTTP for discovery, a WebSocket for each client. It never touches V8, so it answers while
//! JavaScript is paused or stuck.

use std::net::{SocketAddr, TcpListener as StdListener, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::error::Error;
use crate::feed::Feed;
use crate::inbox::{ClientId, Inbox};
use crate::options::{Listen, Publish};
use crate::status::SharedStatus;

mod checks;
mod http;
mod socket;

/// Connections at once, HTTP and WebSocket together.
const CONNECTIONS_MAX: usize = 64;
/// Node's page, which clients and people look for.
const HELP: &str = "For help, see: https://nodejs.org/en/docs/inspector";

/// What lists of targets say of this program.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub title: String,
    pub script_url: String,
    pub browser: String,
}

/// What the connections share.
pub(crate) struct Shared {
    target: Target,
    /// The path of the WebSocket, the only secret.
    uuid: String,
    address: SocketAddr,
    publish: Publish,
    allow_origins: Vec<String>,
    inbox: Arc<Inbox>,
    status: Arc<SharedStatus>,
    feed: Arc<Feed>,
    connections: AtomicUsize,
}

pub(crate) struct Server {
    url: String,
    stop: Arc<Notify>,
    thread: Option<JoinHandle<()>>,
}

/// Unique in the process, over all servers that it has had.
static NEXT_CLIENT: AtomicU64 = AtomicU64::new(1);

/// A number for a session that is no connection.
pub(crate) fn new_client() -> ClientId {
    ClientId(NEXT_CLIENT.fetch_add(1, Ordering::Relaxed))
}

impl Server {
    /// Listens, says so as Node does, and serves on a thread of its own.
    pub fn start(
        listen: &Listen,
        target: Target,
        (inbox, status, feed): (Arc<Inbox>, Arc<SharedStatus>, Arc<Feed>),
    ) -> Result<Server, Error> {
        let named = format!("{}:{}", bracketed(&listen.host), listen.port);
        let failed = |source| Error::Listen { address: named.clone(), source };
        let listener = bind(listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let uuid = uuid().map_err(Error::Thread)?;
        let url = format!("ws://{}:{}/{uuid}", bracketed(&listen.host), address.port());
        if listen.publish.stderr {
            eprintln!("Debugger listening on {url}\n{HELP}");
        }
        if !address.ip().is_loopback() {
            eprintln!(
                "Warning: Binding inspector to a public IP with an open port is insecure, see https://nodejs.org/en/docs/guides/debugging-getting-started#security-implications"
            );
        }
        let (publish, allow_origins) = (listen.publish, listen.allow_origins.clone());
        let connections = AtomicUsize::new(0);
        let shared =
            Arc::new(Shared { target, uuid, address, publish, allow_origins, inbox, status, feed, connections });
        let stop = Arc::new(Notify::new());
        let stopped = stop.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
        crate::workers::set_runtime(Some(runtime.handle().clone()));
        let thread = std::thread::Builder::new().name("inspector".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = serve(listener, shared) => {}
                    () = stopped.notified() => {}
                }
            });
        });
        Ok(Server { url, stop, thread: Some(thread.map_err(Error::Thread)?) })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        crate::workers::set_runtime(None);
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // The thread's own panic has been printed already.
            let _ = thread.join();
        }
    }
}

fn bind(listen: &Listen) -> std::io::Result<StdListener> {
    let addresses: Vec<SocketAddr> = (listen.host.as_str(), listen.port).to_socket_addrs()?.collect();
    let listener = StdListener::bind(&addresses[..])?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// A random UUID of version 4.
fn uuid() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

async fn serve(listener: StdListener, shared: Arc<Shared>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return eprintln!("inspector: {error}"),
    };
    let feeding = shared.clone();
    tokio::spawn(async move { feeding.feed.run(&feeding.inbox, &feeding.status).await });
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, shared.clone()));
            }
            // No file descriptor is left, most likely: try again when some connection may have ended.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Small messages go at once; without it a debugger's step costs 40 ms.
    let _ = stream.set_nodelay(true);
    if shared.connections.fetch_add(1, Ordering::Relaxed) < CONNECTIONS_MAX {
        if let Some(upgraded) = http::serve(stream, &shared).await {
            let client = new_client();
            socket::serve(upgraded, client, &shared).await;
        }
    } else {
        http::refuse(stream).await;
    }
    shared.connections.fetch_sub(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    #[test]
    fn uuids_have_their_form_and_differ() {
        let (a, b) = (super::uuid().expect("the system has random bytes"), super::uuid().expect("as above"));
        assert_ne!(a, b);
        assert_eq!(a.len(), 36);
        assert_eq!(&a[14..15], "4");
    }
}
