//! Which builtin of the engine a line calls, read from the source: V8's stacks for embedders have no frames of builtins.
//!
//! A stack whose innermost frame stands at a call, without a frame of the function that is called, was taken inside a
//! builtin. One that an opaque builtin delayed stands a little later; then the call before it is the one.

/// Characters of a call that are told.
const TEXT_CHARS_MAX: usize = 80;
/// How far back a call is looked for.
const BACK_CHARS_MAX: usize = 2000;

/// A call of a builtin, as the source has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Callee {
    /// `JSON.parse`, `RegExp.test`, `sort`.
    pub op: String,
    /// The call's text, cut.
    pub text: String,
}

/// Builtins whose work grows with their input: the property or function, what must stand before it, and their name.
const KNOWN: &[(&str, Option<&str>, &str)] = &[
    ("parse", Some("JSON"), "JSON.parse"),
    ("stringify", Some("JSON"), "JSON.stringify"),
    ("Module", Some("WebAssembly"), "WebAssembly.Module"),
    ("Instance", Some("WebAssembly"), "WebAssembly.Instance"),
    ("validate", Some("WebAssembly"), "WebAssembly.validate"),
    ("wait", Some("Atomics"), "Atomics.wait"),
    ("test", None, "RegExp.test"),
    ("exec", None, "RegExp.exec"),
    ("match", None, "RegExp in String.match"),
    ("matchAll", None, "RegExp in String.matchAll"),
    ("search", None, "RegExp in String.search"),
    ("replace", None, "String.replace"),
    ("replaceAll", None, "String.replaceAll"),
    ("split", None, "String.split"),
    ("normalize", None, "String.normalize"),
    ("repeat", None, "String.repeat"),
    ("localeCompare", None, "String.localeCompare"),
    ("sort", None, "sort"),
    ("toSorted", None, "toSorted"),
    ("reverse", None, "reverse"),
    ("toReversed", None, "toReversed"),
    ("join", None, "join"),
    ("concat", None, "concat"),
    ("fill", None, "fill"),
    ("from", None, "from"),
    ("indexOf", None, "indexOf"),
    ("lastIndexOf", None, "lastIndexOf"),
    ("includes", None, "includes"),
    ("flat", None, "flat"),
    ("slice", None, "slice"),
    ("splice", None, "splice"),
    ("copyWithin", None, "copyWithin"),
    ("fromEntries", Some("Object"), "Object.fromEntries"),
    ("entries", Some("Object"), "Object.entries"),
    ("keys", Some("Object"), "Object.keys"),
    ("values", Some("Object"), "Object.values"),
    ("assign", Some("Object"), "Object.assign"),
    ("groupBy", None, "groupBy"),
    ("BigInt", None, "BigInt"),
    ("toString", None, "toString"),
];

/// The builtin that is called at `at`, a byte offset where V8 says that a frame stands.
pub fn called_at(source: &str, at: usize) -> Option<Callee> {
    let rest = source.get(at..)?;
    if let Some(name) = rest.strip_prefix("new ") {
        let path: &str = name.trim_start().split(|c: char| !is_name(c) && c != '.').next()?;
        let (receiver, name) = path.rsplit_once('.').map_or((None, path), |(before, name)| (Some(before), name));
        return known(name, receiver).map(|op| Callee { op, text: text_of(source, at, at) });
    }
    let name_end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
    let name = &rest[..name_end];
    if name.is_empty() || !is_call(&rest[name_end..]) {
        return None;
    }
    let begins = receiver_begin(source, at);
    known(name, receiver(&source[begins..at])).map(|op| Callee { op, text: text_of(source, begins, at) })
}

/// A call that came before a place.
#[derive(Debug, PartialEq)]
pub struct Before {
    pub at: usize,
    pub callee: Callee,
    /// The function of the same script in whose body it stands, where it is another one.
    pub function: Option<String>,
}

