//! `rondo top`: a live view of a running event loop in the terminal.
//!
//! - [`target`] finds the inspector that a PID, a port or an address means;
//! - [`feed`] keeps connected to it and turns its events into updates;
//! - [`model`] keeps what is shown, [`view`] draws it, [`keys`] serves the keyboard.

#![forbid(unsafe_code)]

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::mpsc;

mod feed;
mod keys;
mod model;
mod target;
mod view;

use keys::Step;
use model::Model;

/// Between two pictures while nothing is pressed.
const REDRAW: Duration = Duration::from_millis(250);
/// Updates and keys that wait for the next picture.
const QUEUE_MAX: usize = 1024;
/// A wrong argument, as Node has it.
const BAD_ARGUMENT: u8 = 9;

const HELP: &str = "\
Watches the event loop of a running program: turns, lateness, callbacks by line, handles, stalls as they happen.

Usage:
  rondo top                  the inspector at 127.0.0.1:9229
  rondo top PORT             the inspector at that port of this machine
  rondo top HOST:PORT        the inspector at that address
  rondo top PID              a running rondo: its inspector is started by SIGUSR1 if it has none

A number that is both is taken for a port if an inspector answers there. The program is started as usual; with
--inspect it listens from the beginning.

Keys:
  q or Ctrl-C   leave             s, S   sort by the next, the previous column
  space         pause, go on      tab    what is scrolled: sites or stalls
  ↑ ↓ PgUp PgDn scroll            c      forget what was counted
  ? or h        these keys
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (first, more) = (arguments.next(), arguments.next());
    if matches!(first.as_deref(), Some("--help" | "-h")) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if more.is_some() || first.as_deref().is_some_and(|first| first.starts_with('-')) {
        return fail(BAD_ARGUMENT, "takes one PID, PORT or HOST:PORT; rondo top --help tells more");
    }
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return fail(1, "needs a terminal to draw on; for scripts there is rondo profile, or the EventLoop protocol");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &error.to_string()),
    };
    match runtime.block_on(run(first)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(1, &message),
    }
}

fn fail(code: u8, message: &str) -> ExitCode {
    eprintln!("rondo top: {message}");
    ExitCode::from(code)
}

async fn run(argument: Option<String>) -> Result<(), String> {
    let target = target::find(argument.as_deref()).await?;
    let mut model = Model::new(target.address.clone());
    let (updates, mut updated) = mpsc::channel(QUEUE_MAX);
    let (pressed, mut keys) = mpsc::channel(QUEUE_MAX);
    tokio::spawn(feed::follow(target.address, updates));
    std::thread::spawn(move || keys::listen(&pressed));
    let mut terminal = ratatui::try_init().map_err(|error| format!("the terminal can't be drawn on: {error}"))?;
    let mut beat = tokio::time::interval(REDRAW);
    let result = loop {
        if let Err(error) = terminal.draw(|frame| view::draw(frame, &mut model)) {
            break Err(format!("the terminal is gone: {error}"));
        }
        tokio::select! {
            update = updated.recv() => match update {
                Some(update) => model.update(update),
                None => break Err("the connection's task is gone".to_owned()),
            },
            key = keys.recv() => match key.map(|event| keys::serve(&event, &mut model)) {
                Some(Step::GoOn) => {}
                Some(Step::Leave) => break Ok(()),
                None => break Err("the terminal is gone".to_owned()),
            },
            _ = beat.tick() => {}
        }
        // One picture for all that has come meanwhile.
        while let Ok(update) = updated.try_recv() {
            model.update(update);
        }
    };
    ratatui::restore();
    result
}
