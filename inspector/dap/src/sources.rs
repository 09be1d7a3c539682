//! Scripts of the target and the sources that they stand for: a file, a file that a source map names, or a text that
//! only the target has.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::{Value, json};
use url::Url;

use crate::dispatch::Reply;
use crate::error::Error;
use crate::session::Session;
use crate::source_maps::Map;
use crate::types::{Source, SourceArguments};

pub struct Script {
    pub id: String,
    pub url: String,
    pub path: Option<PathBuf>,
    pub map: Option<Rc<Map>>,
}

/// A place as the editor shows it; lines and columns from 0.
pub struct Shown {
    pub source: Source,
    pub line: i64,
    pub column: i64,
}

#[derive(Default)]
pub struct Sources {
    scripts: RefCell<HashMap<String, Rc<Script>>>,
    /// Numbers of texts that only the target has: the script, or one source in its map.
    references: RefCell<BTreeMap<i64, (String, Option<u32>)>>,
    last_reference: Cell<i64>,
}

impl Sources {
    pub fn add(&self, parsed: &Value) -> (Rc<Script>, Option<String>) {
        let text = |name: &str| parsed[name].as_str().unwrap_or("").to_owned();
        let (url, map_url) = (text("url"), text("sourceMapURL"));
        let (map, complaint) = match map_url.as_str() {
            "" => (None, None),
            map_url => match Map::load(&url, map_url) {
                Ok(map) => (Some(Rc::new(map)), None),
                Err(why) => (None, Some(format!("the source map of {url} can't be read: {why}"))),
            },
        };
        let script = Rc::new(Script { id: text("scriptId"), path: path_of(&url), url, map });
        self.scripts.borrow_mut().insert(script.id.clone(), script.clone());
        (script, complaint)
    }

    pub fn by_id(&self, id: &str) -> Option<Rc<Script>> {
        self.scripts.borrow().get(id).cloned()
    }

    /// Scripts that are, or are made of, the file at `path`; the newest first.
    pub fn of_path(&self, path: &Path) -> Vec<Rc<Script>> {
        let scripts = self.scripts.borrow();
        let is = |script: &&Rc<Script>| {
            script.path.as_deref() == Some(path) || script.map.as_ref().is_some_and(|map| map.number(path).is_some())
        };
        let mut found: Vec<_> = scripts.values().filter(is).cloned().collect();
        found.sort_by_key(|script| std::cmp::Reverse(script.id.parse::<u64>().unwrap_or(0)));
        found
    }

    /// The script that a reference of the editor means.
    pub fn by_reference(&self, reference: i64) -> Option<(Rc<Script>, Option<u32>)> {
        let (id, number) = self.references.borrow().get(&reference).cloned()?;
        Some((self.by_id(&id)?, number))
    }

    fn reference(&self, id: &str, number: Option<u32>) -> i64 {
        let wanted = (id.to_owned(), number);
        let mut references = self.references.borrow_mut();
        if let Some((reference, _)) = references.iter().find(|(_, known)| **known == wanted) {
            return *reference;
        }
        let reference = self.last_reference.get() + 1;
        self.last_reference.set(reference);
        references.insert(reference, wanted);
        reference
    }

    /// A place in a script as the editor shows it.
    pub fn shown(&self, script_id: &str, url: &str, line: i64, column: i64) -> Shown {
        let Some(script) = self.by_id(script_id) else {
            return Shown { source: unknown_source(url), line, column };
        };
        let at = |number: i64| u32::try_from(number).unwrap_or(0);
        let original = script.map.as_ref().and_then(|map| map.original(at(line), at(column)));
        if let Some(place) = original {
            let mut source = file_source(&place.path);
            let carried = script.map.as_ref().is_some_and(|map| map.text(place.number).is_some());
            if !place.path.exists() && carried {
                source.source_reference = self.reference(&script.id, Some(place.number));
            }
            return Shown { source, line: i64::from(place.line), column: i64::from(place.column) };
        }
        Shown { source: self.source_of(&script), line, column }
    }

    pub fn source_of(&self, script: &Script) -> Source {
        if let Some(path) = script.path.as_ref().filter(|path| path.exists()) {
            return file_source(path);
        }
        let mut source = unknown_source(&script.url);
        source.source_reference = self.reference(&script.id, None);
        source
    }

    pub fn all(&self) -> Vec<Source> {
        let mut scripts: Vec<_> = self.scripts.borrow().values().cloned().collect();
        scripts.sort_by_key(|script| script.id.parse::<u64>().unwrap_or(0));
        let mut found: Vec<Source> = Vec::new();
        for script in scripts.iter().filter(|script| is_told(script)) {
            found.push(self.source_of(script));
            found.extend(script.map.iter().flat_map(|map| map.paths().iter().map(|path| file_source(path))));
        }
        found
    }
}

