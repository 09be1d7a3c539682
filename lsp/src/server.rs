//! Starts the loop and the framework on a transport, and ends with LSP's exit codes: 0 after `shutdown`, else 1.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tower_lsp::{LspService, Server};

use crate::backend::Backend;
use crate::cli::{EXIT_USAGE, Transport};
use crate::framing;
use crate::main_loop;
use crate::outbox;

/// Messages that wait for the loop.
pub const EVENTS_MAX: usize = 1024;
/// Requests that wait for their answers at once. The loop answers in order, so this bounds memory and nothing else.
const REQUESTS_MAX: usize = 256;

pub fn serve(transport: Transport) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("rondo-lsp: threads can't be started: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let code = runtime.block_on(async {
        match transport {
            Transport::Stdio => run(tokio::io::stdin(), tokio::io::stdout()).await,
            Transport::Listen(address) => listen(&address).await,
        }
    });
    // Reads of standard input can't be cancelled: the runtime must not wait for one.
    runtime.shutdown_background();
    code
}

async fn listen(address: &str) -> ExitCode {
    let listener = match tokio::net::TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("rondo-lsp: can't listen on {address}: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    if let Ok(address) = listener.local_addr() {
        eprintln!("rondo-lsp: listening on {address}");
    }
    match listener.accept().await {
        Ok((stream, _)) => {
            let (input, output) = stream.into_split();
            run(input, output).await
        }
        Err(error) => {
            eprintln!("rondo-lsp: no client: {error}");
            ExitCode::from(1)
        }
    }
}

async fn run(input: impl AsyncRead + Unpin, output: impl AsyncWrite + Unpin) -> ExitCode {
    let (events, queue) = mpsc::channel(EVENTS_MAX);
    let was_shut_down = Arc::new(AtomicBool::new(false));
    let flag = was_shut_down.clone();
    let sender = events.clone();
    let (service, socket) = LspService::new(move |client| {
        let outbox = outbox::start(client, sender.clone());
        let runtime = tokio::runtime::Handle::current();
        let spawned = std::thread::Builder::new().name("main loop".to_owned()).spawn(move || {
            main_loop::run(queue, main_loop::Surroundings { outbox, runtime, events: sender.downgrade(), flag })
        });
        spawned.expect("one thread can be started");
        Backend { events }
    });
    let (input, output, inbound, outbound) = framing::pipes(input, output);
    let serving = async {
        tokio::select! {
            () = Server::new(input, output, socket).concurrency_level(REQUESTS_MAX).serve(service) => {}
            // The pipe to the framework closes with the input, and the framework ends by itself.
            () = async { inbound.await; std::future::pending().await } => {}
        }
    };
    tokio::join!(serving, outbound);
    if was_shut_down.load(Ordering::SeqCst) { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
