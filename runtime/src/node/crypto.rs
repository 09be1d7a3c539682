//! `binding('crypto')`: the native operations under `crypto`, over OpenSSL, which Node's behaviour and error texts are.
//!
//! Every operation takes checked arguments; the JavaScript side throws the errors of wrong ones. What can take long has
//! a synchronous form, marked for the stall watch, and one on the pool that calls back as kind `crypto`.

mod args;
mod cipher;
mod curve;
mod dh;
mod fault;
mod hash;
mod kdf;
pub mod key;
mod key_export;
mod keygen;
mod mac;
mod random;
mod raw;
mod sign;

use crate::node::binder::Binder;

pub use fault::Fault;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    hash::bind(to);
    mac::bind(to);
    random::bind(to);
    kdf::bind(to);
    key::bind(to);
    key_export::bind(to);
    keygen::bind(to);
    sign::bind(to);
    cipher::bind(to);
    curve::bind(to);
    dh::bind(to);
}
