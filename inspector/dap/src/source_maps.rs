//! Source maps: what a script was made of, and where its lines come from. Inline in the script or in a file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sourcemap::{DecodedMap, SourceMap};
use url::Url;

/// Bytes of a map in a file.
const MAP_BYTES_MAX: u64 = 256 * 1024 * 1024;

pub struct Map {
    map: SourceMap,
    /// By the number of the source in the map.
    paths: Vec<PathBuf>,
    numbers: HashMap<PathBuf, u32>,
}

/// A place in a file; lines and columns from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub path: PathBuf,
    pub line: u32,
    pub column: u32,
    /// Its number in the map, for the text that the map may carry.
    pub number: u32,
}

impl Map {
    /// Reads the map of the script at `script_url`.
    pub fn load(script_url: &str, map_url: &str) -> Result<Map, String> {
        let base = Url::parse(script_url).ok();
        let (decoded, base) = if map_url.starts_with("data:") {
            (sourcemap::decode_data_url(map_url).map_err(|error| error.to_string())?, base)
        } else {
            let url = match &base {
                Some(base) => base.join(map_url).map_err(|error| error.to_string())?,
                None => Url::parse(map_url).map_err(|error| error.to_string())?,
            };
            let path = url.to_file_path().map_err(|()| format!("{url} is not a file"))?;
            let size = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
            if size > MAP_BYTES_MAX {
                return Err(format!("{}: larger than {MAP_BYTES_MAX} bytes", path.display()));
            }
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            (sourcemap::decode_slice(&bytes).map_err(|error| error.to_string())?, Some(url))
        };
        let map = match decoded {
            DecodedMap::Regular(map) => map,
            DecodedMap::Index(index) => index.flatten().map_err(|error| error.to_string())?,
            DecodedMap::Hermes(_) => return Err("a map of another engine's".to_owned()),
        };
        let paths: Vec<PathBuf> = map.sources().map(|source| absolute(source, base.as_ref())).collect();
        let numbers = paths.iter().enumerate().map(|(number, path)| (path.clone(), number as u32)).collect();
        Ok(Map { map, paths, numbers })
    }

    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Where a place of the script comes from.
    pub fn original(&self, line: u32, column: u32) -> Option<Place> {
        let token = self.map.lookup_token(line, column)?;
        if !token.has_source() || token.get_dst_line() != line {
            return None;
        }
        let number = token.get_src_id();
        let path = self.paths.get(number as usize)?.clone();
        Some(Place { path, line: token.get_src_line(), column: token.get_src_col(), number })
    }

    /// Where a line of a source went in the script: the first place of it, or of the next line that has one.
    pub fn generated(&self, path: &Path, line: u32, column: u32) -> Option<(u32, u32)> {
        let number = *self.numbers.get(path)?;
        let best = self
            .map
            .tokens()
            .filter(|token| token.has_source() && token.get_src_id() == number)
            .filter(|token| (token.get_src_line(), token.get_src_col()) >= (line, column))
            .min_by_key(|token| {
                (token.get_src_line(), token.get_src_col(), token.get_dst_line(), token.get_dst_col())
            })?;
        Some((best.get_dst_line(), best.get_dst_col()))
    }

    /// The text of a source, where the map carries it.
    pub fn text(&self, number: u32) -> Option<&str> {
        self.map.get_source_contents(number)
    }

    pub fn number(&self, path: &Path) -> Option<u32> {
        self.numbers.get(path).copied()
    }
}

fn absolute(source: &str, base: Option<&Url>) -> PathBuf {
    // Bundlers' own names of files below the project's folder.
    let source = source.strip_prefix("webpack:///").unwrap_or(source);
    let joined = match base {
        Some(base) => base.join(source).ok(),
        None => Url::parse(source).ok(),
    };
    joined.and_then(|url| url.to_file_path().ok()).unwrap_or_else(|| PathBuf::from(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_go_both_ways() {
        // One source line 1 → generated line 0; generated column 4 comes from column 2.
        let json =
            r#"{"version":3,"sources":["src/a.ts"],"sourcesContent":["\nlet a"],"names":[],"mappings":"AACA,IAAE"}"#;
        let path = std::env::temp_dir().join(format!("rondo-dap-map-{}.json", std::process::id()));
        std::fs::write(&path, json).expect("the folder is writable");
        let script = Url::from_file_path(path.with_file_name("out.js")).expect("absolute");
        let map = Map::load(script.as_str(), &path.file_name().expect("a name").to_string_lossy()).expect("a map");
        std::fs::remove_file(&path).expect("it was written");
        let source = path.with_file_name("src/a.ts");
        assert_eq!(map.original(0, 5), Some(Place { path: source.clone(), line: 1, column: 2, number: 0 }));
        assert_eq!(map.generated(&source, 1, 1), Some((0, 4)));
        assert_eq!(map.generated(&source, 0, 0), Some((0, 0)));
        assert_eq!(map.generated(&source, 2, 0), None);
        assert_eq!(map.text(0), Some("\nlet a"));
    }
}
