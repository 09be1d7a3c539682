//! Keys that JavaScript holds: secret bytes, public and private keys. Read from PEM, DER and JSON web keys.

use crate::node::binder::Binder;
use std::sync::Arc;

use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::{Rsa, RsaPrivateKeyBuilder};
use openssl::x509::X509;

use super::args::{bytes, bytes_if_given, text};
use super::fault::Fault;
use crate::node::native_object::{Native, unwrap, wrap};

pub enum Key {
    Secret(Vec<u8>),
    Public(PKey<Public>),
    Private(PKey<Private>),
}

/// A key shared with the pool.
pub struct Handle(pub Arc<Key>);

impl Native for Handle {
    const TAG: u32 = 0x4b45_5921;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("keySecret", key_secret);
    to.function("keyParse", key_parse);
    to.function("keyFromRsa", key_from_rsa);
    to.function("keyFromEc", key_from_ec);
    to.function("keyFromRaw", key_from_raw);
    to.function("keyToPublic", key_to_public);
    to.function("keyEquals", key_equals);
}

/// The key that `value` holds.
pub fn key(value: v8::Local<'_, v8::Value>) -> Option<Arc<Key>> {
    unwrap::<Handle>(value).map(|handle| handle.0.clone())
}

pub fn key_to_js<'s>(scope: &mut v8::PinScope<'s, '_>, key: Key) -> v8::Local<'s, v8::Value> {
    wrap(scope, Handle(Arc::new(key))).into()
}

fn returned(scope: &mut v8::PinScope<'_, '_>, mut rv: v8::ReturnValue, key: Result<Key, Fault>) {
    match key {
        Ok(key) => rv.set(key_to_js(scope, key)),
        Err(fault) => fault.throw(scope),
    }
}

impl Key {
    /// The public half.
    pub fn public(&self) -> Result<PKey<Public>, Fault> {
        match self {
            Key::Public(key) => Ok(key.clone()),
            Key::Private(key) => Ok(PKey::public_key_from_der(&key.public_key_to_der()?)?),
            Key::Secret(_) => {
                Err(Fault::coded("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", "A secret key has no public half"))
            }
        }
    }

    pub fn private(&self) -> Result<&PKey<Private>, Fault> {
        match self {
            Key::Private(key) => Ok(key),
            _ => Err(Fault::coded("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", "A private key is needed")),
        }
    }
}

fn key_secret<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let key = Key::Secret(bytes(scope, args.get(0)));
    returned(scope, rv, Ok(key));
}

/// `keyParse(isPrivate, data, isDer, type, passphrase)`
fn key_parse<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let data = bytes(scope, args.get(1));
    let kind = text(scope, args.get(3));
    let passphrase = bytes_if_given(scope, args.get(4));
    let key = match (args.get(0).is_true(), args.get(2).is_true()) {
        (true, false) => private_from_pem(&data, passphrase.as_deref()).map(Key::Private),
        (true, true) => private_from_der(&data, &kind, passphrase.as_deref()).map(Key::Private),
        (false, false) => public_from_pem(&data, passphrase.as_deref()).map(Key::Public),
        (false, true) => public_from_der(&data, &kind).map(Key::Public),
    };
    returned(scope, rv, key);
}

fn needs_passphrase() -> Fault {
    Fault::Type("ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key".into())
}

pub fn private_from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Result<PKey<Private>, Fault> {
    let key = PKey::private_key_from_pem_callback(pem, |buffer| {
        // Without a passphrase nobody is asked for one: OpenSSL takes that as a cancelled question.
        let Some(given) = passphrase.filter(|given| given.len() <= buffer.len()) else { return Err(ErrorStack::get()) };
        buffer[..given.len()].copy_from_slice(given);
        Ok(given.len())
    });
    key.map_err(|stack| Fault::Openssl(stack, "Failed to read private key"))
}

fn private_from_der(der: &[u8], kind: &str, passphrase: Option<&[u8]>) -> Result<PKey<Private>, Fault> {
    let unreadable = |stack| Fault::Openssl(stack, "Failed to read private key");
    match kind {
        "pkcs1" => Rsa::private_key_from_der(der).and_then(PKey::from_rsa).map_err(unreadable),
        "sec1" => EcKey::private_key_from_der(der).and_then(PKey::from_ec_key).map_err(unreadable),
        _ => match PKey::private_key_from_pkcs8(der) {
            Ok(key) => Ok(key),
            // What is no plain PKCS#8 may be an encrypted one.
            Err(plain) => match passphrase {
                Some(given) => PKey::private_key_from_pkcs8_passphrase(der, given).map_err(unreadable),
                None if PKey::private_key_from_pkcs8_passphrase(der, b"\0").is_err_and(|e| is_bad_decrypt(&e)) => {
                    Err(needs_passphrase())
                }
                None => Err(unreadable(plain)),
            },
        },
    }
}

fn is_bad_decrypt(stack: &openssl::error::ErrorStack) -> bool {
    stack.errors().iter().any(|error| error.reason().is_some_and(|reason| reason.contains("decrypt")))
}

