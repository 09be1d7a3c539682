//! What JavaScript wrote to a stream, until it is in frames: a copy where it is short, else the caller's own memory, which
//! must not change before the write's callback, as in Node.

use crate::node::buffer::view::View;

/// Shorter pieces are copied: that costs less than keeping their memory.
const SHARED_BYTES_MIN: usize = 4096;

pub enum Chunk {
    Copied(Vec<u8>),
    Shared { store: v8::SharedRef<v8::BackingStore>, start: usize, length: usize },
}

impl Chunk {
    /// The bytes of a view, or the UTF-8 of anything else.
    pub fn of(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Chunk {
        let Some(bytes) = View::of(value) else {
            return Chunk::Copied(value.to_rust_string_lossy(scope).into_bytes());
        };
        shared(scope, value, bytes.length()).unwrap_or_else(|| Chunk::Copied(bytes.bytes().to_vec()))
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Chunk::Copied(bytes) => bytes,
            Chunk::Shared { store, start, length } => {
                let data = store.data().expect("a view with bytes has memory").as_ptr().cast::<u8>();
                // SAFETY: the view reached from `start` over `length` bytes of this store, which cannot shrink (`shared`)
                // and lives as long as the reference does.
                unsafe { std::slice::from_raw_parts(data.add(*start), *length) }
            }
        }
    }
}

fn shared(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>, length: usize) -> Option<Chunk> {
    if length < SHARED_BYTES_MIN {
        return None;
    }
    let view = v8::Local::<v8::ArrayBufferView>::try_from(value).ok()?;
    let store = view.buffer(scope)?.get_backing_store();
    let start = view.byte_offset();
    // A program may take memory from a buffer that it can resize.
    let is_fixed = !store.is_resizable_by_user_javascript();
    (is_fixed && start + length <= store.byte_length()).then_some(Chunk::Shared { store, start, length })
}
