//! Keys as PEM, DER and JSON web keys, and what they say of themselves.

use crate::node::binder::Binder;
use openssl::bn::{BigNumContext, BigNumRef};
use openssl::pkey::{HasPublic, Id, PKeyRef};
use openssl::symm::Cipher;

use super::args::{bytes_if_given, finish, text};
use super::fault::Fault;
use super::key::{Key, key};
use crate::pool::Value;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("keyExport", key_export);
    to.function("keyParts", key_parts);
    to.function("keyInfo", key_info);
}

/// How a key is written.
pub struct Format {
    pub is_pem: bool,
    /// `pkcs1`, `spki`, `pkcs8` or `sec1`
    pub kind: String,
    pub cipher: Option<String>,
    pub passphrase: Option<Vec<u8>>,
}

/// `keyExport(key, isPem, type, cipher, passphrase)` -> string or bytes; a secret key has only bytes
fn key_export<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(key) = key(args.get(0)) else { return };
    let cipher = (!args.get(3).is_null_or_undefined()).then(|| text(scope, args.get(3)));
    let passphrase = bytes_if_given(scope, args.get(4));
    let format = Format { is_pem: args.get(1).is_true(), kind: text(scope, args.get(2)), cipher, passphrase };
    finish(scope, rv, export(&key, &format));
}

pub fn export(key: &Key, format: &Format) -> Result<Value, Fault> {
    let written = match key {
        Key::Secret(bytes) => return Ok(Value::Bytes(bytes.clone())),
        Key::Public(key) => export_public(key, format)?,
        Key::Private(key) => export_private(key, format)?,
    };
    if !format.is_pem {
        return Ok(Value::Bytes(written));
    }
    Ok(Value::Str(String::from_utf8(written).expect("PEM is ASCII")))
}

fn export_public(key: &PKeyRef<openssl::pkey::Public>, format: &Format) -> Result<Vec<u8>, Fault> {
    Ok(match (format.kind.as_str(), format.is_pem) {
        ("pkcs1", true) => rsa_only(key)?.public_key_to_pem_pkcs1()?,
        ("pkcs1", false) => rsa_only(key)?.public_key_to_der_pkcs1()?,
        (_, true) => key.public_key_to_pem()?,
        (_, false) => key.public_key_to_der()?,
    })
}

fn rsa_only<T>(key: &PKeyRef<T>) -> Result<openssl::rsa::Rsa<T>, Fault> {
    if key.id() != Id::RSA {
        return Err(incompatible("pkcs1", "can only be used for RSA keys"));
    }
    Ok(key.rsa()?)
}

fn incompatible(kind: &str, why: &str) -> Fault {
    Fault::Coded("ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", format!("The selected key encoding {kind} {why}."))
}

fn export_private(key: &PKeyRef<openssl::pkey::Private>, format: &Format) -> Result<Vec<u8>, Fault> {
    let encryption = match &format.cipher {
        None => None,
        Some(name) => {
            let nid = openssl::nid::Nid::from_raw(super::cipher::nid_of(name));
            let cipher = Cipher::from_nid(nid)
                .ok_or_else(|| Fault::Coded("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher".into()))?;
            Some((cipher, format.passphrase.as_deref().unwrap_or_default()))
        }
    };
    Ok(match (format.kind.as_str(), format.is_pem, encryption) {
        ("pkcs1", true, None) => rsa_only(key)?.private_key_to_pem()?,
        ("pkcs1", true, Some((cipher, pass))) => rsa_only(key)?.private_key_to_pem_passphrase(cipher, pass)?,
        ("pkcs1", false, _) => rsa_only(key)?.private_key_to_der()?,
        ("sec1", is_pem, encryption) => {
            if key.id() != Id::EC {
                return Err(incompatible("sec1", "can only be used for EC keys"));
            }
            match (is_pem, encryption) {
                (true, None) => key.ec_key()?.private_key_to_pem()?,
                (true, Some((cipher, pass))) => key.ec_key()?.private_key_to_pem_passphrase(cipher, pass)?,
                (false, _) => key.ec_key()?.private_key_to_der()?,
            }
        }
        (_, true, None) => key.private_key_to_pem_pkcs8()?,
        (_, true, Some((cipher, pass))) => key.private_key_to_pem_pkcs8_passphrase(cipher, pass)?,
        (_, false, None) => key.private_key_to_pkcs8()?,
        (_, false, Some((cipher, pass))) => der_of(&key.private_key_to_pem_pkcs8_passphrase(cipher, pass)?)?,
    })
}

