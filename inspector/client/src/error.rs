//! Everything that can go wrong between a client and a target, and whose fault it is.

use std::fmt;
use std::io;
use std::time::Duration;

use serde_json::Value;

#[derive(Clone, Debug)]
pub enum Error {
    /// The user's: nobody listens there, or it is no inspector.
    Unreachable { address: String, reason: String },
    /// The user's: the inspector has no such target.
    NoTarget { address: String },
    /// The target's: it answered with a protocol error.
    Refused { method: String, code: i64, message: String, data: Option<Value> },
    /// The target's: it did not answer in time.
    TimedOut { method: String, after: Duration },
    /// The target's: it sent something that is not the protocol.
    Malformed { what: String },
    /// The connection is over; the reason is what the peer or the system said.
    Closed { reason: String },
}

impl Error {
    pub(crate) fn unreachable(address: &str, source: &io::Error) -> Error {
        let reason = match source.kind() {
            io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
            io::ErrorKind::TimedOut => "no answer in time".to_owned(),
            _ => source.to_string(),
        };
        Error::Unreachable { address: address.to_owned(), reason }
    }

    /// Whether the connection that gave this error can go on.
    pub fn is_final(&self) -> bool {
        matches!(self, Error::Closed { .. } | Error::Unreachable { .. } | Error::NoTarget { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreachable { address, reason } => write!(f, "no inspector at {address}: {reason}"),
            Error::NoTarget { address } => write!(f, "the inspector at {address} has no target"),
            Error::Refused { method, code, message, .. } => write!(f, "{method} failed: {message} ({code})"),
            Error::TimedOut { method, after } => write!(f, "{method}: no answer within {} ms", after.as_millis()),
            Error::Malformed { what } => write!(f, "the target does not keep to the protocol: {what}"),
            Error::Closed { reason } => write!(f, "the connection to the target is closed: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
