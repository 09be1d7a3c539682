//! HMAC, and the comparison that takes the same time for every input.

use crate::node::binder::Binder;
use std::cell::RefCell;

use super::args::{Encoding, bytes, encoded, index, with_bytes};
use super::fault::Fault;
use super::hash::numbered;
use super::raw::Hmac;
use crate::node::native_object::{Native, unwrap, wrap};

struct Mac(RefCell<Option<Hmac>>);

impl Native for Mac {
    const TAG: u32 = 0x484d_4143;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("hmacNew", hmac_new);
    to.function("hmacUpdate", hmac_update);
    to.function("hmacDigest", hmac_digest);
    to.function("timingSafeEqual", timing_safe_equal);
}

/// The HMAC of `data`.
pub fn hmac(md: &openssl::md::MdRef, key: &[u8], data: &[&[u8]]) -> Result<Vec<u8>, Fault> {
    let mut mac = Hmac::new(key, md)?;
    for part in data {
        mac.update(part)?;
    }
    Ok(mac.finish()?)
}

/// `hmacNew(digest number, key)` -> mac
fn hmac_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(md) = numbered(index(args.get(0))) else { return };
    let key = super::key::secret_bytes(scope, args.get(1));
    match Hmac::new(&key, md) {
        Ok(mac) => rv.set(wrap(scope, Mac(RefCell::new(Some(mac)))).into()),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

fn hmac_update<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(mac) = unwrap::<Mac>(args.get(0)) else { return };
    let taken =
        with_bytes(scope, args.get(1), |data| mac.0.borrow_mut().as_mut().is_some_and(|mac| mac.update(data).is_ok()));
    rv.set_bool(taken);
}

/// `hmacDigest(mac, encoding)` -> digest; the mac is over
fn hmac_digest<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(mac) = unwrap::<Mac>(args.get(0)).and_then(|mac| mac.0.borrow_mut().take()) else { return };
    match mac.finish() {
        Ok(output) => rv.set(encoded(scope, &output, Encoding::of(args.get(1)))),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `timingSafeEqual(a, b)` of views with the same length
fn timing_safe_equal<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let a = bytes(scope, args.get(0));
    let equal = with_bytes(scope, args.get(1), |b| a.len() == b.len() && openssl::memcmp::eq(&a, b));
    rv.set_bool(equal);
}
