//! Random bytes and prime numbers.

use crate::node::binder::Binder;
use openssl::bn::{BigNum, BigNumContext};

use super::args::{bytes, bytes_if_given, finish, index, now_or_later};
use super::fault::Fault;
use crate::node::buffer::view::View;
use crate::pool::Value;

/// OpenSSL takes lengths as `int`.
const CHUNK_BYTES_MAX: usize = 1 << 30;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("randomFill", random_fill);
    to.function("randomBytes", random_bytes);
    to.function("generatePrime", generate_prime);
    to.function("checkPrime", check_prime);
}

fn fill(target: &mut [u8]) -> Result<(), Fault> {
    for chunk in target.chunks_mut(CHUNK_BYTES_MAX) {
        openssl::rand::rand_bytes(chunk)?;
    }
    Ok(())
}

/// `randomFill(view, offset, length)`, now
fn random_fill<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(mut view) = View::of(args.get(0)) else { return };
    let offset = index(args.get(1));
    let range = view.range(offset, offset.saturating_add(index(args.get(2))));
    let _mark = crate::marker::native_op("crypto.randomFillSync", "");
    finish(scope, rv, fill(&mut view.bytes_mut()[range]).map(|()| Value::Undefined));
}

/// `randomBytes(length, callback)` -> later `callback(error, bytes)`
fn random_bytes<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let length = index(args.get(0));
    now_or_later(scope, rv, args.get(1), ("crypto.randomBytes", "randomBytes"), move || {
        let mut output = vec![0; length];
        fill(&mut output)?;
        Ok(Value::Bytes(output))
    });
}

/// `generatePrime(bits, safe, add, rem, callback)` -> big-endian bytes
fn generate_prime<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let bits = index(args.get(0));
    let safe = args.get(1).is_true();
    let add = bytes_if_given(scope, args.get(2));
    let rem = bytes_if_given(scope, args.get(3));
    now_or_later(scope, rv, args.get(4), ("crypto.generatePrimeSync", "generatePrime"), move || {
        let add = add.map(|bytes| BigNum::from_slice(&bytes)).transpose()?;
        let rem = rem.map(|bytes| BigNum::from_slice(&bytes)).transpose()?;
        if let Some(add) = &add {
            if add.num_bits() as usize > bits {
                return Err(Fault::Range("ERR_OUT_OF_RANGE", "invalid options.add".into()));
            }
            if rem.as_ref().is_some_and(|rem| add <= rem) {
                return Err(Fault::Range("ERR_OUT_OF_RANGE", "invalid options.rem".into()));
            }
        }
        let mut prime = BigNum::new()?;
        prime.generate_prime(bits as i32, safe, add.as_deref(), rem.as_deref())?;
        Ok(Value::Bytes(prime.to_vec_padded(bits.div_ceil(8) as i32)?))
    });
}

/// `checkPrime(candidate, checks, callback)` -> boolean
fn check_prime<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let candidate = bytes(scope, args.get(0));
    let checks = index(args.get(1)) as i32;
    now_or_later(scope, rv, args.get(2), ("crypto.checkPrimeSync", "checkPrime"), move || {
        let candidate = BigNum::from_slice(&candidate)?;
        let mut context = BigNumContext::new()?;
        Ok(Value::Bool(candidate.is_prime(checks, &mut context)?))
    });
}
