//! The texts of the core modules inside the program.

use std::collections::BTreeSet;
use std::ptr;

/// What `build.rs` makes of a file.
pub enum Text {
    /// V8 reads it where it is.
    Ascii(v8::OneByteConst),
    /// V8 makes a copy in its own encoding.
    Unicode(&'static str),
}

include!(concat!(env!("OUT_DIR"), "/core_modules.rs"));

pub fn core_ids() -> Vec<&'static str> {
    CORE_MODULES.iter().map(|(id, _)| *id).collect()
}

pub fn is_there(id: &str) -> bool {
    find(id).is_some()
}

pub fn make_string<'s>(scope: &mut v8::PinScope<'s, '_>, id: &str) -> Option<v8::Local<'s, v8::String>> {
    let made = match find(id)? {
        Text::Ascii(text) => v8::String::new_from_onebyte_const(scope, text),
        Text::Unicode(text) => v8::String::new(scope, text),
    };
    Some(made.expect("core modules fit a string"))
}

/// Lists the texts that a snapshot names by their addresses, in an order that is the same in every process.
pub fn list_texts(addresses: &mut Vec<v8::ExternalReference>) {
    for (_, text) in CORE_MODULES {
        if let Text::Ascii(text) = text {
            addresses.push(v8::ExternalReference { pointer: ptr::from_ref(text).cast_mut().cast() });
        }
    }
}

/// All words in the texts.
pub fn words() -> Vec<&'static str> {
    let texts = CORE_MODULES.iter().map(|(_, text)| match text {
        Text::Ascii(text) => text.as_str(),
        Text::Unicode(text) => text,
    });
    let words = texts.flat_map(|text| text.split(|one: char| !one.is_ascii_alphanumeric() && one != '_'));
    let words: BTreeSet<_> = words.filter(|word| !word.is_empty()).collect();
    words.into_iter().collect()
}

fn find(id: &str) -> Option<&'static Text> {
    let found = CORE_MODULES.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?;
    Some(&CORE_MODULES[found].1)
}