/// The call that held the thread before an interrupt was served at `at`. A function that is entered looks for interrupts,
/// so what ran before was a builtin called here, or the last one called in a function called here that has returned.
/// Comments and texts count as code: this is a guess, and is told as one.
pub fn called_before(source: &str, at: usize) -> Option<Before> {
    for index in calls_before(source, at) {
        if let Some(callee) = called_at(source, index) {
            return Some(Before { at: index, callee, function: None });
        }
        let name = &source[index..index + source[index..].find(|c: char| !is_name(c))?];
        if let Some(body) = body_of(source, name).filter(|body| !body.contains(&index)) {
            let inner = calls_before(source, body.end).take_while(|inner| *inner > body.start);
            let found = inner.filter_map(|inner| called_at(source, inner).map(|callee| (inner, callee))).next()?;
            return Some(Before { at: found.0, callee: found.1, function: Some(name.to_owned()) });
        }
    }
    None
}

/// Offsets of the names that are called before `at`, the nearest first.
fn calls_before(source: &str, at: usize) -> impl Iterator<Item = usize> {
    let mut from = at.saturating_sub(BACK_CHARS_MAX);
    while !source.is_char_boundary(from) {
        from += 1;
    }
    let before = source.get(from..at).unwrap_or("");
    let begins = before
        .char_indices()
        .rev()
        .filter(|(index, c)| is_name(*c) && !before[..*index].chars().next_back().is_some_and(is_name));
    begins.map(move |(index, _)| from + index).filter_map(move |index| {
        let rest = &source[index..];
        let name_end = rest.find(|c: char| !is_name(c))?;
        let is_keyword = ["if", "for", "while", "switch", "catch", "function"].contains(&&rest[..name_end]);
        if is_keyword || !is_call(&rest[name_end..]) {
            return None;
        }
        // V8's position of `new WebAssembly.Module` is that of `new`.
        let path = index - (source[..index].len() - source[..index].trim_end_matches(|c| is_name(c) || c == '.').len());
        Some(if source[..path].ends_with("new ") { path - 4 } else { index })
    })
}

/// The body of the function `name` of this script, between its brackets.
fn body_of(source: &str, name: &str) -> Option<std::ops::Range<usize>> {
    if name.len() < 2 {
        return None;
    }
    let is_definition = |index: usize| {
        let (before, after) = (source[..index].trim_end(), source[index + name.len()..].trim_start());
        let whole = !source[..index].chars().next_back().is_some_and(is_name);
        let assigned =
            after.strip_prefix('=').or(after.strip_prefix(':')).map(str::trim_start).is_some_and(|value| {
                value.starts_with("function") || value.starts_with("async") || value.starts_with('(')
            });
        let is_method = || {
            let end = after.find(')').map(|end| after[end + 1..].trim_start());
            after.starts_with('(') && !before.ends_with('.') && end.is_some_and(|rest| rest.starts_with('{'))
        };
        whole && (before.ends_with("function") || assigned || is_method())
    };
    let index = source.match_indices(name).map(|(index, _)| index).find(|index| is_definition(*index))?;
    let open = index + source[index..].find('{')?;
    let mut depth = 0_u32;
    for (offset, c) in source[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + 1..open + offset);
        }
    }
    None
}

/// Whether a frame at `at` has just entered its function: then it stands at the parameters.
pub fn is_entry(source: &str, at: usize) -> bool {
    let Some(rest) = source.get(at..) else { return false };
    let name_end = rest.find(|c: char| !is_name(c)).unwrap_or(0);
    rest.starts_with('(') || rest[name_end..].trim_start().starts_with("=>")
}

