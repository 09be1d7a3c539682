//! The operations called most often, with entries that optimized code calls directly (V8's fast API) without building a
//! callback frame. Each does what its ordinary form does; strings come here only when they are flat and Latin-1.

use super::view::View;
use super::{encode, memory, search};
use crate::node::binder::Binder;
use v8::fast_api::{CFunction, CFunctionInfo, CTypeInfo, FastApiOneByteString, Int64Representation, Type};
use v8::{MapFnTo, simdutf};

type Value<'a> = v8::Local<'a, v8::Value>;
type Text = FastApiOneByteString;

const VALUE: CTypeInfo = Type::V8Value.as_info();
const NUMBER: CTypeInfo = Type::Float64.as_info();
const TEXT: CTypeInfo = Type::SeqOneByteString.as_info();
const BOOL: CTypeInfo = Type::Bool.as_info();
const INT32: CTypeInfo = Type::Int32.as_info();

const REPRESENTATION: Int64Representation = Int64Representation::Number;
const COMPARE_TYPES: CFunctionInfo = CFunctionInfo::new(INT32, &[VALUE, VALUE, VALUE], REPRESENTATION);
const COPY_TYPES: CFunctionInfo =
    CFunctionInfo::new(NUMBER, &[VALUE, VALUE, VALUE, NUMBER, NUMBER, NUMBER], REPRESENTATION);
const INDEX_OF_BYTE_TYPES: CFunctionInfo =
    CFunctionInfo::new(NUMBER, &[VALUE, VALUE, NUMBER, NUMBER, BOOL], REPRESENTATION);
const BYTE_LENGTH_TYPES: CFunctionInfo = CFunctionInfo::new(NUMBER, &[VALUE, TEXT], REPRESENTATION);
const WRITE_TYPES: CFunctionInfo = CFunctionInfo::new(NUMBER, &[VALUE, VALUE, TEXT, NUMBER, NUMBER], REPRESENTATION);

const COMPARE: CFunction = CFunction::new(compare as _, &COMPARE_TYPES);
const COPY: CFunction = CFunction::new(copy as _, &COPY_TYPES);
const INDEX_OF_BYTE: CFunction = CFunction::new(index_of_byte as _, &INDEX_OF_BYTE_TYPES);
const BYTE_LENGTH: CFunction = CFunction::new(byte_length_utf8 as _, &BYTE_LENGTH_TYPES);
const LATIN1_WRITE: CFunction = CFunction::new(latin1_write as _, &WRITE_TYPES);
const UTF8_WRITE: CFunction = CFunction::new(utf8_write as _, &WRITE_TYPES);

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    let operations: [(&str, v8::FunctionCallback, &'static [CFunction]); 6] = [
        ("compare", memory::compare.map_fn_to(), &[COMPARE]),
        ("copy", memory::copy.map_fn_to(), &[COPY]),
        ("indexOfByte", search::index_of_byte.map_fn_to(), &[INDEX_OF_BYTE]),
        ("byteLengthUtf8", encode::byte_length_utf8.map_fn_to(), &[BYTE_LENGTH]),
        ("latin1Write", encode::latin1_write.map_fn_to(), &[LATIN1_WRITE]),
        ("utf8Write", encode::utf8_write.map_fn_to(), &[UTF8_WRITE]),
    ];
    for (name, ordinary, fast) in operations {
        to.fast_function(name, ordinary, fast);
    }
}

extern "C" fn compare(_: Value<'_>, a: Value<'_>, b: Value<'_>) -> i32 {
    match (View::of(a), View::of(b)) {
        (Some(a), Some(b)) => a.bytes().cmp(b.bytes()) as i32,
        _ => 0,
    }
}

extern "C" fn copy(
    _: Value<'_>,
    source: Value<'_>,
    target: Value<'_>,
    target_start: f64,
    source_start: f64,
    length: f64,
) -> f64 {
    match (View::of(source), View::of(target)) {
        (Some(source), Some(mut target)) => {
            target.copy_from(target_start as usize, source, source_start as usize, length as usize) as f64
        }
        _ => 0.0,
    }
}

extern "C" fn index_of_byte(_: Value<'_>, view: Value<'_>, byte: f64, offset: f64, forward: bool) -> f64 {
    View::of(view)
        .and_then(|view| search::byte_at(view.bytes(), byte as u64 as u8, offset, forward))
        .map_or(-1.0, |place| place as f64)
}

extern "C" fn byte_length_utf8(_: Value<'_>, text: *const Text) -> f64 {
    // SAFETY: V8 passes a string that lives during the call.
    simdutf::utf8_length_from_latin1(unsafe { (*text).as_bytes() }) as f64
}

extern "C" fn latin1_write(_: Value<'_>, view: Value<'_>, text: *const Text, offset: f64, length: f64) -> f64 {
    // SAFETY: as above.
    let text = unsafe { (*text).as_bytes() };
    with_target(view, offset, length, |target| {
        let count = text.len().min(target.len());
        target[..count].copy_from_slice(&text[..count]);
        count
    })
}

extern "C" fn utf8_write(_: Value<'_>, view: Value<'_>, text: *const Text, offset: f64, length: f64) -> f64 {
    // SAFETY: as above.
    let text = unsafe { (*text).as_bytes() };
    with_target(view, offset, length, |target| encode::latin1_into_utf8(text, target))
}

fn with_target(view: Value<'_>, offset: f64, length: f64, write: impl FnOnce(&mut [u8]) -> usize) -> f64 {
    let Some(mut view) = View::of(view) else { return 0.0 };
    let offset = offset as usize;
    let range = view.range(offset, offset.saturating_add(length as usize));
    write(&mut view.bytes_mut()[range]) as f64
}
