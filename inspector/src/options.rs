//! How the inspector is set up, where it listens and what it waits for.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::needs::Needs;
use crate::status::SharedStatus;

/// Node's port.
pub const DEFAULT_PORT: u16 = 9229;
/// Node's address.
pub const DEFAULT_HOST: &str = "127.0.0.1";

/// What the inspector is given once.
pub struct Setup {
    /// Wakes the main thread when it waits for events; called on the server's thread.
    pub waker: Arc<dyn Fn() + Send + Sync>,
    /// What the loop must do for clients: the loop reads it, the inspector sets it.
    pub needs: Rc<Needs>,
    /// What the thread does: the loop writes it, the server and the watchdog read it.
    pub status: Arc<SharedStatus>,
    /// The name in lists of targets, such as `app.js[1234]`.
    pub title: String,
    /// The `file:` URL of the main script, empty without one.
    pub script_url: String,
    /// Set from any thread when a worker must end, also in the middle of a pause; none for the process's own thread.
    pub stopping: Option<Arc<AtomicBool>>,
    /// The global `console` is the program's already, and not V8's.
    pub has_own_console: bool,
    /// What `/json/version` calls the program, such as `rondo/0.1.0`.
    pub browser: String,
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub host: String,
    /// 0 lets the system choose.
    pub port: u16,
    pub publish: Publish,
    /// `--inspect-allow-origin`: web origins whose pages may connect, `*` for any port, as in `http://127.0.0.1:*`.
    pub allow_origins: Vec<String>,
}

impl Default for Listen {
    fn default() -> Listen {
        Listen {
            host: DEFAULT_HOST.to_owned(),
            port: DEFAULT_PORT,
            publish: Publish::default(),
            allow_origins: Vec::new(),
        }
    }
}

/// Where the URL with its secret is told: `--inspect-publish-uid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish {
    pub stderr: bool,
    pub http: bool,
}

impl Default for Publish {
    fn default() -> Publish {
        Publish { stderr: true, http: true }
    }
}

/// What happens before the first statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attach {
    /// `--inspect`: nothing.
    Listen,
    /// `--inspect-brk`: wait, then pause at the first statement.
    Break,
    /// `--inspect-wait`: wait, then run.
    Wait,
}
