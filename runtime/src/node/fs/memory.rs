//! Bytes of JavaScript that the pool reads or writes while the request is under way.

/// A part of a backing store, kept alive for as long as this lives.
///
/// The program may read and write the same bytes meanwhile: the kernel then moves whichever it finds, as in Node.
pub struct Memory {
    data: *mut u8,
    length: usize,
    _store: Option<v8::SharedRef<v8::BackingStore>>,
}

// SAFETY: the store is reference-counted across threads and its memory does not move; only system calls touch the bytes.
unsafe impl Send for Memory {}

impl Memory {
    /// The bytes `offset..offset + length` of a view, clamped to it; empty for what is no view.
    pub fn of(
        scope: &mut v8::PinScope<'_, '_>,
        value: v8::Local<'_, v8::Value>,
        offset: usize,
        length: usize,
    ) -> Memory {
        let none = Memory { data: std::ptr::NonNull::dangling().as_ptr(), length: 0, _store: None };
        let Ok(view) = v8::Local::<v8::ArrayBufferView>::try_from(value) else { return none };
        let Some(buffer) = view.buffer(scope) else { return none };
        let store = buffer.get_backing_store();
        let Some(data) = store.data() else { return none };
        let offset = offset.min(view.byte_length());
        let length = length.min(view.byte_length() - offset);
        let start = view.byte_offset() + offset;
        if start + length > store.byte_length() {
            return none;
        }
        // SAFETY: `start` is inside the store, by the check above.
        let data = unsafe { data.as_ptr().cast::<u8>().add(start) };
        Memory { data, length, _store: Some(store) }
    }

    pub fn whole(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Memory {
        Memory::of(scope, value, 0, usize::MAX)
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// Address and length for a system call.
    pub fn io_vec(&self) -> libc::iovec {
        libc::iovec { iov_base: self.data.cast(), iov_len: self.length }
    }
}
