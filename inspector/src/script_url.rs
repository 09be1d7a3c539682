//! The URL by which clients know a script.

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

#[cfg(test)]
mod tests {
    use super::script_url;

    #[test]
    fn paths_become_urls() {
        assert_eq!(script_url("/a b/c#d%.js"), "file:///a%20b/c%23d%25.js");
        assert_eq!(script_url("node:fs"), "node:fs");
    }
}
