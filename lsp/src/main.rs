//! `rondo-lsp`: the language server, and `rondo-lsp check` from the same engine.
//!
//! Everything the client says, everything a running program reports and everything the index finds becomes one value of
//! one closed enum, [`event::Event`], and goes through one queue to one loop ([`main_loop`]), which owns all state. The
//! reason: the framework runs handlers side by side and in no order, so a handler that did its work itself could see a text
//! before the edit that came before it. A handler here does nothing but push its event and wait for the answer.
//!
//! `tower-lsp` in the manifest is the crate `tower-lsp-server`, the continuation that is maintained: it closes the transport
//! after `exit`, where the original hangs.

#![forbid(unsafe_code)]

mod backend;
mod capabilities;
mod check;
mod cli;
mod config;
mod convert;
mod documents;
mod event;
mod facts;
mod framing;
mod handlers;
mod live;
mod main_loop;
mod outbox;
mod server;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse(std::env::args().skip(1).collect()) {
        Ok(cli::Command::Print(text)) => {
            cli::print(&text);
            ExitCode::SUCCESS
        }
        Ok(cli::Command::Check(options)) => check::run(&options),
        Ok(cli::Command::Serve(transport)) => server::serve(transport),
        Err(message) => {
            eprintln!("rondo-lsp: {message}\nrondo-lsp --help explains the options");
            ExitCode::from(cli::EXIT_USAGE)
        }
    }
}
