//! Starting a program with its inspector open and waiting, following its output, and telling its end.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::attach;
use crate::error::Error;
use crate::output;
use crate::session::Session;
use crate::target::{ConnectOptions, Target};
use crate::types::{Console, LaunchArguments, OutputCapture};

/// How long a program may take until its inspector listens, unless the configuration says otherwise.
const LISTEN_TIME_MAX_MS: u64 = 20_000;
/// How long the rest of the output may take after the end; a child that lives on may hold the pipe.
const DRAIN_TIME_MAX: Duration = Duration::from_millis(500);
/// Bytes of the last errors that are kept to explain an end.
const TAIL_BYTES_MAX: usize = 4096;
const READ_BYTES: usize = 64 * 1024;

/// A program that the adapter started, in a process group of its own.
pub struct Process {
    id: i32,
    child: RefCell<Option<Child>>,
    readers: RefCell<Vec<JoinHandle<()>>>,
    /// The end of what it wrote to stderr.
    tail: RefCell<VecDeque<u8>>,
    over: Cell<bool>,
    ended: Notify,
}

impl Process {
    pub fn signal(&self, signal: Signal) {
        if !self.over.get() {
            // The group may be gone in this moment.
            let _ = killpg(Pid::from_raw(self.id), signal);
        }
    }

    pub async fn ended(&self) {
        let ended = self.ended.notified();
        if !self.over.get() {
            ended.await;
        }
    }

    fn tail_text(&self) -> String {
        let bytes: Vec<u8> = self.tail.borrow().iter().copied().collect();
        output::without_inspector_lines(&String::from_utf8_lossy(&bytes)).trim().to_owned()
    }
}

/// What a client that gave up leaves behind must not go on.
impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

pub async fn launch(session: &Rc<Session>, arguments: &LaunchArguments) -> Result<Rc<Target>, Error> {
    let plan = Plan::new(arguments)?;
    let options = ConnectOptions {
        stop_on_entry: arguments.stop_on_entry,
        steps_cross_callbacks: arguments.steps_cross_callbacks.unwrap_or(true),
        capture: arguments.output_capture,
        loop_events: arguments.loop_events,
    };
    if arguments.console != Console::InternalConsole {
        return launch_in_terminal(session, arguments, &plan, options).await;
    }
    let (process, listening) = spawn(session, arguments, &plan)?;
    if arguments.no_debug {
        return Ok(Target::unwatched(process));
    }
    let wait = Duration::from_millis(arguments.timeout.unwrap_or(LISTEN_TIME_MAX_MS));
    let url = match timeout(wait, listening).await {
        Ok(Ok(url)) => url,
        Ok(Err(_)) => return Err(died(&process, &plan).await),
        Err(_) => {
            return Err(Error::user(format!(
                "{} did not open its inspector within {} ms: {}",
                plan.executable.display(),
                wait.as_millis(),
                process.tail_text()
            )));
        }
    };
    Target::connect(&url, Some(process), options).await
}

async fn died(process: &Process, plan: &Plan) -> Error {
    let child = process.child.borrow_mut().take();
    let status = match child {
        Some(mut child) => {
            child.wait().await.map(|status| status.to_string()).unwrap_or_else(|error| error.to_string())
        }
        None => "it is gone".to_owned(),
    };
    process.over.set(true);
    let text = process.tail_text();
    let said = if text.is_empty() { String::new() } else { format!(":\n{text}") };
    Error::user(format!("{} ended before its inspector was open ({status}){said}", plan.executable.display()))
}

/// What to run: everything that can be wrong is checked before a process is started.
struct Plan {
    executable: PathBuf,
    /// Behind the runtime's own arguments.
    rest: Vec<String>,
    cwd: PathBuf,
}

impl Plan {
    fn new(arguments: &LaunchArguments) -> Result<Plan, Error> {
        let current = std::env::current_dir().map_err(|error| Error::user(format!("no current folder: {error}")))?;
        let cwd = arguments.cwd.as_ref().map_or_else(|| current.clone(), |cwd| current.join(cwd));
        if !cwd.is_dir() {
            return Err(Error::user(format!("cwd is not a folder: {}", cwd.display())));
        }
        let mut rest = Vec::new();
        match &arguments.program {
            Some(program) if program.is_empty() => return Err(Error::user("program is empty")),
            Some(program) => {
                let path = cwd.join(program);
                if !path.exists() {
                    return Err(Error::user(format!("the program does not exist: {}", path.display())));
                }
                rest.push(path.to_string_lossy().into_owned());
            }
            None if arguments.runtime_args.is_empty() => {
                return Err(Error::user("the launch configuration names no program"));
            }
            None => {}
        }
        rest.extend(arguments.args.iter().cloned());
        Ok(Plan { executable: executable(arguments.runtime_executable.as_deref(), &cwd), rest, cwd })
    }

    fn words(&self, arguments: &LaunchArguments, inspect: Option<String>) -> Vec<String> {
        let mut words: Vec<String> = inspect.into_iter().collect();
        words.extend(arguments.runtime_args.iter().cloned());
        words.extend(self.rest.iter().cloned());
        words
    }
}

/// `rondo` beside the adapter, else from the path.
fn executable(named: Option<&str>, cwd: &Path) -> PathBuf {
    match named {
        Some(named) if named.contains('/') => cwd.join(named),
        Some(named) if !named.is_empty() => PathBuf::from(named),
        _ => {
            let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join("rondo")));
            beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from("rondo"))
        }
    }
}