/// `keyParts(key)` -> what a JSON web key is made of: `['RSA', n, e, d?, p, q, dp, dq, qi]`, `['EC', curve, x, y, d?]`,
/// `['OKP', curve, x, d?]`
fn key_parts<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(key) = key(args.get(0)) else { return };
    finish(scope, rv, parts(&key));
}

fn parts(key: &Key) -> Result<Value, Fault> {
    let unsupported = || Fault::coded("ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.");
    let number = |n: &BigNumRef| Value::Bytes(n.to_vec());
    let public = key.public()?;
    let private = key.private().ok();
    let name = |text: &str| Value::Str(text.to_owned());
    match public.id() {
        Id::RSA => {
            let rsa = public.rsa()?;
            let mut list = vec![name("RSA"), number(rsa.n()), number(rsa.e())];
            if let Some(private) = private {
                let rsa = private.rsa()?;
                list.push(number(rsa.d()));
                let factors = [rsa.p(), rsa.q(), rsa.dmp1(), rsa.dmq1(), rsa.iqmp()];
                list.extend(factors.into_iter().flatten().map(number));
            }
            Ok(Value::List(list))
        }
        Id::EC => {
            let ec = public.ec_key()?;
            let curve = ec.group().curve_name().ok_or_else(unsupported)?;
            let mut context = BigNumContext::new()?;
            let (mut x, mut y) = (openssl::bn::BigNum::new()?, openssl::bn::BigNum::new()?);
            ec.public_key().affine_coordinates(ec.group(), &mut x, &mut y, &mut context)?;
            let size = ec.group().degree().div_ceil(8) as i32;
            let padded = |n: &BigNumRef| n.to_vec_padded(size).map(Value::Bytes);
            let mut list = vec![name("EC"), name(super::curve::name(curve)), padded(&x)?, padded(&y)?];
            if let Some(private) = private {
                list.push(padded(private.ec_key()?.private_key())?);
            }
            Ok(Value::List(list))
        }
        id @ (Id::ED25519 | Id::ED448 | Id::X25519 | Id::X448) => {
            let mut list = vec![name("OKP"), name(kind_of(id)), Value::Bytes(public.raw_public_key()?)];
            if let Some(private) = private {
                list.push(Value::Bytes(private.raw_private_key()?));
            }
            Ok(Value::List(list))
        }
        _ => Err(unsupported()),
    }
}

/// Node's name of a kind of key.
pub fn kind_of(id: Id) -> &'static str {
    match id {
        Id::RSA => "rsa",
        Id::RSA_PSS => "rsa-pss",
        Id::DSA => "dsa",
        Id::DH => "dh",
        Id::EC => "ec",
        Id::ED25519 => "ed25519",
        Id::ED448 => "ed448",
        Id::X25519 => "x25519",
        Id::X448 => "x448",
        _ => "",
    }
}

/// `keyInfo(key)` -> `[kind, bits, details…]`: of RSA the exponent, of EC the curve, of a secret its length in bytes
fn key_info<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(key) = key(args.get(0)) else { return };
    let info = match &*key {
        Key::Secret(bytes) => Ok(vec![Value::Str(String::new()), Value::Int(bytes.len() as i64)]),
        Key::Public(key) => info(key),
        Key::Private(key) => info(key),
    };
    finish(scope, rv, info.map(Value::List));
}

fn info<T: HasPublic>(key: &PKeyRef<T>) -> Result<Vec<Value>, Fault> {
    let mut list = vec![Value::Str(kind_of(key.id()).to_owned()), Value::Int(key.bits().into())];
    match key.id() {
        Id::RSA => list.push(Value::Bytes(key.rsa()?.e().to_vec())),
        Id::DSA => list.push(Value::Int(key.dsa()?.q().num_bits().into())),
        Id::EC => {
            let curve = key.ec_key()?.group().curve_name();
            list.push(curve.map_or(Value::Undefined, |nid| Value::Str(super::curve::name(nid).to_owned())));
        }
        _ => {}
    }
    Ok(list)
}

/// The bytes within a PEM text. The DER form of an encrypted key has no function of its own that takes every passphrase: some
/// end at a zero byte.
fn der_of(pem: &[u8]) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    let text = String::from_utf8_lossy(pem);
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    openssl::base64::decode_block(&body)
}
