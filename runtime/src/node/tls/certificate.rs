//! Certificates as JavaScript sees them, and the names of what can be wrong with them.

use crate::node::binder::Binder;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::x509::{X509, X509NameRef, X509Ref, X509VerifyResult};

use super::bytes;
use crate::node::crypto::Fault;
use crate::node::crypto::key::{Key, key, key_to_js};
use crate::node::native_object::{Native, unwrap, wrap};
use crate::pool::{self, Value};

/// A server asked for a certificate and got none.
pub const NO_CERTIFICATE: &str = "UNABLE_TO_GET_ISSUER_CERT";

struct Certificate(X509);

impl Native for Certificate {
    const TAG: u32 = 0x5835_3039;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("certificateNew", certificate_new);
    to.function("certificateFields", certificate_fields);
    to.function("certificatePem", certificate_pem);
    to.function("certificatePublicKey", certificate_public_key);
    to.function("certificateIssuedBy", certificate_issued_by);
    to.function("certificateVerify", certificate_verify);
    to.function("certificateMatchesKey", certificate_matches_key);
}

/// `certificateNew(PEM or DER)`
fn certificate_new<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let data = bytes(scope, args.get(0)).unwrap_or_default();
    let is_pem = data.windows(10).any(|window| window == b"-----BEGIN");
    let parsed = if is_pem { X509::from_pem(&data) } else { X509::from_der(&data) };
    match parsed {
        Ok(certificate) => rv.set(wrap(scope, Certificate(certificate)).into()),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `certificateFields(certificate)` -> `[subject pairs, issuer pairs, alternative names, info access, is CA, modulus, bits,
/// exponent, public key, curve, valid from, valid to, SHA-1, SHA-256, SHA-512, serial, DER, key usages]`
fn certificate_fields<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(certificate) = unwrap::<Certificate>(args.get(0)) else { return };
    match fields(&certificate.0) {
        Ok(list) => rv.set(pool::value_to_js(scope, Value::List(list))),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

fn fields(certificate: &X509Ref) -> Result<Vec<Value>, ErrorStack> {
    let key = certificate.public_key()?;
    let (mut modulus, mut exponent, mut point, mut curve) =
        (Value::Undefined, Value::Undefined, Value::Undefined, Value::Undefined);
    match key.id() {
        Id::RSA => {
            let rsa = key.rsa()?;
            modulus = Value::Str(rsa.n().to_hex_str()?.to_string());
            exponent =
                Value::Str(format!("0x{}", rsa.e().to_hex_str()?.to_string().trim_start_matches('0').to_lowercase()));
            point = Value::Bytes(key.public_key_to_der()?);
        }
        Id::EC => {
            let ec = key.ec_key()?;
            let mut context = openssl::bn::BigNumContext::new()?;
            let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
            point = Value::Bytes(ec.public_key().to_bytes(ec.group(), form, &mut context)?);
            curve = ec
                .group()
                .curve_name()
                .and_then(|nid| nid.short_name().ok())
                .map_or(Value::Undefined, |name| Value::Str(name.into()));
        }
        _ => {}
    }
    let digest = |md| certificate.digest(md).map(|digest| Value::Str(colons(&digest)));
    let serial = certificate.serial_number().to_bn()?.to_hex_str()?.to_string();
    Ok(vec![
        names(certificate.subject_name()),
        names(certificate.issuer_name()),
        alternative_names(certificate).map_or(Value::Undefined, Value::Str),
        info_access(certificate).map_or(Value::Undefined, Value::Str),
        Value::Bool(super::raw::is_ca(certificate)),
        modulus,
        Value::Int(key.bits().into()),
        exponent,
        point,
        curve,
        Value::Str(certificate.not_before().to_string()),
        Value::Str(certificate.not_after().to_string()),
        digest(MessageDigest::sha1())?,
        digest(MessageDigest::sha256())?,
        digest(MessageDigest::sha512())?,
        Value::Str(serial),
        Value::Bytes(certificate.to_der()?),
    ])
}

fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn names(name: &X509NameRef) -> Value {
    let entries = name.entries().map(|entry| {
        let key = entry.object().nid().short_name().unwrap_or("UNDEF").to_owned();
        let value = entry.data().to_string().unwrap_or_default();
        Value::List(vec![Value::Str(key), Value::Str(value)])
    });
    Value::List(entries.collect())
}

/// `DNS:localhost, IP Address:127.0.0.1`, with what could be misread in quotes as JSON.
fn alternative_names(certificate: &X509Ref) -> Option<String> {
    let names = certificate.subject_alt_names()?;
    let texts = names.iter().filter_map(|name| {
        if let Some(dns) = name.dnsname() {
            return Some(format!("DNS:{}", quoted(dns)));
        }
        if let Some(uri) = name.uri() {
            return Some(format!("URI:{}", quoted(uri)));
        }
        if let Some(email) = name.email() {
            return Some(format!("email:{}", quoted(email)));
        }
        name.ipaddress().and_then(address).map(|address| format!("IP Address:{address}"))
    });
    Some(texts.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|c| (' '..='~').contains(&c) && !matches!(c, '"' | '\\' | ',' | '\''));
    if is_plain { text.to_owned() } else { serde_json::Value::String(text.to_owned()).to_string() }
}

fn address(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => Some(std::net::Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).to_string()),
        16 => {
            let groups = bytes.chunks_exact(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])));
            Some(groups.collect::<Vec<_>>().join(":"))
        }
        _ => None,
    }
}

