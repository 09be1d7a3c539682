//! Finds the inspector that the argument means.

use std::time::Duration;

use rondo_client::discovery;
use rustix::process::{Pid, Signal, kill_process};

const HOST: &str = "127.0.0.1";
const PORT: u16 = 9229;
/// How long a program may take to start its inspector after the signal.
const START_TRIES_MAX: u32 = 50;
const START_TRY: Duration = Duration::from_millis(100);
/// Programs that start an inspector on SIGUSR1; any other would die of it.
const PROGRAMS: [&str; 1] = ["rondo"];

pub struct Target {
    pub address: String,
}

/// The error is a sentence for the user.
pub async fn find(argument: Option<&str>) -> Result<Target, String> {
    let Some(argument) = argument else { return at(format!("{HOST}:{PORT}")).await };
    let Ok(number) = argument.parse::<u32>() else {
        if argument.starts_with("ws://") {
            return Ok(Target { address: argument.to_owned() });
        }
        return match argument.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
            Some(("", Ok(port))) => at(format!("{HOST}:{port}")).await,
            Some((_, Ok(_))) => at(argument.to_owned()).await,
            _ => Err(format!("'{argument}' is no PID, PORT or HOST:PORT")),
        };
    };
    if let Ok(port) = u16::try_from(number) {
        let address = format!("{HOST}:{port}");
        if discovery::targets(&address).await.is_ok() {
            return Ok(Target { address });
        }
    }
    of_process(number).await
}

async fn at(address: String) -> Result<Target, String> {
    match discovery::targets(&address).await {
        Ok(_) => Ok(Target { address }),
        Err(error) => Err(format!("{error}. Start the program with --inspect, or give its PID")),
    }
}

async fn of_process(number: u32) -> Result<Target, String> {
    let program = std::fs::read_link(format!("/proc/{number}/exe")).map_err(|_| {
        format!("no inspector listens at port {number}, and no process that we may look at has this number")
    })?;
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !PROGRAMS.contains(&name.trim_end_matches(" (deleted)")) {
        return Err(format!("process {number} is {}, not rondo", program.display()));
    }
    let (port, listens) = port_of(&arguments_of(number));
    let address = format!("{HOST}:{port}");
    if !listens || discovery::targets(&address).await.is_err() {
        let pid =
            i32::try_from(number).ok().and_then(Pid::from_raw).ok_or_else(|| format!("{number} is no process"))?;
        kill_process(pid, Signal::USR1).map_err(|error| format!("process {number} can't be signalled: {error}"))?;
    }
    for _ in 0..START_TRIES_MAX {
        if discovery::targets(&address).await.is_ok() {
            return Ok(Target { address });
        }
        tokio::time::sleep(START_TRY).await;
    }
    Err(format!("process {number} was signalled, but no inspector came up at {address}"))
}

fn arguments_of(number: u32) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// The port at which a program with these arguments listens, and whether it does so without being asked.
fn port_of(arguments: &[String]) -> (u16, bool) {
    let value = |word: &str| word.split_once('=').and_then(|(_, value)| value.rsplit(':').next()?.parse().ok());
    let flags = arguments.iter().skip(1).take_while(|word| word.starts_with('-') || word.as_str() == "profile");
    let (mut port, mut listens) = (PORT, false);
    for word in flags {
        let name = word.split('=').next().unwrap_or("");
        if matches!(name, "--inspect" | "--inspect-brk" | "--inspect-wait") {
            listens = true;
            port = value(word).unwrap_or(port);
        } else if matches!(name, "--inspect-port" | "--debug-port") {
            port = value(word).unwrap_or(port);
        }
    }
    (port, listens)
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn the_port_is_read_from_the_command_line() {
        let of = |line: &str| port_of(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("rondo app.js --inspect=9300"), (9229, false));
        assert_eq!(of("rondo --inspect=0.0.0.0:9300 app.js"), (9300, true));
        assert_eq!(of("rondo --inspect-port=9301 app.js"), (9301, false));
    }
}
