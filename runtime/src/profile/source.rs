//! Lines of the program's files, for excerpts.

use std::collections::HashMap;

use rondo_protocol::site::Site;

/// Files larger than this are bundles: an excerpt of a line of one helps nobody.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Characters of an excerpt's line.
const LINE_CHARS_MAX: usize = 160;

#[derive(Default)]
pub struct Sources {
    files: HashMap<String, Option<Vec<String>>>,
}

impl Sources {
    /// The line of `site` and `around` lines on each side, each with its number from 1.
    pub fn excerpt(&mut self, site: &Site, around: u32) -> Vec<(u32, String)> {
        let lines = self.files.entry(site.url.clone()).or_insert_with(|| read(&site.url));
        let Some(lines) = lines else { return Vec::new() };
        let first = site.line_number.saturating_sub(around);
        (first..=site.line_number.saturating_add(around))
            .filter_map(|line| lines.get(line as usize).map(|text| (line + 1, cut(text))))
            .collect()
    }
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LINE_CHARS_MAX {
        return line.to_owned();
    }
    line.chars().take(LINE_CHARS_MAX).chain(['…']).collect()
}

fn read(url: &str) -> Option<Vec<String>> {
    let path = path_of(url)?;
    if std::fs::metadata(&path).ok()?.len() > FILE_BYTES_MAX {
        return None;
    }
    Some(std::fs::read_to_string(path).ok()?.lines().map(str::to_owned).collect())
}

/// The path of a script's URL; scripts that were evaluated have none.
pub fn path_of(url: &str) -> Option<String> {
    let Some(encoded) = url.strip_prefix("file://") else {
        return url.starts_with('/').then(|| url.to_owned());
    };
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `src/a.js:12:3 work`, 1-based, the path as seen from the working folder.
pub fn place(site: &Site) -> String {
    let path = path_of(&site.url).unwrap_or_else(|| site.url.clone());
    let here = std::env::current_dir().ok().map(|here| format!("{}/", here.display()));
    let path = here.and_then(|here| path.strip_prefix(&here).map(str::to_owned)).unwrap_or(path);
    let name = if site.function_name.is_empty() { String::new() } else { format!(" {}", site.function_name) };
    format!("{path}:{}:{}{name}", site.line_number + 1, site.column_number + 1)
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn urls_are_decoded() {
        assert_eq!(path_of("file:///a%20b/%C3%BC.js").as_deref(), Some("/a b/ü.js"));
        assert_eq!(path_of("evalmachine.<anonymous>"), None);
        assert_eq!(path_of("file:///a%2"), None);
    }
}
