//! A typed array's or DataView's bytes, in place. With [`crate::node::buffer::fast`] the only unsafe code of `buffer`.

use std::ops::Range;

/// The bytes of a view. They stay where they are as long as no JavaScript runs.
#[derive(Clone, Copy)]
pub struct View {
    data: *mut u8,
    length: usize,
}

const _: () = assert!(v8::TYPED_ARRAY_MAX_SIZE_IN_HEAP == 0, "views on the V8 heap would move under a pointer");

impl View {
    /// The bytes of `value`, or `None` when it is no view.
    #[inline]
    pub fn of(value: v8::Local<'_, v8::Value>) -> Option<View> {
        let view = v8::Local::<v8::ArrayBufferView>::try_from(value).ok()?;
        // SAFETY: no view is kept on the V8 heap (asserted above), so the pointer is into the backing store.
        let (data, length) = unsafe { view.get_contents_raw_parts(&mut []) };
        if data.is_null() {
            return Some(View { data: std::ptr::NonNull::dangling().as_ptr(), length: 0 });
        }
        Some(View { data, length })
    }

    #[inline]
    pub fn length(&self) -> usize {
        self.length
    }

    /// `start..end`, clamped to the view.
    #[inline]
    pub fn range(&self, start: usize, end: usize) -> Range<usize> {
        let end = end.min(self.length);
        start.min(end)..end
    }

    #[inline]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` and `length` are those of a live backing store (type's contract).
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }

    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; the operations hold one mutable slice at a time.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.length) }
    }

    /// Copies `length` bytes of `source`, which may overlap with these; clamped to both views.
    #[inline]
    pub fn copy_from(&mut self, start: usize, source: View, source_start: usize, length: usize) -> usize {
        let target = self.range(start, start.saturating_add(length));
        let source_range = source.range(source_start, source_start.saturating_add(target.len()));
        let length = target.len().min(source_range.len());
        // SAFETY: both ranges were clamped to their views; `copy` allows overlap.
        unsafe { std::ptr::copy(source.data.add(source_range.start), self.data.add(target.start), length) };
        length
    }
}

/// The number in `value` as an index: what is negative or no number becomes 0, what is too large the largest index.
#[inline]
pub fn index(value: v8::Local<'_, v8::Value>) -> usize {
    match v8::Local::<v8::Number>::try_from(value) {
        Ok(number) => number.value() as usize,
        Err(_) => 0,
    }
}

/// As [`index`], with `default` for `undefined`.
#[inline]
pub fn index_or(value: v8::Local<'_, v8::Value>, default: usize) -> usize {
    match v8::Local::<v8::Number>::try_from(value) {
        Ok(number) => number.value() as usize,
        Err(_) => default,
    }
}
