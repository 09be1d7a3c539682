//! What the C++ of `ada-url` asks of GNU's C++ library: six functions, so that the program needs not load all of it at each
//! start, which takes 0.4 ms. V8 brings everything else (`new`, exceptions) in a library of its own.
//!
//! Where a compiler makes `ada-url` ask for more, the linker adds the library as it always did, and these stand before it.

use std::ffi::{CStr, c_char, c_void};

/// The standard streams would be made here; `ada-url` includes their header and uses none of them.
#[unsafe(export_name = "_ZNSt8ios_base4InitC1Ev")]
extern "C" fn make_streams(_: *mut c_void) {}

#[unsafe(export_name = "_ZNSt8ios_base4InitD1Ev")]
extern "C" fn flush_streams(_: *mut c_void) {}

/// How newer compilers ask for the streams.
#[unsafe(export_name = "_ZSt21ios_base_library_initv")]
extern "C" fn want_streams() {}

/// A string that is too long. Nothing on the way catches what is thrown, so it is the end in any case.
#[unsafe(export_name = "_ZSt20__throw_length_errorPKc")]
unsafe extern "C" fn throw_length_error(what: *const c_char) -> ! {
    // SAFETY: the caller passes a text of its own.
    unsafe { end(what) }
}

#[unsafe(export_name = "_ZSt19__throw_logic_errorPKc")]
unsafe extern "C" fn throw_logic_error(what: *const c_char) -> ! {
    // SAFETY: the caller passes a text of its own.
    unsafe { end(what) }
}

/// The format's arguments are not looked at.
#[unsafe(export_name = "_ZSt24__throw_out_of_range_fmtPKcz")]
unsafe extern "C" fn throw_out_of_range(format: *const c_char) -> ! {
    // SAFETY: the caller passes a text of its own.
    unsafe { end(format) }
}

/// # Safety
/// `what` is a text that ends with a zero.
unsafe fn end(what: *const c_char) -> ! {
    // SAFETY: the caller's promise.
    let what = unsafe { CStr::from_ptr(what) };
    eprintln!("rondo: {}", what.to_string_lossy());
    std::process::abort()
}
