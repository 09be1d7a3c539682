//! Starting a process: fork, the child's descriptors and identity, exec. What the child does before exec is limited to what
//! is safe after a fork.

use std::ffi::{CString, c_char};
use std::os::fd::RawFd;
use std::ptr;

unsafe extern "C" {
    static mut environ: *const *const c_char;
}

pub struct Launch {
    file: CString,
    args: Vec<CString>,
    env: Option<Vec<CString>>,
    cwd: Option<CString>,
    /// For each descriptor of the child the one of ours that it is, -1 for /dev/null.
    fds: Vec<RawFd>,
    detached: bool,
    uid: Option<u32>,
    gid: Option<u32>,
}

fn pointers(list: &[CString]) -> Vec<*const c_char> {
    list.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect()
}

fn texts(list: &[String]) -> Option<Vec<CString>> {
    list.iter().map(|text| CString::new(text.as_str()).ok()).collect()
}

impl Launch {
    /// None when a text holds a NUL.
    pub fn new(
        file: &str,
        args: &[String],
        env: Option<&[String]>,
        cwd: Option<&str>,
        fds: Vec<RawFd>,
    ) -> Option<Launch> {
        Some(Launch {
            file: CString::new(file).ok()?,
            args: texts(args)?,
            env: match env {
                Some(env) => Some(texts(env)?),
                None => None,
            },
            cwd: match cwd {
                Some(cwd) => Some(CString::new(cwd).ok()?),
                None => None,
            },
            fds,
            detached: false,
            uid: None,
            gid: None,
        })
    }

    pub fn detached(self, detached: bool) -> Launch {
        Launch { detached, ..self }
    }

    pub fn identity(self, uid: Option<u32>, gid: Option<u32>) -> Launch {
        Launch { uid, gid, ..self }
    }

    pub fn name(&self) -> &str {
        self.file.to_str().unwrap_or("")
    }

    /// Replaces which descriptors the child gets.
    pub fn set_fd(&mut self, index: usize, fd: RawFd) {
        self.fds[index] = fd;
    }

    /// Starts it; the result is the pid, or the errno of what failed, exec included.
    pub fn start(&self) -> Result<i32, i32> {
        let args = pointers(&self.args);
        let env = self.env.as_deref().map(pointers);
        let mut scratch: Vec<RawFd> = vec![-1; self.fds.len()];
        let mut ends = [0; 2];
        // SAFETY: the pointer is to two live ints.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(super::errno());
        }
        let [reader, writer] = ends;
        // SAFETY: the child calls only async-signal-safe functions on memory prepared above, then execs or exits; all
        // signals are blocked meanwhile, so that no handler of ours runs in it.
        let pid = unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
            let pid = libc::fork();
            if pid == 0 {
                self.become_it(&args, env.as_deref(), &mut scratch, writer);
            }
            let failed = super::errno();
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
            libc::close(writer);
            if pid < 0 {
                libc::close(reader);
                return Err(failed);
            }
            pid
        };
        let failed = read_failure(reader);
        if failed != 0 {
            // SAFETY: the child has exited or is about to; it is ours to reap.
            unsafe { libc::waitpid(pid, ptr::null_mut(), 0) };
            return Err(failed);
        }
        Ok(pid)
    }

    /// In the child: never returns. A failure's errno goes into `report`, which exec closes.
    ///
    /// # Safety
    /// Only in a freshly forked child.
    unsafe fn become_it(
        &self,
        args: &[*const c_char],
        env: Option<&[*const c_char]>,
        scratch: &mut [RawFd],
        report: RawFd,
    ) -> ! {
        // SAFETY: see the caller; every pointer is to memory that lives on in the copied process.
        unsafe {
            let fail = |report: RawFd| -> ! {
                let failed: i32 = *libc::__errno_location();
                libc::write(report, (&raw const failed).cast(), 4);
                libc::_exit(127)
            };
            for signal in 1..32 {
                if signal != libc::SIGKILL && signal != libc::SIGSTOP {
                    libc::signal(signal, libc::SIG_DFL);
                }
            }
            if self.detached {
                libc::setsid();
            }
            let above = self.fds.len() as i32 + 3;
            let report = libc::fcntl(report, libc::F_DUPFD_CLOEXEC, above);
            for (index, fd) in self.fds.iter().enumerate() {
                let source =
                    if *fd < 0 { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) } else { *fd };
                scratch[index] = libc::fcntl(source, libc::F_DUPFD_CLOEXEC, above);
                if scratch[index] < 0 {
                    fail(report);
                }
            }
            for (index, fd) in scratch.iter().enumerate() {
                if libc::dup2(*fd, index as i32) < 0 {
                    fail(report);
                }
                if index <= 2 {
                    let flags = libc::fcntl(index as i32, libc::F_GETFL);
                    libc::fcntl(index as i32, libc::F_SETFL, flags & !libc::O_NONBLOCK);
                }
            }
            if let Some(cwd) = &self.cwd
                && libc::chdir(cwd.as_ptr()) != 0
            {
                fail(report);
            }
            if self.uid.is_some() || self.gid.is_some() {
                libc::setgroups(0, ptr::null());
            }
            if self.gid.is_some_and(|gid| libc::setgid(gid) != 0) || self.uid.is_some_and(|uid| libc::setuid(uid) != 0)
            {
                fail(report);
            }
            if let Some(env) = env {
                environ = env.as_ptr();
            }
            let mut none: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut none);
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
            libc::execvp(self.file.as_ptr(), args.as_ptr());
            fail(report)
        }
    }
}

/// The errno that the child reports, 0 when exec closed the pipe.
fn read_failure(reader: RawFd) -> i32 {
    let mut failed: i32 = 0;
    loop {
        // SAFETY: four bytes into a live int.
        let read = unsafe { libc::read(reader, (&raw mut failed).cast(), 4) };
        if read < 0 && super::errno() == libc::EINTR {
            continue;
        }
        // SAFETY: the descriptor is ours and not used after this.
        unsafe { libc::close(reader) };
        return if read == 4 { failed } else { 0 };
    }
}
