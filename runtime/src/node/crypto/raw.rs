//! What the `openssl` crate has no safe form of, over `openssl-sys`. With `tls/raw.rs` the only unsafe code here.

use foreign_types::{ForeignType, ForeignTypeRef};
use openssl::error::ErrorStack;
use openssl::md::MdRef;
use openssl::md_ctx::MdCtx;
use openssl_sys as ffi;

/// A digest context with the same state as `source`.
pub fn copy_digest(source: &MdCtx) -> Result<MdCtx, ErrorStack> {
    let copy = MdCtx::new()?;
    // SAFETY: both are live contexts; the copy owns its state.
    check(unsafe { ffi::EVP_MD_CTX_copy_ex(copy.as_ptr(), source.as_ptr()) })?;
    Ok(copy)
}

/// A keyed hash under way.
pub struct Hmac {
    context: *mut ffi::HMAC_CTX,
    size: usize,
}

impl Hmac {
    pub fn new(key: &[u8], md: &MdRef) -> Result<Hmac, ErrorStack> {
        ffi::init();
        // SAFETY: allocates; null is checked.
        let context = unsafe { ffi::HMAC_CTX_new() };
        if context.is_null() {
            return Err(ErrorStack::get());
        }
        let hmac = Hmac { context, size: md.size() };
        let length = libc::c_int::try_from(key.len()).expect("keys are shorter than 2 GiB");
        // SAFETY: the key is read during the call; an empty slice has a pointer that is not null, as HMAC wants.
        check(unsafe { ffi::HMAC_Init_ex(context, key.as_ptr().cast(), length, md.as_ptr(), std::ptr::null_mut()) })?;
        Ok(hmac)
    }

    pub fn update(&mut self, data: &[u8]) -> Result<(), ErrorStack> {
        // SAFETY: the context is live; the data is read during the call.
        check(unsafe { ffi::HMAC_Update(self.context, data.as_ptr(), data.len()) })
    }

    pub fn finish(self) -> Result<Vec<u8>, ErrorStack> {
        let mut output = vec![0; self.size];
        let mut length = output.len() as libc::c_uint;
        // SAFETY: the output has the digest's size.
        check(unsafe { ffi::HMAC_Final(self.context, output.as_mut_ptr(), &mut length) })?;
        output.truncate(length as usize);
        Ok(output)
    }
}

impl Drop for Hmac {
    fn drop(&mut self) {
        // SAFETY: made by `HMAC_CTX_new`, freed once.
        unsafe { ffi::HMAC_CTX_free(self.context) }
    }
}

// SAFETY: the context is owned and has no thread of its own.
unsafe impl Send for Hmac {}

pub fn check(result: libc::c_int) -> Result<(), ErrorStack> {
    if result <= 0 { Err(ErrorStack::get()) } else { Ok(()) }
}

/// Whether OpenSSL takes these costs of scrypt.
pub fn check_scrypt(n: u64, r: u64, p: u64, memory_bytes_max: u64) -> Result<(), ErrorStack> {
    ffi::init();
    // SAFETY: with a null output OpenSSL only checks the parameters.
    check(unsafe {
        ffi::EVP_PBE_scrypt(
            std::ptr::null(),
            0,
            std::ptr::null(),
            0,
            n,
            r,
            p,
            memory_bytes_max,
            std::ptr::null_mut(),
            0,
        )
    })
}
