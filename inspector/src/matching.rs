//! Whether a callback is one that a step or a breakpoint means.

use regex::{Regex, RegexBuilder};
use rondo_protocol::CallbackKind;
use rondo_protocol::callback::Callback;
use rondo_protocol::filter::Filter;

/// Compiled size of a client's regular expression.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// A filter with its regular expression compiled.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    filter: Filter,
    created_at: Option<Regex>,
}

impl Matcher {
    pub fn new(filter: Filter) -> Result<Matcher, String> {
        let regex = |text: &str| {
            RegexBuilder::new(text).size_limit(REGEX_BYTES_MAX).build().map_err(|error| format!("urlRegex: {error}"))
        };
        let created_at = filter.created_at.as_ref().map(|at| regex(&at.url_regex)).transpose()?;
        Ok(Matcher { filter, created_at })
    }

    /// Whether it must be known where callbacks were scheduled.
    pub fn needs_origins(&self) -> bool {
        self.created_at.is_some()
    }

    pub fn includes_internal(&self) -> bool {
        self.filter.include_internal == Some(true)
    }

    pub fn matches(&self, callback: &Callback) -> bool {
        let Filter { kinds, phases, chain_id, resource, .. } = &self.filter;
        let named = |wanted: &String| callback.resource.as_ref().is_some_and(|name| name.contains(wanted.as_str()));
        (self.includes_internal() || is_users(callback))
            && kinds.as_ref().is_none_or(|kinds| kinds.contains(&callback.kind))
            && phases.as_ref().is_none_or(|phases| phases.contains(&callback.phase))
            && chain_id.is_none_or(|chain| chain == callback.chain_id)
            && resource.as_ref().is_none_or(named)
            && self.created_where_wanted(callback)
    }

    fn created_where_wanted(&self, callback: &Callback) -> bool {
        let (Some(regex), Some(at)) = (&self.created_at, &self.filter.created_at) else { return true };
        // The innermost frame scheduled it; the others are how the program came there.
        let site = callback.scheduled_by.as_ref().and_then(|sites| sites.first());
        site.is_some_and(|site| at.line_number.is_none_or(|line| line == site.line_number) && regex.is_match(&site.url))
    }
}

/// Whether it can enter code of the user at all.
fn is_users(callback: &Callback) -> bool {
    callback.kind != CallbackKind::Inspector
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_protocol::Phase;
    use rondo_protocol::filter::CreatedAt;
    use rondo_protocol::id::TaskId;
    use rondo_protocol::site::Site;

    fn callback() -> Callback {
        Callback {
            id: TaskId(7),
            kind: CallbackKind::Timeout,
            phase: Phase::Timers,
            turn: 1,
            seq: 7,
            resource: Some("/tmp/data.json".to_owned()),
            trigger_id: None,
            chain_id: TaskId(3),
            scheduled_at: None,
            ready_at: None,
            started_at: None,
            duration_us: None,
            queue_us: None,
            definition: None,
            scheduled_by: Some(vec![Site { url: "file:///app.js".to_owned(), line_number: 11, ..Site::default() }]),
            shares: None,
        }
    }

    fn check(filter: Filter, expected: bool) {
        assert_eq!(Matcher::new(filter.clone()).expect("a good filter").matches(&callback()), expected, "{filter:?}");
    }

    #[test]
    fn all_given_fields_must_match() {
        check(Filter::default(), true);
        check(Filter { kinds: Some(vec![CallbackKind::Timeout, CallbackKind::Fs]), ..Filter::default() }, true);
        check(Filter { kinds: Some(vec![CallbackKind::Fs]), ..Filter::default() }, false);
        check(Filter { phases: Some(vec![Phase::Poll]), ..Filter::default() }, false);
        check(Filter { chain_id: Some(TaskId(3)), resource: Some("data".to_owned()), ..Filter::default() }, true);
        check(Filter { chain_id: Some(TaskId(4)), ..Filter::default() }, false);
        let at = |line_number| Some(CreatedAt { url_regex: "app\\.js$".to_owned(), line_number });
        check(Filter { created_at: at(Some(11)), ..Filter::default() }, true);
        check(Filter { created_at: at(None), ..Filter::default() }, true);
        check(Filter { created_at: at(Some(12)), ..Filter::default() }, false);
    }

    #[test]
    fn the_inspectors_own_work_matches_only_on_demand() {
        let own = Callback { kind: CallbackKind::Inspector, ..callback() };
        assert!(!Matcher::new(Filter::default()).expect("good").matches(&own));
        let all = Filter { include_internal: Some(true), ..Filter::default() };
        assert!(Matcher::new(all).expect("good").matches(&own));
    }

    #[test]
    fn a_bad_expression_is_an_error() {
        let created_at = Some(CreatedAt { url_regex: "(".to_owned(), line_number: None });
        assert!(Matcher::new(Filter { created_at, ..Filter::default() }).is_err());
    }
}
