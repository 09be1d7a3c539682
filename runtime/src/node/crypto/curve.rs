//! Elliptic curves by name, and ECDH over their points.

use crate::node::binder::Binder;
use openssl::bn::{BigNum, BigNumContext};
use openssl::derive::Deriver;
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::PKey;

use super::args::{bytes, finish, index, text};
use super::fault::Fault;
use crate::node::strings_to_js;
use crate::pool::Value;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("getCurves", get_curves);
    to.function("ecdhCurveExists", ecdh_curve_exists);
    to.function("ecdhGenerate", ecdh_generate);
    to.function("ecdhFromPrivate", ecdh_from_private);
    to.function("ecdhSecret", ecdh_secret);
    to.function("ecdhConvert", ecdh_convert);
}

/// Curves have OpenSSL's names and the NIST's.
pub fn nid(name: &str) -> Option<Nid> {
    match name {
        "P-256" => return Some(Nid::X9_62_PRIME256V1),
        "P-384" => return Some(Nid::SECP384R1),
        "P-521" => return Some(Nid::SECP521R1),
        _ => {}
    }
    let nid = nid_of_name(name)?;
    EcGroup::from_curve_name(nid).is_ok().then_some(nid)
}

pub fn name(nid: Nid) -> &'static str {
    nid.short_name().unwrap_or_default()
}

/// OpenSSL's number of an object named `name`, short or long.
pub fn nid_of_name(name: &str) -> Option<Nid> {
    let nid = openssl::asn1::Asn1Object::from_str(name).ok()?.nid();
    (nid != Nid::UNDEF).then_some(nid)
}

fn group(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Option<EcGroup> {
    EcGroup::from_curve_name(nid(&text(scope, value))?).ok()
}

fn get_curves<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    rv.set(strings_to_js(scope, NAMES.split_whitespace().filter(|name| nid(name).is_some())));
}

fn ecdh_curve_exists<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    rv.set_bool(group(scope, args.get(0)).is_some());
}

fn pair_of(group: &EcGroup, key: &EcKey<openssl::pkey::Private>) -> Result<Value, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let size = group.order_bits().div_ceil(8) as i32;
    let private = key.private_key().to_vec_padded(size)?;
    let public = key.public_key().to_bytes(group, PointConversionForm::UNCOMPRESSED, &mut context)?;
    Ok(Value::List(vec![Value::Bytes(private), Value::Bytes(public)]))
}

/// `ecdhGenerate(curve)` -> `[private, public]`
fn ecdh_generate<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(group) = group(scope, args.get(0)) else { return };
    let pair = EcKey::generate(&group).and_then(|key| pair_of(&group, &key));
    finish(scope, rv, pair.map_err(Fault::from));
}

fn private_key(group: &EcGroup, private: &[u8]) -> Result<EcKey<openssl::pkey::Private>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let number = BigNum::from_slice(private)?;
    let mut point = EcPoint::new(group)?;
    point.mul_generator2(group, &number, &mut context)?;
    let key = EcKey::from_private_components(group, &number, &point)?;
    key.check_key()?;
    Ok(key)
}

/// `ecdhFromPrivate(curve, private)` -> `[private, public]`, undefined when it is no key of the curve
fn ecdh_from_private<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    rv: v8::ReturnValue,
) {
    let private = bytes(scope, args.get(1));
    let Some(group) = group(scope, args.get(0)) else { return };
    let Ok(pair) = private_key(&group, &private).and_then(|key| pair_of(&group, &key)) else { return };
    finish(scope, rv, Ok(pair));
}

fn point(group: &EcGroup, bytes: &[u8]) -> Option<EcPoint> {
    let mut context = BigNumContext::new().ok()?;
    EcPoint::from_bytes(group, bytes, &mut context).ok()
}

/// `ecdhSecret(curve, private, point)` -> secret, undefined when the point is not on the curve
fn ecdh_secret<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (private, public) = (bytes(scope, args.get(1)), bytes(scope, args.get(2)));
    let Some(group) = group(scope, args.get(0)) else { return };
    let secret = (|| {
        let peer = PKey::from_ec_key(EcKey::from_public_key(&group, &*point(&group, &public)?).ok()?).ok()?;
        let own = PKey::from_ec_key(private_key(&group, &private).ok()?).ok()?;
        let mut deriver = Deriver::new(&own).ok()?;
        deriver.set_peer(&peer).ok()?;
        deriver.derive_to_vec().ok()
    })();
    let Some(secret) = secret else { return };
    finish(scope, rv, Ok(Value::Bytes(secret)));
}

/// `ecdhConvert(curve, point, form)` -> point, undefined when it is not on the curve
fn ecdh_convert<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let public = bytes(scope, args.get(1));
    let Some(group) = group(scope, args.get(0)) else { return };
    let form = match index(args.get(2)) {
        2 => PointConversionForm::COMPRESSED,
        6 => PointConversionForm::HYBRID,
        _ => PointConversionForm::UNCOMPRESSED,
    };
    let converted = (|| {
        let mut context = BigNumContext::new().ok()?;
        point(&group, &public)?.to_bytes(&group, form, &mut context).ok()
    })();
    let Some(converted) = converted else { return };
    finish(scope, rv, Ok(Value::Bytes(converted)));
}

/// What `getCurves` lists, as far as this OpenSSL has it.
const NAMES: &str = "\
    Oakley-EC2N-3 Oakley-EC2N-4 SM2 brainpoolP160r1 brainpoolP160t1 brainpoolP192r1 brainpoolP192t1 \
    brainpoolP224r1 brainpoolP224t1 brainpoolP256r1 brainpoolP256t1 brainpoolP320r1 brainpoolP320t1 \
    brainpoolP384r1 brainpoolP384t1 brainpoolP512r1 brainpoolP512t1 c2pnb163v1 c2pnb163v2 c2pnb163v3 \
    c2pnb176v1 c2pnb208w1 c2pnb272w1 c2pnb304w1 c2pnb368w1 c2tnb191v1 c2tnb191v2 c2tnb191v3 c2tnb239v1 \
    c2tnb239v2 c2tnb239v3 c2tnb359v1 c2tnb431r1 prime192v1 prime192v2 prime192v3 prime239v1 prime239v2 \
    prime239v3 prime256v1 secp112r1 secp112r2 secp128r1 secp128r2 secp160k1 secp160r1 secp160r2 \
    secp192k1 secp224k1 secp224r1 secp256k1 secp384r1 secp521r1 sect113r1 sect113r2 sect131r1 sect131r2 \
    sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1 \
    sect409k1 sect409r1 sect571k1 sect571r1 wap-wsg-idm-ecid-wtls1 wap-wsg-idm-ecid-wtls10 \
    wap-wsg-idm-ecid-wtls11 wap-wsg-idm-ecid-wtls12 wap-wsg-idm-ecid-wtls3 wap-wsg-idm-ecid-wtls4 \
    wap-wsg-idm-ecid-wtls5 wap-wsg-idm-ecid-wtls6 wap-wsg-idm-ecid-wtls7 wap-wsg-idm-ecid-wtls8 \
    wap-wsg-idm-ecid-wtls9";
