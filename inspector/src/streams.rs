//! Files that clients read piece by piece with `IO.read`.

use std::collections::BTreeMap;

use crate::inbox::ClientId;

/// Streams that may be open at once.
const STREAMS_MAX: usize = 16;
/// Bytes of one answer.
const CHUNK_BYTES_MAX: usize = 8 << 20;

struct Stream {
    of: ClientId,
    content: Vec<u8>,
    position: usize,
}

#[derive(Default)]
pub(crate) struct Streams {
    open: BTreeMap<String, Stream>,
    next: u64,
}

impl Streams {
    /// Opens a stream on `content` for a client; the result is its handle.
    pub fn open(&mut self, of: ClientId, content: Vec<u8>) -> Result<String, String> {
        if self.open.len() >= STREAMS_MAX {
            return Err(format!("{STREAMS_MAX} streams are open: close one by IO.close"));
        }
        self.next += 1;
        let handle = self.next.to_string();
        self.open.insert(handle.clone(), Stream { of, content, position: 0 });
        Ok(handle)
    }

    /// The next piece, from `offset` or from where the last one ended, and whether that was the end. Pieces end between
    /// characters.
    pub fn read(&mut self, handle: &str, offset: Option<usize>, size: Option<usize>) -> Option<(Vec<u8>, bool)> {
        let Stream { content, position, .. } = self.open.get_mut(handle)?;
        let start = offset.unwrap_or(*position).min(content.len());
        let mut end =
            start.saturating_add(size.unwrap_or(CHUNK_BYTES_MAX).clamp(4, CHUNK_BYTES_MAX)).min(content.len());
        while end < content.len() && end > start && content[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        *position = end;
        Some((content[start..end].to_vec(), start == content.len()))
    }

    pub fn close(&mut self, handle: &str) -> bool {
        self.open.remove(handle).is_some()
    }

    /// A client is gone, and nobody else knows its handles.
    pub fn forget(&mut self, client: ClientId) {
        self.open.retain(|_, stream| stream.of != client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_between_characters() {
        let mut streams = Streams::default();
        let handle = streams.open(ClientId(1), "abcé!".into()).expect("there is room");
        assert_eq!(streams.read(&handle, None, Some(4)), Some((b"abc".to_vec(), false)));
        assert_eq!(streams.read(&handle, None, Some(4)), Some(("é!".into(), false)));
        assert_eq!(streams.read(&handle, None, Some(4)), Some((vec![], true)));
        assert_eq!(streams.read(&handle, Some(0), None), Some(("abcé!".into(), false)));
        assert!(streams.close(&handle) && !streams.close(&handle));
        assert_eq!(streams.read(&handle, None, None), None);
    }

    #[test]
    fn only_so_many_are_open() {
        let mut streams = Streams::default();
        for _ in 0..STREAMS_MAX {
            assert!(streams.open(ClientId(1), vec![]).is_ok());
        }
        assert!(streams.open(ClientId(2), vec![]).is_err());
        streams.forget(ClientId(1));
        assert!(streams.open(ClientId(2), vec![]).is_ok());
    }
}
