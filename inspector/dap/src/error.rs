//! What can go wrong with a request, and whose fault it is. That decides what the user is shown.

use std::fmt;

use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The user's: a program that does not exist, a condition that does not parse, a request that makes no sense now.
    User(String),
    /// The user's, in an expression or a value: editors show it where the value would be.
    InPlace(String),
    /// The editor's: a message that is not the protocol.
    Editor(String),
    /// The target's: it refused, vanished, or does not know what was asked.
    Target(String),
    /// Ours.
    Bug(String),
    /// Nobody's: it was cancelled, or asked of a stop that the program has left.
    Cancelled,
    /// Nobody's: it needs a program that is stopped, and this one runs.
    NotStopped,
}

impl Error {
    pub fn user(message: impl Into<String>) -> Error {
        Error::User(message.into())
    }

    pub fn target(message: impl Into<String>) -> Error {
        Error::Target(message.into())
    }

    fn blame(&self) -> (i64, &'static str) {
        match self {
            Error::User(_) | Error::InPlace(_) => (1, "user"),
            Error::Editor(_) => (2, "editor"),
            Error::Target(_) => (3, "target"),
            Error::Bug(_) => (4, "adapter"),
            Error::Cancelled | Error::NotStopped => (5, "nobody"),
        }
    }

    /// The protocol's word for it where there is one, which editors know what to do with, else a sentence.
    pub fn word(&self) -> String {
        match self {
            Error::Cancelled => "cancelled".to_owned(),
            Error::NotStopped => "notStopped".to_owned(),
            other => other.to_string(),
        }
    }

    /// The body of an error response. Editors that can't know better show it when the user can do something about it.
    pub fn body(&self) -> Value {
        let (id, blame) = self.blame();
        let shown = matches!(self, Error::User(_) | Error::Target(_) | Error::Bug(_));
        // Braces would be taken for variables of the format.
        json!({ "error": {
            "id": id, "format": "{message}", "showUser": shown,
            "variables": { "message": self.to_string(), "blame": blame },
        } })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::User(message) | Error::InPlace(message) | Error::Target(message) => f.write_str(message),
            Error::Editor(message) => write!(f, "the editor sent something that is not the protocol: {message}"),
            Error::Bug(message) => write!(f, "a bug of the debug adapter: {message}"),
            Error::Cancelled => f.write_str("cancelled"),
            Error::NotStopped => f.write_str("the program is running: pause it first"),
        }
    }
}

impl std::error::Error for Error {}

impl From<rondo_client::error::Error> for Error {
    fn from(error: rondo_client::error::Error) -> Error {
        use rondo_client::error::Error as Peer;
        match error {
            Peer::Unreachable { .. } | Peer::NoTarget { .. } => Error::User(error.to_string()),
            _ => Error::Target(error.to_string()),
        }
    }
}