/// Internal scripts are shown where they stand in a stack, and not listed.
pub fn is_told(script: &Script) -> bool {
    !script.url.is_empty() && !script.url.starts_with("node:")
}

fn file_source(path: &Path) -> Source {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Source { name, path: Some(path.to_string_lossy().into_owned()), ..Source::default() }
}

fn unknown_source(url: &str) -> Source {
    let internal = url.starts_with("node:");
    Source {
        name: Some(if url.is_empty() { "evaluated code".to_owned() } else { url.to_owned() }),
        presentation_hint: internal.then(|| "deemphasize".to_owned()),
        origin: internal.then(|| "the runtime's own script".to_owned()),
        ..Source::default()
    }
}

/// Scripts are known by `file:` URLs; older loaders give plain paths.
fn path_of(url: &str) -> Option<PathBuf> {
    if url.starts_with('/') {
        return Some(PathBuf::from(url));
    }
    let url = Url::parse(url).ok()?;
    (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten()
}

/// A regular expression for the URL of the file at `path`: plain or `file:`, with any characters percent-encoded.
pub fn url_regex(path: &str) -> String {
    let mut regex = String::from("^(?:file://)?");
    for character in path.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '/' | '-' | '_') {
            regex.push(character);
            continue;
        }
        let mut bytes = [0; 4];
        let encoded: String = character.encode_utf8(&mut bytes).bytes().map(percent).collect();
        let plain = if character.is_ascii_punctuation() { format!("\\{character}") } else { character.to_string() };
        regex.push_str(&format!("(?:{plain}|{encoded})"));
    }
    // Modules are loaded anew under a query.
    regex.push_str("(?:[?#].*)?$");
    regex
}

fn percent(byte: u8) -> String {
    let digit = |digit: u8| {
        let upper = char::from_digit(u32::from(digit), 16).map_or('0', |digit| digit.to_ascii_uppercase());
        if upper.is_ascii_digit() { upper.to_string() } else { format!("[{upper}{}]", upper.to_ascii_lowercase()) }
    };
    format!("%{}{}", digit(byte >> 4), digit(byte & 15))
}

impl Session {
    pub fn loaded_sources(&self) -> Result<Reply, Error> {
        Reply::of(json!({ "sources": self.target()?.sources.all() }))
    }

    pub async fn source(&self, asked: SourceArguments) -> Result<Reply, Error> {
        let target = self.target()?;
        let reference = asked.source.as_ref().map_or(0, |source| source.source_reference).max(asked.source_reference);
        if reference == 0 {
            let path = asked.source.and_then(|source| source.path).unwrap_or_default();
            let text = std::fs::read_to_string(&path).map_err(|error| Error::user(format!("{path:?}: {error}")))?;
            return Reply::of(json!({ "content": text }));
        }
        let found = target.sources.by_reference(reference);
        let (script, number) = found.ok_or_else(|| Error::user(format!("there is no source {reference}")))?;
        let carried = number.and_then(|number| script.map.as_ref()?.text(number).map(str::to_owned));
        let text = match carried {
            Some(text) => text,
            None => {
                let answer = target.call("Debugger.getScriptSource", json!({ "scriptId": script.id })).await?;
                answer["scriptSource"].as_str().unwrap_or("").to_owned()
            }
        };
        Reply::of(json!({ "content": text, "mimeType": "text/javascript" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regex_takes_every_spelling_of_a_path() {
        assert_eq!(url_regex("/a-b/c"), "^(?:file://)?/a-b/c(?:[?#].*)?$");
        assert_eq!(url_regex("/a.js"), "^(?:file://)?/a(?:\\.|%2[Ee])js(?:[?#].*)?$");
        assert_eq!(url_regex("/ü"), "^(?:file://)?/(?:ü|%[Cc]3%[Bb][Cc])(?:[?#].*)?$");
        assert_eq!(url_regex("/a b"), "^(?:file://)?/a(?: |%20)b(?:[?#].*)?$");
    }

    #[test]
    fn urls_are_paths_where_they_are_files() {
        assert_eq!(path_of("file:///a%20b.js"), Some(PathBuf::from("/a b.js")));
        assert_eq!(path_of("/a.js"), Some(PathBuf::from("/a.js")));
        assert_eq!(path_of("node:fs"), None);
        assert_eq!(path_of(""), None);
    }
}