fn spawn(
    session: &Rc<Session>,
    arguments: &LaunchArguments,
    plan: &Plan,
) -> Result<(Rc<Process>, oneshot::Receiver<String>), Error> {
    let inspect = (!arguments.no_debug).then(|| "--inspect-brk=127.0.0.1:0".to_owned());
    let mut command = Command::new(&plan.executable);
    command.args(plan.words(arguments, inspect)).current_dir(&plan.cwd).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in &arguments.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child =
        command.spawn().map_err(|error| Error::user(format!("cannot start {}: {error}", plan.executable.display())))?;
    let id = child.id().and_then(|id| i32::try_from(id).ok()).expect("a child that was just started has an id");
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let process = Rc::new(Process {
        id,
        child: RefCell::new(Some(child)),
        readers: RefCell::default(),
        tail: RefCell::default(),
        over: Cell::new(false),
        ended: Notify::new(),
    });
    let (found, listening) = oneshot::channel();
    let shown = arguments.output_capture == OutputCapture::Std || arguments.no_debug;
    let out = shown.then(|| session.clone());
    let mut readers = Vec::new();
    if let Some(stdout) = stdout {
        readers.push(tokio::task::spawn_local(read_out(stdout, out.clone())));
    }
    if let Some(stderr) = stderr {
        let process = Rc::downgrade(&process);
        readers.push(tokio::task::spawn_local(async move {
            read_errors(stderr, out, found, move |bytes| {
                let Some(process) = process.upgrade() else { return };
                let mut tail = process.tail.borrow_mut();
                tail.extend(bytes);
                let excess = tail.len().saturating_sub(TAIL_BYTES_MAX);
                tail.drain(..excess);
            })
            .await;
        }));
    }
    process.readers.replace(readers);
    Ok((process, listening))
}

async fn read_out(mut stream: impl AsyncRead + Unpin, shown: Option<Rc<Session>>) {
    let mut text = output::Decoder::default();
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        if let Some(session) = &shown {
            let text = text.decode(&buffer[..read]);
            session.outlet.event("output", json!({ "category": "stdout", "output": text }));
        }
    }
}

/// Reads errors, finds the line that says where the inspector listens, and hides what it says for clients.
async fn read_errors(
    mut stream: impl AsyncRead + Unpin,
    shown: Option<Rc<Session>>,
    found: oneshot::Sender<String>,
    mut keep: impl FnMut(&[u8]),
) {
    let mut found = Some(found);
    let mut text = output::Decoder::default();
    let mut lines = output::Lines::default();
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        keep(&buffer[..read]);
        let fresh = lines.push(&text.decode(&buffer[..read]));
        if let Some(url) = output::listening_url(&fresh)
            && let Some(found) = found.take()
        {
            // The launch may have been given up.
            let _ = found.send(url);
        }
        let fresh = output::without_inspector_lines(&fresh);
        if let Some(session) = shown.as_ref().filter(|_| !fresh.is_empty()) {
            session.outlet.event("output", json!({ "category": "stderr", "output": fresh }));
        }
    }
}

/// The editor starts the program in its terminal, so that the port must be known before.
async fn launch_in_terminal(
    session: &Rc<Session>,
    arguments: &LaunchArguments,
    plan: &Plan,
    options: ConnectOptions,
) -> Result<Rc<Target>, Error> {
    if !session.editor.borrow().supports_run_in_terminal_request {
        return Err(Error::user("this editor has no terminal for programs: use \"console\": \"internalConsole\""));
    }
    let port = free_port().map_err(|error| Error::user(format!("no free port on 127.0.0.1: {error}")))?;
    let address = format!("127.0.0.1:{port}");
    let inspect = (!arguments.no_debug).then(|| format!("--inspect-brk={address}"));
    let mut words = vec![plan.executable.to_string_lossy().into_owned()];
    words.extend(plan.words(arguments, inspect));
    let kind = if arguments.console == Console::ExternalTerminal { "external" } else { "integrated" };
    let title = arguments.program.as_deref().and_then(|program| program.rsplit('/').next()).unwrap_or("rondo");
    let asked = json!({ "kind": kind, "title": title, "cwd": plan.cwd, "args": words, "env": arguments.env });
    session.ask("runInTerminal", asked).await?;
    if arguments.no_debug {
        return Err(Error::user(
            "\"noDebug\" with a terminal: the terminal runs the program, nothing is left to follow",
        ));
    }
    let url = attach::listening(&address, arguments.timeout.unwrap_or(LISTEN_TIME_MAX_MS)).await?;
    let target = Target::connect(&url, None, options).await?;
    let asked = json!({ "expression": "process.pid", "returnByValue": true });
    let id = target.call("Runtime.evaluate", asked).await?["result"]["value"].as_i64();
    target.process_id.set(id.and_then(|id| i32::try_from(id).ok()));
    Ok(target)
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits for the end, for the last output and for the last events, and tells the editor.
pub async fn follow(session: Rc<Session>, target: Rc<Target>, process: Rc<Process>) {
    let child = process.child.borrow_mut().take();
    let Some(mut child) = child else { return };
    let status = child.wait().await;
    process.over.set(true);
    process.ended.notify_waiters();
    let readers = process.readers.take();
    let _ = timeout(DRAIN_TIME_MAX, async {
        for reader in readers {
            // A reader that panicked has nothing more to read.
            let _ = reader.await;
        }
        if let Ok(client) = target.client() {
            client.ended().await;
        }
        target.events_done().await;
    })
    .await;
    if !session.has(&target) {
        return;
    }
    let code = status.as_ref().ok().and_then(|status| {
        use std::os::unix::process::ExitStatusExt;
        // As shells say it.
        status.code().or_else(|| Some(128 + status.signal()?))
    });
    let failed = code != Some(0);
    if target.capture == OutputCapture::Console && failed && !target.exception_shown.get() {
        let text = process.tail_text();
        if !text.is_empty() {
            session.outlet.event("output", json!({ "category": "stderr", "output": format!("{text}\n") }));
        }
    }
    session.target_ended(code);
}
