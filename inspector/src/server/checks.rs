//! Who may talk to the server: what the Host and Origin headers must be.
//!
//! A web page can make a browser send requests here. With a name that its owner points at 127.0.0.1 (DNS rebinding) it
//! could read the answers: so the Host must be an address or `localhost`. A WebSocket needs no such trick: so a web page's
//! Origin is refused, except one that the user allows by name, and except a page served from a loopback address that
//! knows the target's secret path: that is how Chrome's DevTools come when Chromium itself serves them.

use std::net::IpAddr;

/// Whether a Host header names this machine and not a domain that somebody else owns.
pub(crate) fn host_is_local(host: &str) -> bool {
    let name = without_port(host);
    name.is_empty()
        || name.eq_ignore_ascii_case("localhost")
        || name.eq_ignore_ascii_case("localhost6")
        || name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// Whether a page of this origin may connect. `allowed` are the user's exceptions.
pub(crate) fn origin_is_welcome(origin: &str, allowed: &[String]) -> bool {
    let origin = origin.trim().to_ascii_lowercase();
    let web = origin.starts_with("http://") || origin.starts_with("https://") || origin == "null";
    !web || allowed.iter().any(|pattern| origin_matches(&origin, &pattern.to_ascii_lowercase()))
}

/// Whether a page of this origin was served by a program of this machine, at an address and not under a name.
pub(crate) fn origin_is_loopback(origin: &str) -> bool {
    let Some(host) = origin.trim().strip_prefix("http://") else { return false };
    let name = without_port(host);
    name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn origin_matches(origin: &str, pattern: &str) -> bool {
    match pattern.strip_suffix(":*") {
        Some(host) => origin.strip_prefix(host).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        }),
        None => origin == pattern.trim_end_matches('/'),
    }
}

fn without_port(host: &str) -> &str {
    let host = host.trim();
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    match host.rsplit_once(':') {
        // More than one colon is an IPv6 address without brackets.
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for host in ["", "localhost", "LOCALHOST:9229", "127.0.0.1", "10.1.2.3:80", "[::1]:9229", "::1", "localhost6:1"]
        {
            assert!(host_is_local(host), "{host}");
        }
        for host in ["example.com", "localhost.example.com:9229", "127.0.0.1.nip.io", "1.2.3.4.5", "a:b:c", ":9229x"] {
            assert!(!host_is_local(host), "{host}");
        }
    }

    #[test]
    fn origins() {
        for origin in ["devtools://devtools", "vscode-webview://abc", "file://"] {
            assert!(origin_is_welcome(origin, &[]), "{origin}");
        }
        for origin in ["http://127.0.0.1:9222", "https://example.com", "HTTP://localhost", "null"] {
            assert!(!origin_is_welcome(origin, &[]), "{origin}");
        }
        let allowed = ["http://127.0.0.1:*".to_owned(), "https://a.example".to_owned()];
        assert!(origin_is_welcome("http://127.0.0.1:1234", &allowed));
        assert!(origin_is_welcome("https://a.example", &allowed));
        assert!(!origin_is_welcome("https://a.example:1", &allowed));
        assert!(!origin_is_welcome("http://127.0.0.1.evil.example:1", &allowed));
        assert!(!origin_is_welcome("http://127.0.0.1:1x", &allowed));
        for origin in ["http://127.0.0.1:9222", "http://[::1]:1", "http://127.0.0.1"] {
            assert!(origin_is_loopback(origin), "{origin}");
        }
        for origin in
            ["http://localhost:1", "http://10.0.0.1", "https://127.0.0.1", "http://127.0.0.1.evil.example", "null"]
        {
            assert!(!origin_is_loopback(origin), "{origin}");
        }
    }
}