fn known(name: &str, receiver: Option<&str>) -> Option<String> {
    let found = KNOWN.iter().find(|(one, wanted, _)| *one == name && wanted.is_none_or(|w| receiver == Some(w)))?;
    Some(found.2.to_owned())
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn is_call(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with('(') || rest.starts_with("?.(")
}

/// Where the expression begins whose property stands at `at`, on the same line.
fn receiver_begin(source: &str, at: usize) -> usize {
    let line = &source[source[..at].rfind('\n').map_or(0, |index| index + 1)..at];
    if !line.ends_with('.') {
        return at;
    }
    let mut depth = 0_u32;
    let mut in_pattern = false;
    for (index, c) in line.char_indices().rev() {
        match c {
            // A pattern may hold anything; its flags are names.
            '/' => in_pattern = !in_pattern,
            _ if in_pattern => {}
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            '?' if line[index..].starts_with("?.") => {}
            '.' => {}
            _ if depth > 0 || is_name(c) => {}
            _ => return at - line.len() + index + c.len_utf8(),
        }
    }
    at - line.len() + (line.len() - line.trim_start().len())
}

/// `JSON` of `JSON.`, `x.y` of `x.y?.`.
fn receiver(before: &str) -> Option<&str> {
    let receiver = before.strip_suffix('.')?;
    Some(receiver.strip_suffix('?').unwrap_or(receiver))
}

/// The call that begins at `begin` and whose brackets open behind `name`, up to their end, on one line.
fn text_of(source: &str, begin: usize, name: usize) -> String {
    let mut depth = 0_u32;
    let mut text = source[begin..name].to_owned();
    for c in source[name..].chars().take_while(|c| *c != '\n') {
        if text.chars().count() >= TEXT_CHARS_MAX {
            text.push('…');
            break;
        }
        text.push(c);
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => break,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{called_at, called_before, is_entry};

    /// `|` marks the position.
    fn at(marked: &str) -> Option<(String, String)> {
        let at = marked.find('|').expect("a mark");
        called_at(&marked.replace('|', ""), at).map(|callee| (callee.op, callee.text))
    }

    fn before(marked: &str) -> Option<String> {
        let at = marked.find('|').expect("a mark");
        called_before(&marked.replace('|', ""), at).map(|before| before.callee.text)
    }

    fn pair(op: &str, text: &str) -> Option<(String, String)> {
        Some((op.to_owned(), text.to_owned()))
    }

    #[test]
    fn a_call_of_a_builtin_is_named() {
        assert_eq!(at("const rows = JSON.|parse(text);"), pair("JSON.parse", "JSON.parse(text)"));
        assert_eq!(at("end(String(/^(a+)+$/.|test(text)));"), pair("RegExp.test", "/^(a+)+$/.test(text)"));
        assert_eq!(at("  numbers.|sort();"), pair("sort", "numbers.sort()"));
        assert_eq!(at("x = a.b(c)[1].|sort((p, q) => p - q), 1"), pair("sort", "a.b(c)[1].sort((p, q) => p - q)"));
        assert_eq!(at("y = |new WebAssembly.Module(b)"), pair("WebAssembly.Module", "new WebAssembly.Module(b)"));
    }

    #[test]
    fn other_code_is_not() {
        assert_eq!(at("url.|parse(text)"), None);
        assert_eq!(at("function use|(rows) {"), None);
        assert_eq!(at("live.|push({ a: 1 })"), None);
        assert_eq!(at("const |sort = 1;"), None);
    }

    #[test]
    fn the_call_before_is_the_nearest_one() {
        assert_eq!(before("a.sort();\nJSON.parse(b);\nresponse.|end()").as_deref(), Some("JSON.parse(b)"));
        assert_eq!(
            before("use(Float64Array.from(a).sort(), 1); |use()").as_deref(),
            Some("Float64Array.from(a).sort()")
        );
        assert_eq!(before("m = new WebAssembly.Module(b);\n|run(m)").as_deref(), Some("new WebAssembly.Module(b)"));
        assert_eq!(before("work(); |use()"), None);
        let returned = "function parseIt(a) {\n  return JSON.parse(a);\n}\nconst rows = parseIt(b); |use(rows)";
        assert_eq!(before(returned).as_deref(), Some("JSON.parse(a)"));
        assert_eq!(before("JSON.parse(a);\nconst work = () => { spin() };\nwork(); |use()"), None);
    }

    #[test]
    fn an_entry_stands_at_the_parameters() {
        let entry = |marked: &str| is_entry(&marked.replace('|', ""), marked.find('|').expect("a mark"));
        assert!(entry("function use|(rows) {") && entry("const f = |rows => rows") && entry("f = |(rows) => 1"));
        assert!(!entry("|use(rows)") && !entry("JSON.|parse(text)"));
    }
}
