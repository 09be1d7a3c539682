//! What a pause says to people: the name that front ends know the callback by, and one readable sentence.

use rondo_protocol::CallbackKind;
use rondo_protocol::callback::Callback;

/// The `data.eventName` of a pause; front ends have texts for the first two.
pub(crate) fn event_name(kind: CallbackKind) -> String {
    match kind {
        CallbackKind::Timeout => "instrumentation:setTimeout.callback".to_owned(),
        CallbackKind::Interval => "instrumentation:setInterval.callback".to_owned(),
        CallbackKind::Immediate => "instrumentation:setImmediate.callback".to_owned(),
        other => format!("instrumentation:{}.callback", other.as_str()),
    }
}

/// The kinds that an instrumentation breakpoint's name means; `None` for a name that no callback has.
pub(crate) fn kind_of_event(name: &str) -> Option<CallbackKind> {
    let name = name.strip_prefix("instrumentation:").unwrap_or(name);
    match name.strip_suffix(".callback")? {
        "setTimeout" => Some(CallbackKind::Timeout),
        "setInterval" => Some(CallbackKind::Interval),
        "setImmediate" => Some(CallbackKind::Immediate),
        other => CallbackKind::from_name(other),
    }
}

/// `timers · setTimeout callback #184 · scheduled by poll() app.js:12 · 3.2 ms late`
pub(crate) fn sentence(callback: &Callback) -> String {
    let mut parts = vec![callback.phase.as_str().to_owned()];
    let mut what = format!("{} callback #{}", function_name(callback.kind), callback.id);
    if let Some(resource) = &callback.resource {
        what.push_str(&format!(" of {resource}"));
    }
    parts.push(what);
    if let Some(site) = callback.scheduled_by.as_ref().and_then(|sites| sites.first()) {
        let place = site.short();
        parts.push(match site.function_name.as_str() {
            "" => format!("scheduled at {place}"),
            name => format!("scheduled by {name}() {place}"),
        });
    }
    if let Some(late_us) = lateness_us(callback) {
        parts.push(format!("{:.1} ms late", late_us as f64 / 1000.0));
    }
    parts.join(" · ")
}

/// How long it has been ready when it starts, unless that is nothing.
fn lateness_us(callback: &Callback) -> Option<u64> {
    let late = callback.queue_us.or_else(|| callback.started_at?.checked_sub(callback.ready_at?))?;
    // Below the unit that is printed.
    (late >= 50).then_some(late)
}

fn function_name(kind: CallbackKind) -> &'static str {
    match kind {
        CallbackKind::Timeout => "setTimeout",
        CallbackKind::Interval => "setInterval",
        CallbackKind::Immediate => "setImmediate",
        CallbackKind::NextTick => "process.nextTick",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_protocol::Phase;
    use rondo_protocol::id::TaskId;
    use rondo_protocol::site::Site;

    #[test]
    fn a_pause_says_what_it_is() {
        let site = Site {
            url: "file:///srv/app.js".to_owned(),
            line_number: 11,
            function_name: "poll".to_owned(),
            ..Site::default()
        };
        let callback = Callback {
            id: TaskId(184),
            kind: CallbackKind::Timeout,
            phase: Phase::Timers,
            turn: 1,
            seq: 184,
            resource: None,
            trigger_id: None,
            chain_id: TaskId(1),
            scheduled_at: None,
            ready_at: Some(1_000_000),
            started_at: Some(1_003_200),
            duration_us: None,
            queue_us: None,
            definition: None,
            scheduled_by: Some(vec![site]),
            shares: None,
        };
        assert_eq!(
            sentence(&callback),
            "timers · setTimeout callback #184 · scheduled by poll() app.js:12 · 3.2 ms late"
        );
        let bare = Callback { scheduled_by: None, ready_at: None, resource: Some("x".to_owned()), ..callback };
        assert_eq!(sentence(&bare), "timers · setTimeout callback #184 of x");
    }

    #[test]
    fn names_go_both_ways() {
        for kind in CallbackKind::ALL {
            assert_eq!(kind_of_event(&event_name(kind)), Some(kind));
        }
        assert_eq!(kind_of_event("setTimeout"), None);
    }
}
