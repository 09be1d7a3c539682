//! Names of event patterns, as function breakpoints and loop filters give them: `timer:*`, `fs.readFile`,
//! `http.request`. The result is a filter of the `EventLoop` domain.

use rondo_protocol::CallbackKind as Kind;
use rondo_protocol::filter::Filter;

/// A group of kinds under the name that people use.
fn kinds_of(name: &str) -> Option<Vec<Kind>> {
    let kinds = match name {
        "*" | "callback" => return Some(Vec::new()),
        "timer" | "timers" => vec![Kind::Timeout, Kind::Interval],
        "setTimeout" => vec![Kind::Timeout],
        "setInterval" => vec![Kind::Interval],
        "setImmediate" | "check" => vec![Kind::Immediate],
        "net" | "socket" | "tcp" => vec![Kind::Accept, Kind::Connect, Kind::Read, Kind::Write, Kind::Close],
        "http" | "https" => vec![Kind::Accept, Kind::Connect, Kind::Read, Kind::Write, Kind::Close],
        "io" | "poll" => vec![
            Kind::Accept,
            Kind::Connect,
            Kind::Read,
            Kind::Write,
            Kind::Listen,
            Kind::Fs,
            Kind::Dns,
            Kind::Crypto,
            Kind::Zlib,
            Kind::Child,
            Kind::Signal,
            Kind::Stdio,
            Kind::Message,
            Kind::Watch,
        ],
        "promise" | "await" | "queueMicrotask" => vec![Kind::Microtask],
        "process.nextTick" => vec![Kind::NextTick],
        "child_process" => vec![Kind::Child],
        "connection" => vec![Kind::Accept],
        _ => vec![Kind::from_name(name)?],
    };
    Some(kinds)
}

/// Kinds of one event of a group: `http.request`, `net:connection`.
fn event_of(group: &str, event: &str) -> Option<Vec<Kind>> {
    let kinds = match (group, event) {
        (_, "*" | "callback") => return kinds_of(group),
        ("http" | "https", "request" | "response") => vec![Kind::Read],
        ("http" | "https" | "net" | "tcp" | "socket", "connection") => vec![Kind::Accept],
        ("http" | "https" | "net" | "tcp" | "socket", "data" | "end" | "read") => vec![Kind::Read],
        ("net" | "tcp" | "socket", "connect") => vec![Kind::Connect],
        ("net" | "tcp" | "socket", "drain" | "write") => vec![Kind::Write],
        ("net" | "tcp" | "socket" | "http" | "https", "close") => vec![Kind::Close],
        _ => return None,
    };
    Some(kinds)
}

/// The filter that `name` means, if it is the name of an event.
pub fn filter(name: &str) -> Option<Filter> {
    let name = name.trim();
    if let Some(kinds) = kinds_of(name) {
        return Some(of_kinds(kinds));
    }
    let (group, rest) = name.split_once([':', '.'])?;
    if let Some(kinds) = event_of(group, rest) {
        return Some(of_kinds(kinds));
    }
    // `fs.readFile` and `fs.readFile:callback` are methods of one kind; what they do is in the resource.
    let kinds = kinds_of(group)?;
    let resource = rest.strip_suffix(":callback").unwrap_or(rest);
    let is_method = name.as_bytes()[group.len()] == b'.';
    let wanted = if is_method { name[..group.len() + 1 + resource.len()].to_owned() } else { resource.to_owned() };
    (!resource.is_empty()).then(|| Filter { resource: Some(wanted), ..of_kinds(kinds) })
}

fn of_kinds(kinds: Vec<Kind>) -> Filter {
    Filter { kinds: (!kinds.is_empty()).then_some(kinds), ..Filter::default() }
}

/// A condition in the words of a loop filter as one over `loop`, the callback.
pub fn condition(text: &str) -> String {
    format!(
        "((kind, phase, turn, resource, lateMs, scheduledAt, cause) => (\n{text}\n))(loop.kind, loop.phase, loop.turn, \
         loop.resource, (loop.queueUs ?? ((loop.startedAt - loop.readyAt) || 0)) / 1000, \
         loop.scheduledBy && loop.scheduledBy[0] ? loop.scheduledBy[0].url + ':' + \
         (loop.scheduledBy[0].lineNumber + 1) : '', loop.chainId)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, kinds: Option<&[Kind]>, resource: Option<&str>) {
        let found = filter(name).expect(name);
        assert_eq!((found.kinds.as_deref(), found.resource.as_deref()), (kinds, resource), "{name}");
    }

    #[test]
    fn names_of_events() {
        check("timer:*", Some(&[Kind::Timeout, Kind::Interval]), None);
        check("timeout", Some(&[Kind::Timeout]), None);
        check("fs:*", Some(&[Kind::Fs]), None);
        check("fs.readFile", Some(&[Kind::Fs]), Some("fs.readFile"));
        check("fs.readFile:callback", Some(&[Kind::Fs]), Some("fs.readFile"));
        check("fs:data.json", Some(&[Kind::Fs]), Some("data.json"));
        check("http.request", Some(&[Kind::Read]), None);
        check("net:connection", Some(&[Kind::Accept]), None);
        check("process.nextTick", Some(&[Kind::NextTick]), None);
        check("*", None, None);
    }

    #[test]
    fn names_of_functions_are_none() {
        for name in ["handler", "app.handle", "a:b", "", "fs:"] {
            assert_eq!(filter(name), None, "{name}");
        }
    }
}