fn info_access(certificate: &X509Ref) -> Option<String> {
    let access = certificate.authority_info()?;
    let lines = access.iter().filter_map(|entry| {
        let method = entry.method().nid().long_name().ok()?.to_owned();
        Some(format!("{method} - URI:{}\n", entry.location().uri()?))
    });
    Some(lines.collect())
}

fn certificate_pem<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(certificate) = unwrap::<Certificate>(args.get(0)) else { return };
    let pem = certificate.0.to_pem().unwrap_or_default();
    rv.set(pool::value_to_js(scope, Value::Str(String::from_utf8_lossy(&pem).into_owned())));
}

fn certificate_public_key<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(certificate) = unwrap::<Certificate>(args.get(0)) else { return };
    match certificate.0.public_key() {
        Ok(key) => rv.set(key_to_js(scope, Key::Public(key))),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `certificateIssuedBy(certificate, issuer)`
fn certificate_issued_by<'s>(
    _: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let (Some(certificate), Some(issuer)) = (unwrap::<Certificate>(args.get(0)), unwrap::<Certificate>(args.get(1)))
    else {
        return;
    };
    rv.set_bool(issuer.0.issued(&certificate.0) == X509VerifyResult::OK);
}

/// `certificateVerify(certificate, public key)`
fn certificate_verify<'s>(
    _: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let (Some(certificate), Some(key)) = (unwrap::<Certificate>(args.get(0)), key(args.get(1))) else { return };
    rv.set_bool(key.public().is_ok_and(|key| certificate.0.verify(&key).unwrap_or(false)));
}

/// `certificateMatchesKey(certificate, private key)`
fn certificate_matches_key<'s>(
    _: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let (Some(certificate), Some(key)) = (unwrap::<Certificate>(args.get(0)), key(args.get(1))) else { return };
    let matches = certificate.0.public_key().is_ok_and(|own| key.private().is_ok_and(|key| own.public_eq(key)));
    rv.set_bool(matches);
}

/// `[kind, name, bits]` of the key that a handshake was made with.
pub fn describe_ephemeral(key: &PKeyRef<Public>) -> Vec<Value> {
    let bits = Value::Int(key.bits().into());
    let name = |name: &str| Value::Str(name.to_owned());
    match key.id() {
        Id::DH => vec![name("DH"), Value::Undefined, bits],
        Id::EC => {
            let curve = key.ec_key().ok().and_then(|ec| ec.group().curve_name()).unwrap_or(Nid::UNDEF);
            vec![name("ECDH"), name(curve.short_name().unwrap_or_default()), bits]
        }
        Id::X25519 => vec![name("ECDH"), name("X25519"), bits],
        Id::X448 => vec![name("ECDH"), name("X448"), bits],
        _ => Vec::new(),
    }
}

/// Node's code for what is wrong with a certificate (`X509_V_ERR_…`).
pub fn code_of(result: X509VerifyResult) -> &'static str {
    match result.as_raw() {
        2 => "UNABLE_TO_GET_ISSUER_CERT",
        3 => "UNABLE_TO_GET_CRL",
        4 => "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
        5 => "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
        6 => "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
        7 => "CERT_SIGNATURE_FAILURE",
        8 => "CRL_SIGNATURE_FAILURE",
        9 => "CERT_NOT_YET_VALID",
        10 => "CERT_HAS_EXPIRED",
        11 => "CRL_NOT_YET_VALID",
        12 => "CRL_HAS_EXPIRED",
        13 => "ERROR_IN_CERT_NOT_BEFORE_FIELD",
        14 => "ERROR_IN_CERT_NOT_AFTER_FIELD",
        15 => "ERROR_IN_CRL_LAST_UPDATE_FIELD",
        16 => "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
        17 => "OUT_OF_MEM",
        18 => "DEPTH_ZERO_SELF_SIGNED_CERT",
        19 => "SELF_SIGNED_CERT_IN_CHAIN",
        20 => "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        21 => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        22 => "CERT_CHAIN_TOO_LONG",
        23 => "CERT_REVOKED",
        24 => "INVALID_CA",
        25 => "PATH_LENGTH_EXCEEDED",
        26 => "INVALID_PURPOSE",
        27 => "CERT_UNTRUSTED",
        28 => "CERT_REJECTED",
        62 => "HOSTNAME_MISMATCH",
        _ => "UNSPECIFIED",
    }
}
