//! How long a thread has been ready to run and without a processor, as the kernel counts it.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// Longer than the three numbers of the file.
const TEXT_BYTES_MAX: usize = 96;

/// One thread's counter. The file stays open: to look it up costs ten times as much as to read it, and it is read up to a
/// hundred times a second.
pub struct RunDelay(Option<File>);

impl RunDelay {
    pub fn of_this_thread() -> RunDelay {
        RunDelay(File::open("/proc/thread-self/schedstat").ok())
    }

    /// 0 where the kernel does not count it.
    pub fn ns(&self) -> u64 {
        self.read().unwrap_or(0)
    }

    fn read(&self) -> Option<u64> {
        let mut text = [0; TEXT_BYTES_MAX];
        let length = self.0.as_ref()?.read_at(&mut text, 0).ok()?;
        let text = str::from_utf8(&text[..length]).ok()?;
        text.split_ascii_whitespace().nth(1)?.parse().ok()
    }
}

thread_local! {
    static OWN: RunDelay = RunDelay::of_this_thread();
}

/// The calling thread's.
pub fn own_run_delay_ns() -> u64 {
    OWN.with(RunDelay::ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_anew_each_time_and_from_another_thread_too() {
        let here = RunDelay::of_this_thread();
        let before = here.read().expect("this kernel counts it");
        // Two threads for each processor: this one has to wait for its turn.
        let spin = || {
            let until = std::time::Instant::now() + std::time::Duration::from_millis(50);
            while std::time::Instant::now() < until {}
        };
        std::thread::scope(|scope| {
            for _ in 0..2 * std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(spin);
            }
            spin();
        });
        let after = std::thread::spawn(move || here.read()).join().expect("no panic").expect("still counted");
        assert!(after > before, "{before} {after}");
    }
}