/// A public key, the key of a certificate, or the public half of a private key.
pub fn public_from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Result<PKey<Public>, Fault> {
    let has = |mark: &str| pem.windows(mark.len()).any(|window| window == mark.as_bytes());
    if has("-----BEGIN PUBLIC KEY-----") {
        return Ok(PKey::public_key_from_pem(pem)?);
    }
    if has("-----BEGIN RSA PUBLIC KEY-----") {
        return Ok(PKey::from_rsa(Rsa::public_key_from_pem_pkcs1(pem)?)?);
    }
    if has("-----BEGIN CERTIFICATE-----") {
        return Ok(X509::from_pem(pem)?.public_key()?);
    }
    if has("PRIVATE KEY-----") {
        return Key::Private(private_from_pem(pem, passphrase)?).public();
    }
    Ok(PKey::public_key_from_pem(pem)?)
}

fn public_from_der(der: &[u8], kind: &str) -> Result<PKey<Public>, Fault> {
    if kind == "pkcs1" {
        Ok(PKey::from_rsa(Rsa::public_key_from_der_pkcs1(der)?)?)
    } else {
        Ok(PKey::public_key_from_der(der)?)
    }
}

/// `keyFromRsa(n, e, d, p, q, dp, dq, qi)`: a public key without `d`
fn key_from_rsa<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let parts: Vec<_> = (0..8).map(|i| bytes_if_given(scope, args.get(i))).collect();
    let key = (|| {
        let part = |i: usize| BigNum::from_slice(parts[i].as_deref().unwrap_or_default());
        if parts[2].is_none() {
            let rsa = Rsa::from_public_components(part(0)?, part(1)?)?;
            return Ok(Key::Public(PKey::from_rsa(rsa)?));
        }
        let builder = RsaPrivateKeyBuilder::new(part(0)?, part(1)?, part(2)?)?;
        let builder = builder.set_factors(part(3)?, part(4)?)?;
        let rsa = builder.set_crt_params(part(5)?, part(6)?, part(7)?)?.build();
        Ok(Key::Private(PKey::from_rsa(rsa)?))
    })();
    let key = key.map_err(|_: openssl::error::ErrorStack| invalid_jwk("Invalid JWK RSA key"));
    returned(scope, rv, key);
}

fn invalid_jwk(message: &str) -> Fault {
    Fault::Coded("ERR_CRYPTO_INVALID_JWK", message.into())
}

/// `keyFromEc(curve, x, y, d)`: a public key without `d`
fn key_from_ec<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let curve = text(scope, args.get(0));
    let (x, y) = (bytes(scope, args.get(1)), bytes(scope, args.get(2)));
    let d = bytes_if_given(scope, args.get(3));
    let key = (|| {
        let group = EcGroup::from_curve_name(super::curve::nid(&curve)?).ok()?;
        let (x, y) = (BigNum::from_slice(&x).ok()?, BigNum::from_slice(&y).ok()?);
        let public = EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()?;
        public.check_key().ok()?;
        let Some(d) = d else { return Some(Key::Public(PKey::from_ec_key(public).ok()?)) };
        let d = BigNum::from_slice(&d).ok()?;
        let private = EcKey::from_private_components(&group, &d, public.public_key()).ok()?;
        private.check_key().ok()?;
        Some(Key::Private(PKey::from_ec_key(private).ok()?))
    })();
    returned(scope, rv, key.ok_or_else(|| invalid_jwk("Invalid JWK EC key")));
}

/// `keyFromRaw(kind, bytes, isPrivate)` for the Edwards and Montgomery curves
fn key_from_raw<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let kind = text(scope, args.get(0));
    let raw = bytes(scope, args.get(1));
    let is_private = args.get(2).is_true();
    let key = raw_id(&kind).ok_or_else(|| invalid_jwk("Unsupported curve")).and_then(|id| {
        let key = if is_private {
            PKey::private_key_from_raw_bytes(&raw, id).map(Key::Private)
        } else {
            PKey::public_key_from_raw_bytes(&raw, id).map(Key::Public)
        };
        key.map_err(|_| invalid_jwk("Invalid JWK OKP key"))
    });
    returned(scope, rv, key);
}

pub fn raw_id(kind: &str) -> Option<Id> {
    Some(match kind.to_ascii_lowercase().as_str() {
        "ed25519" => Id::ED25519,
        "ed448" => Id::ED448,
        "x25519" => Id::X25519,
        "x448" => Id::X448,
        _ => return None,
    })
}

fn key_to_public<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(key) = key(args.get(0)) else { return };
    let public = key.public().map(Key::Public);
    returned(scope, rv, public);
}

fn key_equals<'s>(_: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let (Some(a), Some(b)) = (key(args.get(0)), key(args.get(1))) else { return };
    rv.set_bool(match (&*a, &*b) {
        (Key::Secret(a), Key::Secret(b)) => a.len() == b.len() && openssl::memcmp::eq(a, b),
        (Key::Public(a), Key::Public(b)) => a.public_eq(b),
        (Key::Private(a), Key::Private(b)) => a.public_eq(b),
        _ => false,
    });
}

/// The bytes of a secret, given as a key, a view or a string.
pub fn secret_bytes(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<u8> {
    match key(value).as_deref() {
        Some(Key::Secret(bytes)) => bytes.clone(),
        _ => bytes(scope, value),
    }
}
