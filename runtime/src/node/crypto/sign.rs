//! Signatures, encryption by key pairs, and agreement on a secret.

use crate::node::binder::Binder;
use std::sync::Arc;

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::md::MdRef;
use openssl::md_ctx::MdCtx;
use openssl::pkey::{Id, PKeyRef};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;

use super::args::{bytes, bytes_if_given, now_or_later, number, text};
use super::fault::Fault;
use super::hash::digest;
use super::key::{Key, key};
use crate::pool::Value;

const PSS_SALT_LENGTH_DIGEST: f64 = -1.0;
const PSS_SALT_LENGTH_AUTO: f64 = -2.0;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("sign", sign);
    to.function("verify", verify);
    to.function("pkeyCrypt", pkey_crypt);
    to.function("agree", agree);
}

/// How a signature is made.
struct Scheme {
    digest: Option<&'static MdRef>,
    padding: Option<i32>,
    salt_length: Option<f64>,
    /// `r ‖ s` rather than DER.
    is_p1363: bool,
}

fn scheme(
    scope: &mut v8::PinScope<'_, '_>,
    args: &v8::FunctionCallbackArguments<'_>,
    from: i32,
) -> Result<Scheme, Fault> {
    let name = args.get(from);
    let digest = if name.is_null_or_undefined() {
        None
    } else {
        let name = text(scope, name);
        Some(digest(&name).ok_or_else(|| Fault::Type("ERR_CRYPTO_INVALID_DIGEST", format!("Invalid digest: {name}")))?)
    };
    Ok(Scheme {
        digest,
        padding: number(args.get(from + 1)).map(|n| n as i32),
        salt_length: number(args.get(from + 2)),
        is_p1363: args.get(from + 3).is_true(),
    })
}

impl Scheme {
    fn apply<T>(&self, context: &mut PkeyCtxRef<T>, id: Id) -> Result<(), Fault> {
        if id != Id::RSA && id != Id::RSA_PSS {
            return Ok(());
        }
        let padding = self.padding.map(Padding::from_raw);
        let padding = padding.unwrap_or(if id == Id::RSA_PSS { Padding::PKCS1_PSS } else { Padding::PKCS1 });
        context.set_rsa_padding(padding)?;
        if padding == Padding::PKCS1_PSS
            && let Some(length) = self.salt_length
        {
            context.set_rsa_pss_saltlen(match length {
                PSS_SALT_LENGTH_DIGEST => RsaPssSaltlen::DIGEST_LENGTH,
                PSS_SALT_LENGTH_AUTO => RsaPssSaltlen::MAXIMUM_LENGTH,
                other => RsaPssSaltlen::custom(other as i32),
            })?;
        }
        Ok(())
    }

    /// The digest to use: the curves of Edwards have their own, others have a default.
    fn digest_for(&self, id: Id) -> Option<&'static MdRef> {
        match id {
            Id::ED25519 | Id::ED448 => None,
            _ => self.digest.or_else(|| digest("SHA256")),
        }
    }
}

/// The size of `r` and of `s`.
fn integer_bytes<T: openssl::pkey::HasPublic>(key: &PKeyRef<T>) -> Option<i32> {
    match key.id() {
        Id::EC => Some(key.ec_key().ok()?.group().order_bits().div_ceil(8) as i32),
        Id::DSA => Some(key.dsa().ok()?.q().num_bits().div_euclid(8)),
        _ => None,
    }
}

/// `sign(data, key, digest, padding, salt length, is P1363, callback)` -> signature
fn sign<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let data = bytes(scope, args.get(0));
    let Some(key) = key(args.get(1)) else { return };
    let scheme = match scheme(scope, &args, 2) {
        Ok(scheme) => scheme,
        Err(fault) => return fault.throw(scope),
    };
    now_or_later(scope, rv, args.get(6), ("crypto.sign", "sign"), move || {
        sign_with(&key, &scheme, &data).map(Value::Bytes)
    });
}

fn sign_with(key: &Arc<Key>, scheme: &Scheme, data: &[u8]) -> Result<Vec<u8>, Fault> {
    let key = key.private()?;
    let mut context = MdCtx::new()?;
    let pkey = context.digest_sign_init(scheme.digest_for(key.id()), key)?;
    scheme.apply(pkey, key.id())?;
    let mut signature = Vec::new();
    context.digest_sign_to_vec(data, &mut signature)?;
    match integer_bytes(key).filter(|_| scheme.is_p1363) {
        None => Ok(signature),
        Some(size) => {
            let parsed = EcdsaSig::from_der(&signature)?;
            let mut joined = parsed.r().to_vec_padded(size)?;
            joined.extend(parsed.s().to_vec_padded(size)?);
            Ok(joined)
        }
    }
}

