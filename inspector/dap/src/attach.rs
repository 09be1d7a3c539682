//! Attaching to a program that runs: by port, by a WebSocket's URL, or by its process id.

use std::rc::Rc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rondo_client::discovery;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::error::Error;
use crate::target::{ConnectOptions, Target};
use crate::types::{AttachArguments, OutputCapture};

/// Where a program opens its inspector when it gets SIGUSR1.
const SIGNAL_PORT: u16 = 9229;
/// How long it may take to open it.
const OPEN_TIME_MAX: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_millis(50);

pub async fn attach(arguments: &AttachArguments) -> Result<Rc<Target>, Error> {
    let options = ConnectOptions {
        stop_on_entry: arguments.stop_on_entry.unwrap_or(true),
        steps_cross_callbacks: arguments.steps_cross_callbacks.unwrap_or(true),
        capture: OutputCapture::Console,
        loop_events: arguments.loop_events,
    };
    if let Some(url) = &arguments.url {
        return Target::connect(&discovery::web_socket_url(url.trim_start_matches("http://")).await?, None, options)
            .await;
    }
    let host = arguments.address.as_deref().unwrap_or("127.0.0.1");
    let port = arguments.port.as_ref().map(number::<u16>).transpose()?;
    let Some(id) = &arguments.process_id else {
        let url = listening(&format!("{host}:{}", port.unwrap_or(SIGNAL_PORT)), arguments.timeout.unwrap_or(0)).await?;
        return Target::connect(&url, None, options).await;
    };
    let id: i32 = number(id)?;
    if id <= 0 {
        return Err(Error::user(format!("{id} is not the id of a process")));
    }
    kill(Pid::from_raw(id), Signal::SIGUSR1)
        .map_err(|error| Error::user(format!("cannot send SIGUSR1 to process {id}: {}", error.desc())))?;
    let address = format!("{host}:{}", port.unwrap_or(SIGNAL_PORT));
    let url = listening(&address, OPEN_TIME_MAX.as_millis() as u64).await?;
    let target = Target::connect(&url, None, options).await?;
    let asked = json!({ "expression": "process.pid", "returnByValue": true });
    let found = target.call("Runtime.evaluate", asked).await?["result"]["value"].take();
    if found != id {
        target.client()?.close();
        return Err(Error::user(format!(
            "the inspector at {address} belongs to process {found}, not to {id}: give the port that {id} uses"
        )));
    }
    Ok(target)
}

/// The WebSocket URL of the target at `address`, with tries for `wait_ms`.
pub async fn listening(address: &str, wait_ms: u64) -> Result<String, Error> {
    let deadline = Instant::now() + Duration::from_millis(wait_ms);
    loop {
        match discovery::web_socket_url(address).await {
            Ok(url) => return Ok(url),
            Err(error) if Instant::now() >= deadline => return Err(error.into()),
            Err(_) => sleep(RETRY).await,
        }
    }
}

/// Editors' variables make strings of numbers.
fn number<T: std::str::FromStr>(value: &Value) -> Result<T, Error> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.trim().parse().map_err(|_| Error::user(format!("{text:?} is not a number that fits")))
}
