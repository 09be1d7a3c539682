//! Everything that can go wrong here, and whose fault it is.

use std::fmt;
use std::io;

#[derive(Debug)]
pub enum Error {
    /// The user's: the address can't be listened on.
    Listen { address: String, source: io::Error },
    /// The user's: a server already listens.
    AlreadyListening,
    /// The machine's: a thread or a timer could not be made.
    Thread(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Node's text, which clients look for.
            Error::Listen { address, source } => {
                write!(f, "Starting inspector on {address} failed: {}", reason(source))
            }
            Error::AlreadyListening => f.write_str(
                "Inspector is already activated. Close it with inspector.close() before activating it again.",
            ),
            Error::Thread(source) => write!(f, "the inspector's thread could not be started: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Listen { source, .. } | Error::Thread(source) => Some(source),
            Error::AlreadyListening => None,
        }
    }
}

/// The system's words as libuv spells the common ones.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use".to_owned(),
        io::ErrorKind::AddrNotAvailable => "address not available".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
