//! Comments that silence rules.
//!
//! `rondo-disable-next-line RULE …` and `rondo-disable-line RULE …` silence one line, `rondo-disable RULE …` the rest of
//! the file; without a rule they silence all. Text after ` -- ` is a reason.

use oxc::semantic::Semantic;

use crate::finding::Finding;
use crate::text::Text;

#[derive(Debug, Default, Clone)]
pub struct Suppressions {
    lines: Vec<(u32, Rules)>,
    /// From this offset on.
    rests: Vec<(u32, Rules)>,
}

/// The rules a comment names; none means all.
type Rules = Vec<String>;

impl Suppressions {
    pub fn new(semantic: &Semantic<'_>, text: &Text) -> Suppressions {
        let mut found = Suppressions::default();
        for comment in semantic.comments() {
            let content = comment.content_span();
            let words = text.as_str().get(content.start as usize..content.end as usize).unwrap_or("").trim();
            let Some((what, rules)) = read(words) else { continue };
            let line = text.line_of(comment.span.end);
            match what {
                "next-line" => found.lines.push((line + 1, rules)),
                "line" => found.lines.push((line, rules)),
                _ => found.rests.push((comment.span.start, rules)),
            }
        }
        found
    }

    pub fn silences(&self, finding: &Finding, text: &Text) -> bool {
        let line = text.line_of(finding.span.start);
        let names = |rules: &Rules| rules.is_empty() || rules.iter().any(|rule| rule == finding.rule);
        self.lines.iter().any(|(at, rules)| *at == line && names(rules))
            || self.rests.iter().any(|(from, rules)| *from <= finding.span.start && names(rules))
    }
}

fn read(comment: &str) -> Option<(&'static str, Rules)> {
    let rest = comment.trim_start_matches('*').trim_start().strip_prefix("rondo-disable")?;
    let (what, rest) = match rest {
        rest if rest.starts_with("-next-line") => ("next-line", &rest["-next-line".len()..]),
        rest if rest.starts_with("-line") => ("line", &rest["-line".len()..]),
        rest => ("file", rest),
    };
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rules = rest.split(" -- ").next().unwrap_or("");
    Some((what, rules.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_the_comment() {
        assert_eq!(read("rondo-disable-next-line loop/sync-io"), Some(("next-line", vec!["loop/sync-io".to_owned()])));
        assert_eq!(read("rondo-disable a, b -- start-up only"), Some(("file", vec!["a".to_owned(), "b".to_owned()])));
        assert_eq!(read("rondo-disable-line"), Some(("line", vec![])));
        assert_eq!(read("rondo-disabled"), None);
    }
}
