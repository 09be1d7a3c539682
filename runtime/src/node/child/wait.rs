//! Waiting for a child without the loop, for `spawnSync`: its input is written and its output read until it ends.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::launch::Launch;

/// Bytes of one read of a child's output.
const READ_BYTES: usize = 64 * 1024;

pub struct Limits {
    pub timeout_ms: Option<f64>,
    pub buffer_bytes_max: f64,
    pub kill_signal: i32,
}

/// `status` is -1 and `signal` not 0 for a child that a signal ended; `error` is an errno of ours, 0 for none.
pub struct Ended {
    pub pid: i32,
    pub status: i32,
    pub signal: i32,
    pub error: i32,
    /// What came through each pipe, in their order; empty for those that only take input.
    pub output: Vec<Vec<u8>>,
}

/// Waits for a child that has ended or is about to: exit code and signal.
pub fn reap(pid: i32) -> (i32, i32) {
    let mut status = 0;
    // SAFETY: the pointer is to a live int.
    while unsafe { libc::waitpid(pid, &raw mut status, 0) } < 0 && super::errno() == libc::EINTR {}
    if libc::WIFSIGNALED(status) { (0, libc::WTERMSIG(status)) } else { (libc::WEXITSTATUS(status), 0) }
}

struct Pipe {
    stream: Option<UnixStream>,
    bytes: Vec<u8>,
    /// What is still to be written, and from where.
    input: Vec<u8>,
    from: usize,
}

/// Runs a child whose descriptors `pipes` are pipes of ours; descriptor 0 gets `input`.
pub fn run(mut launch: Launch, pipes: &[RawFd], input: Vec<u8>, limits: &Limits) -> Result<Ended, i32> {
    let errno = |error: std::io::Error| error.raw_os_error().unwrap_or(libc::EIO);
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for index in pipes {
        let (mine, child) = UnixStream::pair().map_err(errno)?;
        mine.set_nonblocking(true).map_err(errno)?;
        launch.set_fd(*index as usize, child.as_raw_fd());
        let input = if *index == 0 { input.clone() } else { Vec::new() };
        if *index == 0 && input.is_empty() {
            let _ = mine.shutdown(std::net::Shutdown::Write);
        }
        ours.push(Pipe { stream: Some(mine), bytes: Vec::new(), input, from: 0 });
        theirs.push(child);
    }
    let pid = launch.start()?;
    drop(theirs);
    let error = exchange(pid, &mut ours, limits);
    let (status, signal) = reap(pid);
    let output = ours.into_iter().map(|pipe| pipe.bytes).collect();
    Ok(Ended { pid, status, signal, error, output })
}

fn kill(pid: i32, signal: i32) {
    // SAFETY: kill takes plain numbers; the child is not reaped yet.
    unsafe { libc::kill(pid, signal) };
}

/// Moves bytes until every pipe is closed and the child has ended, or is killed; the errno of why it was.
fn exchange(pid: i32, pipes: &mut [Pipe], limits: &Limits) -> i32 {
    let deadline = limits.timeout_ms.map(|ms| Instant::now() + Duration::from_secs_f64(ms / 1e3));
    // SAFETY: pidfd_open takes plain numbers.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    let result = loop {
        let mut polled: Vec<libc::pollfd> = pipes.iter().filter_map(poll_entry).collect();
        let open = polled.len();
        if open == 0 {
            polled.push(libc::pollfd { fd: pidfd, events: libc::POLLIN, revents: 0 });
        }
        let wait = match deadline {
            None => -1,
            Some(deadline) => deadline.saturating_duration_since(Instant::now()).as_millis() as i32 + 1,
        };
        // SAFETY: pointer and length come from one vector.
        let ready = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, wait) };
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            kill(pid, limits.kill_signal);
            break libc::ETIMEDOUT;
        }
        if ready < 0 && super::errno() != libc::EINTR {
            break super::errno();
        }
        if open == 0 && ready > 0 {
            break 0;
        }
        let mut full = false;
        for pipe in pipes.iter_mut() {
            full |= move_bytes(pipe, limits.buffer_bytes_max);
        }
        if full {
            kill(pid, limits.kill_signal);
            break libc::ENOBUFS;
        }
    };
    // SAFETY: the descriptor is ours and not used after this.
    unsafe { libc::close(pidfd) };
    result
}

fn poll_entry(pipe: &Pipe) -> Option<libc::pollfd> {
    let stream = pipe.stream.as_ref()?;
    let out = if pipe.from < pipe.input.len() { libc::POLLOUT } else { 0 };
    Some(libc::pollfd { fd: stream.as_raw_fd(), events: libc::POLLIN | out, revents: 0 })
}

/// Reads and writes what goes without waiting; whether more came than is allowed.
fn move_bytes(pipe: &mut Pipe, bytes_max: f64) -> bool {
    let Some(stream) = &mut pipe.stream else { return false };
    while pipe.from < pipe.input.len() {
        match stream.write(&pipe.input[pipe.from..]) {
            Ok(written) => pipe.from += written,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(_) => pipe.from = pipe.input.len(),
        }
        if pipe.from == pipe.input.len() {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
    }
    let mut buffer = [0; READ_BYTES];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => {
                pipe.stream = None;
                return false;
            }
            Ok(read) => {
                pipe.bytes.extend_from_slice(&buffer[..read]);
                if pipe.bytes.len() as f64 > bytes_max {
                    return true;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
            Err(_) => {
                pipe.stream = None;
                return false;
            }
        }
    }
}