/// `verify(data, key, digest, padding, salt length, is P1363, signature, callback)` -> boolean
fn verify<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let data = bytes(scope, args.get(0));
    let Some(key) = key(args.get(1)) else { return };
    let signature = bytes(scope, args.get(6));
    let scheme = match scheme(scope, &args, 2) {
        Ok(scheme) => scheme,
        Err(fault) => return fault.throw(scope),
    };
    now_or_later(scope, rv, args.get(7), ("crypto.verify", "verify"), move || {
        verify_with(&key, &scheme, &data, signature).map(Value::Bool)
    });
}

fn verify_with(key: &Arc<Key>, scheme: &Scheme, data: &[u8], mut signature: Vec<u8>) -> Result<bool, Fault> {
    let key = key.public()?;
    if let Some(size) = integer_bytes(&key).filter(|_| scheme.is_p1363) {
        if signature.len() != 2 * size as usize {
            return Ok(false);
        }
        let (r, s) = signature.split_at(size as usize);
        signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?.to_der()?;
    }
    let mut context = MdCtx::new()?;
    let pkey = context.digest_verify_init(scheme.digest_for(key.id()), &key)?;
    scheme.apply(pkey, key.id())?;
    // A signature that can't be read is a wrong one.
    Ok(context.digest_verify(data, &signature).unwrap_or(false))
}

/// `pkeyCrypt(operation, key, data, padding, OAEP digest, OAEP label)` -> bytes;
/// operations: 0 publicEncrypt, 1 privateDecrypt, 2 privateEncrypt, 3 publicDecrypt
fn pkey_crypt<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let operation = super::args::index(args.get(0));
    let Some(key) = key(args.get(1)) else { return };
    let data = bytes(scope, args.get(2));
    let padding = Padding::from_raw(super::args::index(args.get(3)) as i32);
    let name = text(scope, args.get(4));
    let label = bytes_if_given(scope, args.get(5));
    let Some(oaep_digest) = digest(&name) else {
        return Fault::Coded("ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest".into()).throw(scope);
    };
    let undefined = v8::undefined(scope).into();
    now_or_later(scope, rv, undefined, ("crypto.publicEncrypt", "publicEncrypt"), move || {
        let mut output = Vec::new();
        match operation {
            0 | 3 => {
                let public = key.public()?;
                let mut context = PkeyCtx::new(&public)?;
                if operation == 0 {
                    context.encrypt_init()?
                } else {
                    context.verify_recover_init()?
                }
                prepare(&mut context, padding, oaep_digest, label.as_deref())?;
                if operation == 0 {
                    context.encrypt_to_vec(&data, &mut output)?;
                } else {
                    output.resize(public.size(), 0);
                    let length = context.verify_recover(&data, Some(&mut output))?;
                    output.truncate(length);
                }
            }
            _ => {
                let private = key.private()?;
                let mut context = PkeyCtx::new(private)?;
                if operation == 1 {
                    context.decrypt_init()?
                } else {
                    context.sign_init()?
                }
                prepare(&mut context, padding, oaep_digest, label.as_deref())?;
                if operation == 1 {
                    context.decrypt_to_vec(&data, &mut output)?
                } else {
                    context.sign_to_vec(&data, &mut output)?
                };
            }
        }
        Ok(Value::Bytes(output))
    });
}

fn prepare<T>(context: &mut PkeyCtxRef<T>, padding: Padding, md: &MdRef, label: Option<&[u8]>) -> Result<(), Fault> {
    context.set_rsa_padding(padding)?;
    if padding == Padding::PKCS1_OAEP {
        context.set_rsa_oaep_md(md)?;
        if let Some(label) = label.filter(|label| !label.is_empty()) {
            context.set_rsa_oaep_label(label)?;
        }
    }
    Ok(())
}

/// `agree(private key, public key, callback)` -> shared secret
fn agree<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (Some(own), Some(other)) = (key(args.get(0)), key(args.get(1))) else { return };
    now_or_later(scope, rv, args.get(2), ("crypto.diffieHellman", "diffieHellman"), move || {
        let mut context = PkeyCtx::<openssl::pkey::Private>::new(own.private()?)?;
        context.derive_init()?;
        let peer = other.public()?;
        let mut secret = Vec::new();
        context.derive_set_peer(&peer)?;
        context.derive_to_vec(&mut secret)?;
        Ok(Value::Bytes(secret))
    });
}
