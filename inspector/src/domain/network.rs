//! `Network`: the requests that the program makes, as the runtime and programs themselves tell of them
//! (`inspector.Network` of `node:inspector`), with their bodies; and files that front ends ask for, such as source maps.

use std::path::PathBuf;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::Inspector;
use crate::bodies::Side;
use crate::domain::io::base64;
use crate::script_url::path_of;
use crate::session::Session;
use crate::stack::stack_of;
use crate::wire::{Answer, Fault, empty, params};

/// Bytes of a file that a front end may load.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Files that a program offers by `NetworkResources.put`.
const RESOURCES_MAX: usize = 4096;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Enable {
    max_total_buffer_size: Option<usize>,
    max_resource_buffer_size: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfRequest {
    request_id: String,
}

#[derive(Deserialize)]
struct Load {
    url: String,
}

impl Inspector {
    pub(super) fn network(&self, session: &Rc<Session>, name: &str, raw: Option<&RawValue>) -> Option<Answer> {
        let answer = match name {
            "enable" => params(raw).and_then(|asked: Enable| {
                self.bodies.borrow_mut().set_limits(asked.max_total_buffer_size, asked.max_resource_buffer_size);
                session.peer.network_enabled.set(true);
                self.update_network();
                empty()
            }),
            "disable" => {
                session.peer.network_enabled.set(false);
                self.update_network();
                empty()
            }
            "getResponseBody" => params(raw).and_then(|asked: OfRequest| {
                let bodies = self.bodies.borrow();
                let body = bodies.response(&asked.request_id).map_err(Fault::state)?;
                let (body, is_base64) = as_text(&body.bytes, body.is_text);
                Ok(json!({ "body": body, "base64Encoded": is_base64 }))
            }),
            "getRequestPostData" => params(raw).and_then(|asked: OfRequest| {
                let bodies = self.bodies.borrow();
                let body = bodies.request(&asked.request_id).map_err(Fault::state)?;
                let (data, is_base64) = as_text(&body.bytes, true);
                Ok(json!({ "postData": data, "base64Encoded": is_base64 }))
            }),
            "streamResourceContent" => params(raw).and_then(|asked: OfRequest| {
                let mut bodies = self.bodies.borrow_mut();
                let so_far = bodies.stream(&asked.request_id, session.peer.id).map_err(Fault::state)?;
                Ok(json!({ "bufferedData": base64(so_far) }))
            }),
            "loadNetworkResource" => params(raw).and_then(|asked: Load| self.load_resource(session, &asked.url)),
            _ => return None,
        };
        Some(answer)
    }

    /// Something has become of a request: `event` is one of the domain's, `data` the bytes that it is about. Where the
    /// event begins a request, JavaScript that began it is on the stack.
    pub fn network_event(&self, event: &str, mut params: Value, data: Option<&[u8]>) {
        let Some(id) = params["requestId"].as_str().map(str::to_owned) else { return };
        let peers: Vec<_> = self.all_sessions().into_iter().filter(|s| s.peer.network_enabled.get()).collect();
        if peers.is_empty() {
            return;
        }
        let mut bodies = self.bodies.borrow_mut();
        match event {
            "requestWillBeSent" => {
                if params["initiator"].is_null() {
                    params["initiator"] = self.initiator();
                }
                bodies.begin(id.clone());
            }
            "responseReceived" => bodies.set_text(&id, is_text(&params["response"])),
            // Known to programs only: the body as it is to be shown, without its encodings.
            "responseDecoded" => return bodies.replace(&id, data.unwrap_or_default()),
            "dataSent" => return bodies.append(&id, Side::Request, data.unwrap_or_default()),
            "dataReceived" => bodies.append(&id, Side::Response, data.unwrap_or_default()),
            "loadingFinished" => bodies.finish(&id),
            "loadingFailed" => bodies.remove(&id),
            _ => {}
        }
        let streams: Vec<bool> = peers.iter().map(|session| bodies.is_streamed(&id, session.peer.id)).collect();
        // A session in the process runs its listeners, which may ask for a body.
        drop(bodies);
        let method = format!("Network.{event}");
        for (session, streams) in peers.iter().zip(streams) {
            let mut params = params.clone();
            if let Some(data) = data.filter(|_| streams) {
                params["data"] = json!(base64(data));
            }
            session.peer.send_event(&method, params);
        }
    }

    /// A file that the program offers to front ends under `url`.
    pub fn offer_resource(&self, url: String, content: Vec<u8>) {
        let mut resources = self.resources.borrow_mut();
        if resources.len() < RESOURCES_MAX || resources.contains_key(&url) {
            resources.insert(url, content);
        }
    }

    /// Whether anybody listens to requests.
    pub(crate) fn update_network(&self) {
        let watched = self.all_sessions().iter().any(|session| session.peer.network_enabled.get());
        if !watched {
            self.bodies.borrow_mut().clear();
        }
        self.host.set_network_observed(watched);
    }

    fn initiator(&self) -> Value {
        let stack = self.isolate.with_scope(stack_of);
        let frames: Vec<Value> = stack
            .iter()
            .filter(|site| !site.url.starts_with("node:"))
            .map(|site| {
                json!({
                    "functionName": site.function_name, "scriptId": site.script_id.as_deref().unwrap_or("0"),
                    "url": site.url, "lineNumber": site.line_number, "columnNumber": site.column_number,
                })
            })
            .collect();
        json!({ "type": "script", "stack": { "callFrames": frames } })
    }

    /// A client can run what it likes in the program, so what the program can read is no secret before it.
    fn load_resource(&self, session: &Rc<Session>, url: &str) -> Answer {
        let offered = self.resources.borrow().get(url).cloned();
        let content = match (offered, path_of(url)) {
            (Some(content), _) => Ok(content),
            (None, Some(path)) => read_file(path),
            (None, None) => {
                return Err(Fault::params("only file: URLs can be loaded, and what NetworkResources.put offers"));
            }
        };
        match content {
            Ok(content) => {
                let stream = self.streams.borrow_mut().open(session.peer.id, content).map_err(Fault::state)?;
                Ok(json!({ "resource": { "success": true, "stream": stream, "httpStatusCode": 200 } }))
            }
            Err(name) => Ok(json!({ "resource": { "success": false, "netErrorName": name } })),
        }
    }
}

fn read_file(path: PathBuf) -> Result<Vec<u8>, &'static str> {
    let about = std::fs::metadata(&path).map_err(|_| "net::ERR_FILE_NOT_FOUND")?;
    if !about.is_file() || about.len() > FILE_BYTES_MAX {
        return Err("net::ERR_ACCESS_DENIED");
    }
    std::fs::read(&path).map_err(|_| "net::ERR_ACCESS_DENIED")
}

/// Whether a response is text in UTF-8, by what its head says.
fn is_text(response: &Value) -> bool {
    let (mime, charset) = (response["mimeType"].as_str(), response["charset"].as_str());
    let kind = mime.unwrap_or_default();
    let is_textual = kind.starts_with("text/") || ["json", "xml", "javascript"].iter().any(|end| kind.ends_with(end));
    match charset.unwrap_or_default() {
        "" => is_textual,
        charset => charset.eq_ignore_ascii_case("utf-8"),
    }
}

/// The bytes as a string of the protocol, and whether that is Base64.
fn as_text(bytes: &[u8], is_text: bool) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) if is_text => (text.to_owned(), false),
        _ => (base64(bytes), true),
    }
}
