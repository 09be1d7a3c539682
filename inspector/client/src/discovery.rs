//! Which targets an inspector has: `GET /json/list` and `/json/version` over plain HTTP/1.1.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::Error;

/// Bytes of an answer; a list of targets is a few hundred.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long an inspector may take. Its own thread answers, so a busy program is no reason to be slow.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
const HEADERS_MAX: usize = 64;

/// One entry of `/json/list`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub id: String,
    #[serde(default)]
    pub title: String,
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The `file:` URL of the main script.
    #[serde(default)]
    pub url: String,
    pub web_socket_debugger_url: String,
}

/// The answer of `/json/version`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Version {
    #[serde(rename = "Browser")]
    pub browser: String,
    #[serde(rename = "Protocol-Version", default)]
    pub protocol_version: String,
}

/// The targets at `address` (HOST:PORT), without those that show the same program once more for another tool.
pub async fn targets(address: &str) -> Result<Vec<Target>, Error> {
    get(address, "/json/list").await
}

pub async fn version(address: &str) -> Result<Version, Error> {
    get(address, "/json/version").await
}

/// The WebSocket URL of the first target at `address`; a `ws://` URL is its own answer.
pub async fn web_socket_url(address: &str) -> Result<String, Error> {
    if address.starts_with("ws://") {
        return Ok(address.to_owned());
    }
    let first = targets(address).await?.into_iter().next();
    first.map(|target| target.web_socket_debugger_url).ok_or_else(|| Error::NoTarget { address: address.to_owned() })
}

async fn get<T: DeserializeOwned>(address: &str, path: &str) -> Result<T, Error> {
    let body = timeout(ANSWER_TIME_MAX, fetch(address, path))
        .await
        .map_err(|_| Error::Unreachable { address: address.to_owned(), reason: "no answer in time".to_owned() })??;
    serde_json::from_slice(&body)
        .map_err(|error| no_inspector(address, &format!("{path} is not what it should be: {error}")))
}

fn no_inspector(address: &str, reason: &str) -> Error {
    Error::Unreachable { address: address.to_owned(), reason: reason.to_owned() }
}

async fn fetch(address: &str, path: &str) -> Result<Vec<u8>, Error> {
    let lost = |error: std::io::Error| Error::unreachable(address, &error);
    let mut stream = TcpStream::connect(address).await.map_err(lost)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX as u64).read_to_end(&mut answer).await.map_err(lost)?;
    body_of(&answer).map_err(|reason| no_inspector(address, &reason))
}

/// The body of a complete HTTP answer, cut to its `Content-Length` where it has one.
fn body_of(answer: &[u8]) -> Result<Vec<u8>, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let head = match response.parse(answer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Err("its answer ends in the middle".to_owned()),
        Err(error) => return Err(format!("it does not speak HTTP ({error})")),
    };
    let status = response.code.unwrap_or(0);
    if status != 200 {
        return Err(format!("it answers with HTTP status {status}"));
    }
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse::<usize>().ok());
    let body = &answer[head..];
    match length {
        Some(length) if body.len() < length => Err("its answer ends in the middle".to_owned()),
        Some(length) => Ok(body[..length].to_vec()),
        None => Ok(body.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_to_its_length_and_a_short_one_refused() {
        let whole = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]rest";
        assert_eq!(body_of(whole).as_deref(), Ok(&b"[]"[..]));
        assert!(body_of(b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n[]").is_err());
        assert!(body_of(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap_err().contains("400"));
        assert!(body_of(b"SSH-2.0-OpenSSH\r\n").unwrap_err().contains("HTTP"));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_port_that_nobody_listens_on_says_so() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let error = web_socket_url(&address).await.expect_err("nobody listens");
        assert_eq!(error.to_string(), format!("no inspector at {address}: nobody listens there"));
    }
}
