//! The URL by which clients know a script.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The percent-encoded `file:` URL of an absolute path, as V8 tells it to clients; any other name as it is.
pub fn script_url(name: &str) -> String {
    if !name.starts_with('/') {
        return name.to_owned();
    }
    let mut url = String::from("file://");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.!~*'()$&+,:;=@".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url
}

/// The path that a `file:` URL of this machine names.
pub(crate) fn path_of(url: &str) -> Option<PathBuf> {
    let encoded = url.strip_prefix("file://")?.split(['?', '#']).next()?;
    let encoded = encoded.strip_prefix("localhost").unwrap_or(encoded);
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                (digit(rest.next()?)? * 16 + digit(rest.next()?)?) as u8
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    (bytes.first() == Some(&b'/') && !bytes.contains(&0)).then(|| PathBuf::from(OsString::from_vec(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{path_of, script_url};

    #[test]
    fn urls_become_paths() {
        assert_eq!(path_of("file:///a%20b/c.js.map?x#y"), Some("/a b/c.js.map".into()));
        for url in ["file://host/a", "http://a/b", "file:///a%2", "file:///a%00", "/a"] {
            assert_eq!(path_of(url), None, "{url}");
        }
    }

    #[test]
    fn paths_become_urls() {
        assert_eq!(script_url("/a b/c#d%.js"), "file:///a%20b/c%23d%25.js");
        assert_eq!(script_url("node:fs"), "node:fs");
    }
}
