//! A place in a script.

use serde::{Deserialize, Serialize};

/// One place in a script, with the function around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    pub url: String,
    pub line_number: u32,
    pub column_number: u32,
    pub function_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script_id: Option<String>,
}

impl Site {
    /// `file.js:12`, 1-based as people read it, with the last part of the path only.
    pub fn short(&self) -> String {
        let file = self.url.rsplit('/').next().unwrap_or(&self.url);
        format!("{}:{}", percent_decoded(file), self.line_number + 1)
    }
}

/// A part of a URL as people wrote it: `mein%20Programm.js` is `mein Programm.js`.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn a_short_site_is_as_people_wrote_it() {
        let check = |url: &str, expected: &str| {
            let site = Site { url: url.to_owned(), line_number: 11, ..Site::default() };
            assert_eq!(site.short(), expected);
        };
        check("file:///srv/app.js", "app.js:12");
        check("file:///srv/mein%20Programm%C3%A4.js", "mein Programmä.js:12");
        check("100%", "100%:12");
        check("a%zz%4", "a%zz%4:12");
    }
}
