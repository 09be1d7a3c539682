//! The bytecode of core modules, inside the program: V8's code cache of each, with the functions that a usual program calls.
//! It is for what is not in the snapshot, and for realms that are not made from it.
//!
//! The format is ours: the length of the index, the index (of each module the lengths of its id and its cache, the place of
//! the cache, and the id), then the caches, each from a multiple of `ALIGNMENT` on. Numbers have four bytes.

use std::sync::OnceLock;

/// The code cache of modules, by id.
pub type Bytecode = Vec<(String, Vec<u8>)>;

/// V8 copies what does not begin at a multiple of a word.
const ALIGNMENT: usize = 16;

/// The bytes of a number.
const NUMBER: usize = 4;

static BYTECODE: OnceLock<&'static [u8]> = OnceLock::new();

/// Gives the program's bytecode, before anything runs.
pub fn provide(bytecode: &'static [u8]) {
    let _ = BYTECODE.set(bytecode);
}

/// What was prepared for that module.
pub fn find(id: &str) -> Option<&'static [u8]> {
    let all = *BYTECODE.get()?;
    let number = |from: &[u8]| u32::from_le_bytes(from[..NUMBER].try_into().expect("four bytes")) as usize;
    let index_length = all.first_chunk::<NUMBER>().map(|first| number(first))?;
    let mut index = &all[NUMBER..NUMBER + index_length];
    while !index.is_empty() {
        let (id_length, length, place) = (number(index), number(&index[NUMBER..]), number(&index[2 * NUMBER..]));
        let (known, rest) = index[3 * NUMBER..].split_at(id_length);
        if known == id.as_bytes() {
            return Some(&all[place..place + length]);
        }
        index = rest;
    }
    None
}

/// What `find` reads.
pub fn encode(bytecode: &Bytecode) -> Vec<u8> {
    let number = |value: usize| u32::try_from(value).expect("modules are short").to_le_bytes();
    let index_length: usize = bytecode.iter().map(|(id, _)| 3 * NUMBER + id.len()).sum();
    let mut place = (NUMBER + index_length).next_multiple_of(ALIGNMENT);
    let mut all = number(index_length).to_vec();
    for (id, cache) in bytecode {
        for value in [id.len(), cache.len(), place] {
            all.extend(number(value));
        }
        all.extend(id.as_bytes());
        place += cache.len().next_multiple_of(ALIGNMENT);
    }
    for (_, cache) in bytecode {
        all.resize(all.len().next_multiple_of(ALIGNMENT), 0);
        all.extend(cache);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{BYTECODE, encode, find};

    #[test]
    fn what_is_encoded_is_found() {
        let bytecode = vec![
            ("fs".to_owned(), vec![1; 16]),
            ("internal/a-long-name".to_owned(), vec![2, 3]),
            ("c".to_owned(), vec![]),
        ];
        BYTECODE.set(encode(&bytecode).leak()).expect("set once");
        for (id, cache) in &bytecode {
            assert_eq!(find(id), Some(cache.as_slice()), "{id}");
        }
        assert_eq!(find("f"), None);
    }
}
