//! Discovery: `/json`, `/json/list`, `/json/version`, `/json/protocol`, and the upgrade at `/<uuid>`.
//!
//! One request a connection, as Node's clients expect; no CORS headers.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::Shared;
use super::checks::{host_is_local, origin_is_loopback, origin_is_welcome};
use crate::protocol_json::protocol_json;

/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 << 10;
const HEADERS_MAX: usize = 64;
/// How long a client may take to send its request.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// A connection that has become a WebSocket, with what came behind the handshake.
pub(crate) struct Upgraded {
    pub stream: TcpStream,
    pub early: Vec<u8>,
}

/// What a request's head asks for.
#[derive(Debug, PartialEq)]
enum Ask {
    Get {
        path: String,
        host: String,
    },
    Upgrade {
        path: String,
        key: String,
    },
    /// An HTTP status and why.
    Refuse(u16, &'static str),
}

/// Answers one request; an accepted WebSocket is the result.
pub(crate) async fn serve(mut stream: TcpStream, shared: &Shared) -> Option<Upgraded> {
    let (head, early) = timeout(HEAD_TIME_MAX, read_head(&mut stream)).await.ok()??;
    let answer = match read_ask(&head, &shared.allow_origins) {
        Ask::Get { path, host } => page(&path, &host, shared),
        Ask::Upgrade { path, key } if path.strip_prefix('/') == Some(shared.uuid.as_str()) => {
            let accept = derive_accept_key(key.as_bytes());
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {accept}\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).await.ok()?;
            return Some(Upgraded { stream, early });
        }
        Ask::Upgrade { .. } => refusal(400, "WebSockets request was expected at the target's own path"),
        Ask::Refuse(status, why) => refusal(status, why),
    };
    finish(stream, &answer).await;
    None
}

/// One connection too many.
pub(crate) async fn refuse(stream: TcpStream) {
    finish(stream, &refusal(503, "Too many connections")).await;
}

async fn finish(mut stream: TcpStream, answer: &str) {
    // A client that is gone does not need its answer.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn read_head(stream: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&piece[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let early = bytes.split_off(end + 4);
            return Some((bytes, early));
        }
        if bytes.len() > HEAD_BYTES_MAX {
            // An empty head is refused as malformed.
            return Some((Vec::new(), Vec::new()));
        }
    }
}

fn read_ask(head: &[u8], allowed: &[String]) -> Ask {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Ask::Refuse(400, "Malformed request");
    }
    let path = request.path.unwrap_or("/").to_owned();
    let values = |name: &str| -> Vec<String> {
        let found = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8_lossy(header.value).trim().to_owned()).collect()
    };
    let (hosts, origins) = (values("host"), values("origin"));
    if hosts.len() > 1 || !hosts.iter().all(|host| host_is_local(host)) {
        return Ask::Refuse(400, "The Host header must be an IP address or localhost");
    }
    let upgrade = values("upgrade").iter().any(|value| value.eq_ignore_ascii_case("websocket"));
    let is_welcome = |origin: &String| origin_is_welcome(origin, allowed) || (upgrade && origin_is_loopback(origin));
    if origins.len() > 1 || !origins.iter().all(is_welcome) {
        return Ask::Refuse(403, "Web pages may not connect; --inspect-allow-origin allows one by its origin");
    }
    if request.method != Some("GET") {
        return Ask::Refuse(405, "Only GET is supported");
    }
    if !upgrade {
        return Ask::Get { path, host: hosts.into_iter().next().unwrap_or_default() };
    }
    match (&values("sec-websocket-key")[..], &values("sec-websocket-version")[..]) {
        ([key], [version]) if version == "13" => Ask::Upgrade { path, key: key.clone() },
        _ => Ask::Refuse(400, "Not a WebSocket handshake of version 13"),
    }
}

fn page(path: &str, host: &str, shared: &Shared) -> String {
    let path = path.split('?').next().unwrap_or(path).trim_end_matches('/');
    let body = match path {
        "/json" | "/json/list" => list(host, shared),
        "/json/version" => {
            json!({ "Browser": shared.target.browser, "Protocol-Version": "1.1" })
        }
        "/json/protocol" => protocol_json(),
        _ if path.strip_prefix("/json/activate/") == Some(shared.uuid.as_str()) => {
            return answer(200, "text/plain; charset=UTF-8", "Target activated");
        }
        _ => return refusal(404, "Not found"),
    };
    let text = serde_json::to_string_pretty(&body).expect("values are JSON");
    answer(200, "application/json; charset=UTF-8", &format!("{text}\n\n"))
}

fn list(host: &str, shared: &Shared) -> serde_json::Value {
    let target = &shared.target;
    let host = if host.is_empty() { shared.address.to_string() } else { host.to_owned() };
    let mut entry = json!({
        "description": "rondo instance",
        "faviconUrl": "https://nodejs.org/static/images/favicons/favicon.ico",
        "id": shared.uuid,
        "title": target.title,
        "type": "node",
        "url": if target.script_url.is_empty() { "file://" } else { target.script_url.as_str() },
    });
    if shared.publish.http {
        let socket = format!("{host}/{}", shared.uuid);
        entry["webSocketDebuggerUrl"] = json!(format!("ws://{socket}"));
        for (field, page) in [("devtoolsFrontendUrl", "js_app"), ("devtoolsFrontendUrlCompat", "inspector")] {
            let front = format!("devtools://devtools/bundled/{page}.html?experiments=true&v8only=true&ws={socket}");
            entry[field] = json!(front);
        }
    } else {
        entry.as_object_mut().expect("made above").remove("id");
    }
    json!([entry])
}

fn answer(status: u16, kind: &str, body: &str) -> String {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Service Unavailable",
    };
    let length = body.len();
    format!(
        "HTTP/1.0 {status} {reason}\r\nContent-Type: {kind}\r\nCache-Control: no-cache\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

fn refusal(status: u16, why: &str) -> String {
    answer(status, "text/plain; charset=UTF-8", &format!("{why}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, expected: Result<&str, u16>) {
        let ask = read_ask(format!("{head}\r\n\r\n").as_bytes(), &[]);
        match (&ask, expected) {
            (Ask::Get { path, .. } | Ask::Upgrade { path, .. }, Ok(wanted)) => assert_eq!(path, wanted),
            (Ask::Refuse(status, _), Err(wanted)) => assert_eq!(*status, wanted, "{head}"),
            _ => panic!("{head} gave {ask:?}"),
        }
    }

    #[test]
    fn requests() {
        let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x";
        check("GET /json HTTP/1.1\r\nHost: localhost:9229", Ok("/json"));
        check("GET /json HTTP/1.0", Ok("/json"));
        check("GET /json HTTP/1.1\r\nHost: evil.example", Err(400));
        check("GET /json HTTP/1.1\r\nHost: localhost\r\nHost: evil.example", Err(400));
        check("GET /json HTTP/1.1\r\nHost: localhost\r\nHost: localhost", Err(400));
        check("GET /json HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost", Err(403));
        check(&format!("GET /id HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}"), Ok("/id"));
        check(&format!("GET /id HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: devtools://devtools\r\n{upgrade}"), Ok("/id"));
        check(&format!("GET /id HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n{upgrade}"), Err(403));
        check(&format!("GET /id HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1:1\r\n{upgrade}"), Ok("/id"));
        check("GET /json HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1:1", Err(403));
        check("GET /id HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket", Err(400));
        check("POST /json HTTP/1.1\r\nHost: localhost", Err(405));
        check("nonsense", Err(400));
    }
}
