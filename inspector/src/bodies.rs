//! The bodies of the program's requests, kept while a client has the `Network` domain enabled, within limits.

use std::collections::VecDeque;

use crate::inbox::ClientId;

/// Bytes of all bodies, and of one, that are kept at most, whatever clients ask for.
const TOTAL_BYTES_MAX: usize = 100 << 20;
const BODY_BYTES_MAX: usize = 10 << 20;
/// Requests that are remembered.
const REQUESTS_MAX: usize = 1000;

#[derive(Clone, Copy)]
pub(crate) enum Side {
    Request,
    Response,
}

#[derive(Default)]
pub(crate) struct Body {
    pub bytes: Vec<u8>,
    pub is_text: bool,
    /// A part of it was too much to keep.
    is_cut: bool,
}

#[derive(Default)]
struct Entry {
    id: String,
    request: Body,
    response: Body,
    is_finished: bool,
    /// Who gets what comes as it comes.
    streams: Vec<ClientId>,
}

pub(crate) struct Bodies {
    entries: VecDeque<Entry>,
    bytes: usize,
    total_max: usize,
    body_max: usize,
}

impl Default for Bodies {
    fn default() -> Bodies {
        Bodies { entries: VecDeque::new(), bytes: 0, total_max: TOTAL_BYTES_MAX, body_max: BODY_BYTES_MAX }
    }
}

impl Bodies {
    /// What a client asks for, within ours.
    pub fn set_limits(&mut self, total: Option<usize>, body: Option<usize>) {
        self.total_max = total.unwrap_or(TOTAL_BYTES_MAX).min(TOTAL_BYTES_MAX);
        self.body_max = body.unwrap_or(BODY_BYTES_MAX).min(BODY_BYTES_MAX);
    }

    pub fn begin(&mut self, id: String) {
        self.remove(&id);
        while self.entries.len() >= REQUESTS_MAX {
            self.drop_oldest();
        }
        self.entries.push_back(Entry { id, ..Entry::default() });
    }

    pub fn set_text(&mut self, id: &str, is_text: bool) {
        if let Some(entry) = self.get_mut(id) {
            entry.response.is_text = is_text;
        }
    }

    pub fn append(&mut self, id: &str, side: Side, data: &[u8]) {
        let body_max = self.body_max;
        let Some(entry) = self.get_mut(id) else { return };
        let body = match side {
            Side::Request => &mut entry.request,
            Side::Response => &mut entry.response,
        };
        if body.is_cut || body.bytes.len() + data.len() > body_max {
            body.is_cut = true;
            return;
        }
        body.bytes.extend_from_slice(data);
        self.bytes += data.len();
        self.make_room();
    }

    /// What is kept of a response becomes `data`.
    pub fn replace(&mut self, id: &str, data: &[u8]) {
        let Some(entry) = self.get_mut(id) else { return };
        let before = std::mem::take(&mut entry.response.bytes).len();
        self.bytes -= before;
        self.append(id, Side::Response, data);
    }

    pub fn finish(&mut self, id: &str) {
        if let Some(entry) = self.get_mut(id) {
            entry.is_finished = true;
        }
    }

    pub fn remove(&mut self, id: &str) {
        if let Some(at) = self.entries.iter().position(|entry| entry.id == id) {
            let entry = self.entries.remove(at);
            self.bytes -= entry.map_or(0, |entry| entry.request.bytes.len() + entry.response.bytes.len());
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// The body of a response that is over.
    pub fn response(&self, id: &str) -> Result<&Body, &'static str> {
        let entry = self.get(id)?;
        if !entry.is_finished {
            return Err("The response is not over yet");
        }
        whole(&entry.response)
    }

    pub fn request(&self, id: &str) -> Result<&Body, &'static str> {
        whole(&self.get(id)?.request)
    }

    /// From now on `client` gets what comes; the result is what has come.
    pub fn stream(&mut self, id: &str, client: ClientId) -> Result<&[u8], &'static str> {
        let entry = self.get_mut(id).ok_or(UNKNOWN)?;
        entry.streams.push(client);
        Ok(&entry.response.bytes)
    }

    pub fn is_streamed(&self, id: &str, client: ClientId) -> bool {
        self.get(id).is_ok_and(|entry| entry.streams.contains(&client))
    }

    fn get(&self, id: &str) -> Result<&Entry, &'static str> {
        self.entries.iter().rev().find(|entry| entry.id == id).ok_or(UNKNOWN)
    }

    fn get_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().rev().find(|entry| entry.id == id)
    }

    fn make_room(&mut self) {
        while self.bytes > self.total_max && self.entries.len() > 1 {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.bytes -= entry.request.bytes.len() + entry.response.bytes.len();
        }
    }
}

const UNKNOWN: &str = "No request has that id, or it is forgotten";

fn whole(body: &Body) -> Result<&Body, &'static str> {
    if body.is_cut { Err("The body was too large to be kept") } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_told_when_it_is_over() {
        let mut bodies = Bodies::default();
        bodies.begin("1".to_owned());
        bodies.append("1", Side::Response, b"hel");
        assert!(bodies.response("1").is_err());
        bodies.append("1", Side::Response, b"lo");
        bodies.append("1", Side::Request, b"body");
        bodies.finish("1");
        assert_eq!(bodies.response("1").map(|body| body.bytes.as_slice()), Ok(&b"hello"[..]));
        assert_eq!(bodies.request("1").map(|body| body.bytes.as_slice()), Ok(&b"body"[..]));
        bodies.replace("1", b"decoded");
        assert_eq!(bodies.response("1").map(|body| body.bytes.as_slice()), Ok(&b"decoded"[..]));
        bodies.remove("1");
        assert!(bodies.response("1").is_err() && bodies.bytes == 0);
    }

    #[test]
    fn the_oldest_goes_and_a_large_one_is_not_kept() {
        let mut bodies = Bodies::default();
        bodies.set_limits(Some(10), Some(6));
        for id in ["1", "2"] {
            bodies.begin(id.to_owned());
            bodies.append(id, Side::Response, b"123456");
            bodies.finish(id);
        }
        assert!(bodies.response("1").is_err() && bodies.response("2").is_ok());
        bodies.append("2", Side::Response, b"7");
        assert_eq!(bodies.response("2").err(), Some("The body was too large to be kept"));
        for id in 0..=REQUESTS_MAX {
            bodies.begin(format!("more {id}"));
        }
        assert!(bodies.request("more 0").is_err() && bodies.request("more 1").is_ok());
    }
}
