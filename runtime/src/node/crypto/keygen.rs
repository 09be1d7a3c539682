//! New key pairs.

use crate::node::binder::Binder;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use super::args::{index, now_or_later, number, text};
use super::fault::Fault;
use super::key::{Key, key_to_js};
use crate::pool::Value;

const RSA_EXPONENT_DEFAULT: f64 = 65537.0;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("generateKeyPair", generate_key_pair);
}

/// `generateKeyPair(kind, bits, exponent or curve, callback)` -> `[public, private]`
fn generate_key_pair<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    rv: v8::ReturnValue,
) {
    let kind = text(scope, args.get(0));
    let bits = index(args.get(1)) as u32;
    let exponent = number(args.get(2)).unwrap_or(RSA_EXPONENT_DEFAULT) as u32;
    let curve = text(scope, args.get(2));
    now_or_later(scope, rv, args.get(3), ("crypto.generateKeyPairSync", "generateKeyPair"), move || {
        let private = generate(&kind, bits, exponent, &curve)?;
        let public = Key::Private(private.clone()).public()?;
        Ok(Value::List(vec![made(Key::Public(public)), made(Key::Private(private))]))
    });
}

fn made(key: Key) -> Value {
    Value::Make(Box::new(move |scope| key_to_js(scope, key)))
}

fn generate(kind: &str, bits: u32, exponent: u32, curve: &str) -> Result<PKey<Private>, Fault> {
    Ok(match kind {
        "rsa" => PKey::from_rsa(Rsa::generate_with_e(bits, &*BigNum::from_u32(exponent)?)?)?,
        "ec" => {
            let invalid = || Fault::Type("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name".into());
            let group = EcGroup::from_curve_name(super::curve::nid(curve).ok_or_else(invalid)?)?;
            PKey::from_ec_key(EcKey::generate(&group)?)?
        }
        "ed25519" => PKey::generate_ed25519()?,
        "ed448" => PKey::generate_ed448()?,
        "x25519" => PKey::generate_x25519()?,
        "x448" => PKey::generate_x448()?,
        _ => {
            return Err(Fault::coded(
                "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                format!("Key pairs of kind {kind} can't be generated"),
            ));
        }
    })
}
