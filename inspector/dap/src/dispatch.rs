//! Reads an editor's messages and gives each request a task: the tasks start in order, and each is answered once.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::cancel::REQUESTS_MAX;
use crate::codec::{Incoming, Reader};
use crate::error::Error;
use crate::outlet::Outlet;
use crate::session::Session;

/// How long an editor that is about to leave may take to read the last messages.
const LAST_WORDS_TIME_MAX: Duration = Duration::from_secs(2);

/// The answer of a request, and what happens right behind it: a program must not stop before its `continue` is answered.
pub struct Reply {
    pub body: Value,
    pub then: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Reply {
    pub fn of(body: Value) -> Result<Reply, Error> {
        Ok(Reply { body, then: None })
    }

    pub fn empty() -> Result<Reply, Error> {
        Reply::of(Value::Null)
    }

    pub fn then(body: Value, future: impl Future<Output = ()> + 'static) -> Result<Reply, Error> {
        Ok(Reply { body, then: Some(Box::pin(future)) })
    }
}

/// Reads the arguments of a request; absent ones are like `{}`.
pub fn arguments<T: DeserializeOwned>(arguments: Value) -> Result<T, Error> {
    let given = if arguments.is_null() { json!({}) } else { arguments };
    serde_json::from_value(given).map_err(|error| Error::Editor(format!("arguments: {error}")))
}

/// Serves one editor until it leaves, or the adapter is told to end.
pub async fn serve(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + 'static,
    mut ending: watch::Receiver<bool>,
) {
    let (outlet, writer) = Outlet::new(output);
    let lost = outlet.lost.clone();
    let session = Session::new(outlet);
    let mut reader = Reader::new(input);
    loop {
        let incoming = tokio::select! {
            incoming = reader.next() => incoming,
            () = session.over() => break,
            () = lost.notified() => break,
            _ = ending.changed() => break,
        };
        match incoming {
            Incoming::Message(message) => receive(&session, message),
            Incoming::Malformed(why) => session.complain(&Error::Editor(why)),
            Incoming::End(why) => {
                if let Some(why) = why {
                    session.complain(&Error::Editor(why));
                }
                break;
            }
        }
    }
    session.close().await;
    drop(session);
    // The writer ends when the last task has dropped the session; one that hangs must not hold the adapter.
    let _ = tokio::time::timeout(LAST_WORDS_TIME_MAX, writer).await;
}

fn receive(session: &Rc<Session>, mut message: Value) {
    let seq = message["seq"].as_i64();
    match (message["type"].as_str(), seq) {
        (Some("request"), Some(seq)) => {
            let command = message["command"].as_str().unwrap_or("").to_owned();
            request(session, seq, command, message["arguments"].take());
        }
        (Some("response"), _) => session.answered(message),
        (Some("event"), _) => {}
        (Some("request"), None) => session.complain(&Error::Editor("a request without a number as seq".to_owned())),
        _ => session.complain(&Error::Editor("a message that is neither request nor response".to_owned())),
    }
}

fn request(session: &Rc<Session>, seq: i64, command: String, arguments: Value) {
    if session.requests.is_full() {
        let error = Error::Editor(format!("more than {REQUESTS_MAX} requests at once"));
        return session.outlet.respond(seq, &command, Err(&error));
    }
    let answered = Rc::new(Cell::new(false));
    let task = tokio::task::spawn_local({
        let (session, command, answered) = (session.clone(), command.clone(), answered.clone());
        async move {
            let result = session.handle(&command, arguments).await;
            session.requests.end(seq);
            answered.set(true);
            match result {
                Ok(reply) => {
                    session.outlet.respond(seq, &command, Ok(reply.body));
                    if let Some(then) = reply.then {
                        then.await;
                    }
                }
                Err(error) => session.outlet.respond(seq, &command, Err(&error)),
            }
        }
    });
    session.requests.begin(seq, &command, task.abort_handle());
    let session = session.clone();
    tokio::task::spawn_local(async move {
        let Err(failed) = task.await else { return };
        session.requests.end(seq);
        let error = if failed.is_panic() { Error::Bug(panic_text(failed.into_panic())) } else { Error::Cancelled };
        if answered.get() {
            session.complain(&error);
        } else {
            session.outlet.respond(seq, &command, Err(&error));
        }
    });
}

fn panic_text(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
