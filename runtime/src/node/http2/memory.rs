//! The library's allocator: the system's, with a count of what a session holds, which its limit on memory looks at.

use std::cell::Cell;
use std::ffi::c_void;

use libnghttp2_sys as ffi;

/// Before each block stands its size; the block behind it stays aligned as the system's are.
const HEADER_BYTES: usize = 16;

/// How many bytes are allocated. Its address is the allocator's user data.
#[derive(Default)]
pub struct Counter(Cell<usize>);

impl Counter {
    pub fn bytes(&self) -> usize {
        self.0.get()
    }

    /// The allocator that counts here. The counter must outlive every session that is made with it.
    pub fn allocator(&self) -> ffi::nghttp2_mem {
        ffi::nghttp2_mem {
            mem_user_data: std::ptr::from_ref(self).cast_mut().cast(),
            malloc: Some(malloc),
            free: Some(free),
            calloc: Some(calloc),
            realloc: Some(realloc),
        }
    }
}

fn counter<'a>(user_data: *mut c_void) -> &'a Counter {
    // SAFETY: the library passes back the address that `allocator` gave it, and the counter outlives the session.
    unsafe { &*user_data.cast::<Counter>() }
}

unsafe extern "C" fn malloc(size: usize, user_data: *mut c_void) -> *mut c_void {
    // SAFETY: a null block asks for a new one.
    unsafe { realloc(std::ptr::null_mut(), size, user_data) }
}

unsafe extern "C" fn calloc(count: usize, size: usize, user_data: *mut c_void) -> *mut c_void {
    let Some(total) = count.checked_mul(size) else { return std::ptr::null_mut() };
    // SAFETY: as in `malloc`.
    let block = unsafe { malloc(total, user_data) };
    if !block.is_null() {
        // SAFETY: the block has `total` bytes.
        unsafe { block.cast::<u8>().write_bytes(0, total) };
    }
    block
}

unsafe extern "C" fn free(block: *mut c_void, user_data: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: every block was made by `realloc` below, which put its size in front of it.
    unsafe {
        let start = block.cast::<u8>().sub(HEADER_BYTES);
        let count = counter(user_data);
        count.0.set(count.0.get() - start.cast::<usize>().read());
        libc::free(start.cast());
    }
}

unsafe extern "C" fn realloc(block: *mut c_void, size: usize, user_data: *mut c_void) -> *mut c_void {
    let Some(total) = size.checked_add(HEADER_BYTES) else { return std::ptr::null_mut() };
    let count = counter(user_data);
    // SAFETY: a block that is not null was made here, so its size stands in front of it; the system moves both.
    unsafe {
        let (before, start) = if block.is_null() {
            (0, std::ptr::null_mut())
        } else {
            let start = block.cast::<u8>().sub(HEADER_BYTES);
            (start.cast::<usize>().read(), start)
        };
        let moved = libc::realloc(start.cast(), total).cast::<u8>();
        if moved.is_null() {
            return std::ptr::null_mut();
        }
        moved.cast::<usize>().write(size);
        count.0.set(count.0.get() - before + size);
        moved.add(HEADER_BYTES).cast()
    }
}
