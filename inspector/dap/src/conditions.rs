//! What a breakpoint asks of the program before it stops: condition, hit count and log message as one expression,
//! evaluated inside the program, so that a breakpoint that does not stop costs no pause.

use crate::error::Error;
use crate::target::BINDING;

/// A piece of a log message.
#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    Expression(String),
}

/// The expression for V8, empty when the breakpoint always stops.
pub fn expression(id: i64, condition: Option<&str>, hits: Option<&str>, log: Option<&str>) -> Result<String, Error> {
    let mut parts = Vec::new();
    if let Some(condition) = given(condition) {
        // On lines of its own: a comment at its end must not hide what follows.
        parts.push(format!("(\n{condition}\n)"));
    }
    if let Some(hits) = given(hits) {
        parts.push(hit_test(id, hits)?);
    }
    if let Some(log) = given(log) {
        parts.push(report(id, log));
    }
    Ok(parts.join(" && "))
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// `>5`, `>= 5`, `<3`, `%2`, `==5` and `5`, which means the fifth.
fn hit_test(id: i64, text: &str) -> Result<String, Error> {
    let operators = ["===", "==", ">=", "<=", ">", "<", "%", "="];
    let operator = operators.into_iter().find(|operator| text.starts_with(operator)).unwrap_or("");
    let number: u64 = text[operator.len()..]
        .trim()
        .parse()
        .map_err(|_| Error::user(format!("the hit condition {text:?} is not one of 5, >5, >=5, <5, <=5, %5")))?;
    let test = match operator {
        "%" if number == 0 => return Err(Error::user("the hit condition %0 would never be true")),
        "%" => format!("% {number} === 0"),
        ">" | ">=" | "<" | "<=" => format!("{operator} {number}"),
        _ => format!("=== {number}"),
    };
    let count = format!("{BINDING}['hits{id}']");
    Ok(format!("({count} = ({count} || 0) + 1) {test}"))
}

/// Sends the message through the binding; an expression that throws is told in its place.
fn report(id: i64, log: &str) -> String {
    let pieces: Vec<String> = pieces(log)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => json_text(&text),
            Piece::Expression(code) => format!(
                "(() => {{ try {{ return (v => typeof v === 'string' ? v : typeof v === 'object' && v !== null && \
             !(v instanceof Error) ? JSON.stringify(v) ?? String(v) : String(v))((\n{code}\n)) }} \
             catch (e) {{ return '<' + e + '>' }} }})()"
            ),
        })
        .collect();
    format!("({BINDING}(JSON.stringify([{id}, [{}].join('')])), false)", pieces.join(", "))
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Splits at `{expression}`; braces inside an expression pair up, `\{` is a brace, one without its end is text.
fn pieces(log: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = log;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\\{") {
            text.push('{');
            rest = after;
        } else if let Some((code, after)) = braced(rest) {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Expression(code.to_owned()));
            rest = after;
        } else {
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// The expression between braces at the start of `text`, and what follows.
fn braced(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let mut depth = 0;
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                let code = inner[..at].trim();
                return (!code.is_empty()).then_some((code, &inner[at + 1..]));
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_hits(text: &str, expected: Result<&str, ()>) {
        let found = hit_test(7, text);
        let prefix = "(__rondoDap['hits7'] = (__rondoDap['hits7'] || 0) + 1) ";
        match expected {
            Ok(test) => assert_eq!(found.expect("it is one"), format!("{prefix}{test}"), "{text}"),
            Err(()) => assert!(matches!(found, Err(Error::User(_))), "{text}"),
        }
    }

    #[test]
    fn hit_conditions() {
        check_hits("5", Ok("=== 5"));
        check_hits("==5", Ok("=== 5"));
        check_hits(">5", Ok("> 5"));
        check_hits(">= 5", Ok(">= 5"));
        check_hits("<3", Ok("< 3"));
        check_hits("%2", Ok("% 2 === 0"));
        check_hits("%0", Err(()));
        check_hits("many", Err(()));
        check_hits(">", Err(()));
    }

    #[test]
    fn log_messages_are_split_at_their_expressions() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let code = |code: &str| Piece::Expression(code.to_owned());
        assert_eq!(pieces("a {b} c"), [text("a "), code("b"), text(" c")]);
        assert_eq!(pieces("{ {x: 1}.x }"), [code("{x: 1}.x")]);
        assert_eq!(pieces(r"\{b} {} {open"), [text("{b} {} {open")]);
        assert_eq!(pieces("ä{ü}"), [text("ä"), code("ü")]);
    }

    #[test]
    fn parts_are_joined_in_the_order_of_their_meaning() {
        assert_eq!(expression(1, None, None, Some(" ")), Ok(String::new()));
        let all = expression(1, Some("a // b"), Some("%2"), Some("x")).expect("all are fine");
        assert!(all.starts_with("(\na // b\n) && (__rondoDap"), "{all}");
        assert!(all.ends_with("(__rondoDap(JSON.stringify([1, [\"x\"].join('')])), false)"), "{all}");
    }
}
