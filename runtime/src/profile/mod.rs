//! `rondo profile FILE`: runs the program in this process and tells at its end what held its loop.
//!
//! The folder is made and the budget read before the program starts. Stalls are written as they happen, so that a crash
//! keeps them; everything else is written at the end, whichever way the program ends.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

use rondo_protocol::stall::Stall;

use crate::core::{core, try_core};
use crate::recording::trace::Trace;
use crate::recording::{chrome, cpuprofile, perfetto};

mod budget;
mod console;
pub mod cpu;
mod groups;
mod hints;
pub mod report;
mod source;
pub mod status;

use budget::{Budget, Verdict};

/// The version of a line of `stalls.jsonl`.
const VERSION: u32 = 1;
/// Node's exit code for a bad argument.
const BAD_ARGUMENT_EXIT_CODE: i32 = 9;
/// What a shell adds to the number of the signal that ended a program.
const SIGNAL_EXIT_CODE: i32 = 128;

/// What the command line asks for.
#[derive(Default)]
pub struct Wanted {
    pub folder: Option<String>,
    pub budget: Option<String>,
    /// V8's profiler is to run all the time.
    pub cpu: bool,
}

pub struct Profile {
    folder: PathBuf,
    budget: Option<Budget>,
    /// The signal that ended the program, 0 for none.
    ended_by: Cell<i32>,
    is_over: Cell<bool>,
}

/// Why `stalls.jsonl` lacks some. Stalls come from all threads.
static WRITE_ERROR: Mutex<Option<io::Error>> = Mutex::new(None);

/// The signal that the user ended the program with, until it is served.
static END_WANTED: AtomicI32 = AtomicI32::new(0);

/// Prepares everything that can fail, then begins to record. Ends the process with a sentence where something fails.
pub fn start(wanted: &Wanted) {
    let folder =
        PathBuf::from(wanted.folder.clone().unwrap_or_else(|| format!("rondo-profile-{}", std::process::id())));
    let budget = wanted.budget.as_deref().map(|path| budget::read(path).unwrap_or_else(|message| refuse(&message)));
    let log = std::fs::create_dir_all(&folder).and_then(|()| File::create(folder.join("stalls.jsonl")));
    let log = log.unwrap_or_else(|error| refuse(&format!("the folder {} can't be written: {error}", folder.display())));
    let profile = Profile { folder, budget, ended_by: Cell::new(0), is_over: Cell::new(false) };
    assert!(core().profile.set(profile).is_ok(), "a process is profiled once");
    core().observer.set_recording(true);
    core().recordings.start_profile();
    crate::stalls::subscribe_to_all(move |stall| {
        status::stalled(stall);
        if let Err(error) = write_line(&log, stall) {
            WRITE_ERROR.lock().expect("nothing panics with this lock held").get_or_insert(error);
        }
        if stall.worker.is_some() {
            crate::recording::keep_of_worker(stall);
        }
    });
    if let Err(error) = crate::node::signals::watch_for_end() {
        eprintln!("rondo: Ctrl-C will end the program without a report: {error}");
    }
    status::start();
}

fn refuse(message: &str) -> ! {
    eprintln!("rondo profile: {message}");
    std::process::exit(BAD_ARGUMENT_EXIT_CODE)
}

fn write_line(mut log: &File, stall: &Stall) -> io::Result<()> {
    let mut line = serde_json::to_value(stall).expect("a stall is plain data");
    line["version"] = VERSION.into();
    let length = log.metadata()?.len();
    log.write_all(format!("{line}\n").as_bytes()).inspect_err(|_| {
        // A part of a line can't be read; where it can't be taken back either, the error told is the first one.
        let _ = log.set_len(length).and_then(|()| log.seek(SeekFrom::Start(length)));
    })
}

/// Whether this process is profiled.
pub fn is_on() -> bool {
    try_core().is_some_and(|core| core.profile.get().is_some())
}

