//! What the `openssl` crate has no safe form of.

use foreign_types::ForeignTypeRef;
use openssl::x509::X509Ref;
use openssl_sys as ffi;

/// Whether a certificate may sign others.
pub fn is_ca(certificate: &X509Ref) -> bool {
    // SAFETY: a live certificate; OpenSSL caches its extensions in it.
    unsafe { ffi::X509_get_extension_flags(certificate.as_ptr()) & ffi::EXFLAG_CA != 0 }
}
