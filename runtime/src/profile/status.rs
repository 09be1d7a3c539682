//! The line that shows a profile's progress, on standard error while that is a terminal.
//!
//! It never mixes with what the program prints: output of the program clears it first, and it comes back when the
//! program has been quiet for a moment and has ended its line.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rondo_protocol::stall::Stall;

use crate::profile::groups::duration_us;

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(250);

static IS_ON: AtomicBool = AtomicBool::new(false);
static TURN: AtomicU64 = AtomicU64::new(0);
static STALLS: AtomicU64 = AtomicU64::new(0);
static WORST_US: AtomicU64 = AtomicU64::new(0);
static LINE: Mutex<Line> = Mutex::new(Line { is_shown: false, is_midway: false, last_output: None });

struct Line {
    is_shown: bool,
    /// The program has begun a line and not ended it.
    is_midway: bool,
    last_output: Option<Instant>,
}

impl Line {
    fn clear(&mut self) {
        if std::mem::replace(&mut self.is_shown, false) {
            write("\r\x1b[2K");
        }
    }

    fn is_free(&self) -> bool {
        !self.is_midway && self.last_output.is_none_or(|at| at.elapsed() >= INTERVAL)
    }
}

fn write(text: &str) {
    // A terminal that is gone needs no status.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Shows the line from now on, if there is a terminal to show it on.
pub fn start() {
    if !std::io::stderr().is_terminal() || std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return;
    }
    IS_ON.store(true, Ordering::Release);
    let began = Instant::now();
    let shown = std::thread::Builder::new().name("rondo-status".into()).stack_size(128 * 1024).spawn(move || {
        while IS_ON.load(Ordering::Acquire) {
            std::thread::sleep(INTERVAL);
            draw(began.elapsed());
        }
    });
    if shown.is_err() {
        IS_ON.store(false, Ordering::Release);
    }
}

fn draw(elapsed: Duration) {
    let mut line = LINE.lock().expect("nothing panics with this lock held");
    if !IS_ON.load(Ordering::Acquire) || !line.is_free() {
        return;
    }
    let (stalls, worst) = (STALLS.load(Ordering::Relaxed), WORST_US.load(Ordering::Relaxed) / 1000);
    let worst = if stalls == 0 { String::new() } else { format!(", worst {worst} ms") };
    let turn = TURN.load(Ordering::Relaxed);
    let ends = "s".repeat(usize::from(stalls != 1));
    let text = format!("profiling {:.0} s · turn {turn} · {stalls} stall{ends}{worst}", elapsed.as_secs_f64());
    write(&format!("\r\x1b[2K\x1b[2m{text}\x1b[0m"));
    line.is_shown = true;
}

/// The program is about to write `bytes` to `descriptor`.
#[inline]
pub fn before_output(descriptor: i32, bytes: &[u8]) {
    if IS_ON.load(Ordering::Relaxed) && matches!(descriptor, 1 | 2) {
        make_way(bytes.last());
    }
}

#[cold]
fn make_way(last: Option<&u8>) {
    let mut line = LINE.lock().expect("nothing panics with this lock held");
    line.clear();
    line.is_midway = last.is_some_and(|byte| *byte != b'\n');
    line.last_output = Some(Instant::now());
}

pub fn turned(turn: u64) {
    TURN.store(turn, Ordering::Relaxed);
}

pub fn stalled(stall: &Stall) {
    STALLS.fetch_add(1, Ordering::Relaxed);
    WORST_US.fetch_max(duration_us(stall), Ordering::Relaxed);
}

/// Takes the line away for good.
pub fn stop() {
    IS_ON.store(false, Ordering::Release);
    let mut line = LINE.lock().expect("nothing panics with this lock held");
    line.clear();
    if line.is_midway {
        write("\n");
    }
}
