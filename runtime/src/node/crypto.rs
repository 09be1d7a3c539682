//! `binding('crypto')`: the native operations under `crypto`, over OpenSSL, which Node's behaviour and error texts are.
//!
//! Every operation takes checked arguments; the JavaScript side throws the errors of wrong ones. What can take long has
//! a synchronous form, marked for the stall watch, and one on the pool that calls back as kind `crypto`.

mod args;
mod cipher;
mod curve;
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

pub use fault::Fault;

pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    hash::bind(scope, target);
    mac::bind(scope, target);
    random::bind(scope, target);
    kdf::bind(scope, target);
    key::bind(scope, target);
    key_export::bind(scope, target);
    keygen::bind(scope, target);
    sign::bind(scope, target);
    cipher::bind(scope, target);
    curve::bind(scope, target);
}