/// Notes that the user wants the end; safe in a signal handler.
pub fn want_end(signal: i32) {
    END_WANTED.store(signal, Ordering::Release);
}

pub fn is_end_wanted() -> bool {
    END_WANTED.load(Ordering::Relaxed) != 0
}

/// Ends the program if the user wants it.
pub fn end_if_wanted() {
    // Only the main thread has a profile: a worker must not take the signal.
    let Some(profile) = core().profile.get() else { return };
    let signal = END_WANTED.swap(0, Ordering::AcqRel);
    if signal != 0 {
        profile.ended_by.set(signal);
        crate::realm::end(SIGNAL_EXIT_CODE + signal);
    }
}

/// The same from an interrupt that the watchdog asked for, when JavaScript keeps the loop from hearing the signal.
pub unsafe extern "C" fn end_in_interrupt(_: v8::UnsafeRawIsolatePtr, _: *mut std::ffi::c_void) {
    if try_core().is_some() {
        end_if_wanted();
    }
}

/// Writes the files and the report. The result is the exit code: the program's, unless a budget says otherwise.
pub fn finish(code: i32) -> i32 {
    let Some(profile) = try_core().and_then(|core| core.profile.get()) else { return code };
    if profile.is_over.replace(true) {
        return code;
    }
    status::stop();
    // First, so that what follows is not in it.
    let cpu_profile = cpu::stop();
    let Some(trace) = core().recordings.take_profile() else { return code };
    let verdict = profile.budget.as_ref().map(|budget| budget.judge(&trace.stalls, budget::today()));
    eprint!("{}", console::report(&trace, console::Style::of_stderr()));
    let failures = profile.write_files(&trace, cpu_profile);
    if failures.is_empty() {
        let of_cpu =
            if core().options.profile.as_ref().is_some_and(|wanted| wanted.cpu) { "the whole run" } else { "stalls" };
        eprintln!("{}", console::files(&profile.folder, of_cpu));
    }
    for failure in failures {
        eprintln!("rondo profile: {}: {failure}", profile.folder.display());
    }
    if trace.stalls_dropped > 0 {
        eprintln!("rondo profile: {} stalls more are only in stalls.jsonl", trace.stalls_dropped);
    }
    let Some(verdict) = verdict else { return code };
    eprintln!("{}", console::verdict(&verdict));
    let ended_well = code == 0 || profile.ended_by.get() != 0;
    match verdict {
        // A program that failed says so itself.
        _ if !ended_well => code,
        Verdict::Passed { .. } => 0,
        Verdict::Exceeded(_) => budget::EXCEEDED_EXIT_CODE,
        Verdict::Inconclusive(_) => budget::INCONCLUSIVE_EXIT_CODE,
    }
}

impl Profile {
    /// Writes each file that can be written; the result is what could not be: a full disk may have room for the smaller
    /// ones. No file is left in part.
    fn write_files(&self, trace: &Trace, cpu_profile: Option<Result<Vec<u8>, String>>) -> Vec<String> {
        let mut failures: Vec<String> = Vec::new();
        let write_error = WRITE_ERROR.lock().expect("nothing panics with this lock held").take();
        failures.extend(write_error.map(|error| format!("stalls.jsonl lacks stalls: {error}")));
        let mut write = |name: &str, content: Result<Vec<u8>, String>| {
            let path = self.folder.join(name);
            let written = content.and_then(|content| {
                std::fs::write(&path, content).map_err(|error| {
                    // What is there is of no use, and may not even be there.
                    let _ = std::fs::remove_file(&path);
                    error.to_string()
                })
            });
            failures.extend(written.err().map(|error| format!("{name} is not written: {error}")));
        };
        write("report.html", Ok(report::page(trace).into_bytes()));
        write("cpu.cpuprofile", cpu_profile.unwrap_or_else(|| Ok(cpuprofile::of_stalls(trace))));
        write("trace.perfetto-trace", Ok(perfetto::encode(trace)));
        write("trace.chrome.json", Ok(chrome::encode(trace)));
        failures
    }
}
