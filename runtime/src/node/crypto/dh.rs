//! Diffie-Hellman over numbers: groups, keys, secrets. A side of an exchange is kept by JavaScript, as bytes.

use foreign_types::ForeignType;
use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::dh::Dh;
use openssl::error::ErrorStack;

use super::args::{bytes, bytes_if_given, finish, number, text};
use super::fault::Fault;
use crate::node::binder::Binder;
use crate::pool::Value;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("dhGroup", dh_group);
    to.function("dhPrime", dh_prime);
    to.function("dhCheck", dh_check);
    to.function("dhGenerate", dh_generate);
    to.function("dhSecret", dh_secret);
}

/// `dhGroup(name)`: the prime of a group of RFC 2409 or 3526, whose generator is 2; undefined for any other name
fn dh_group(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    let prime = match text(scope, args.get(0)).as_str() {
        "modp1" => BigNum::get_rfc2409_prime_768(),
        "modp2" => BigNum::get_rfc2409_prime_1024(),
        "modp5" => BigNum::get_rfc3526_prime_1536(),
        "modp14" => BigNum::get_rfc3526_prime_2048(),
        "modp15" => BigNum::get_rfc3526_prime_3072(),
        "modp16" => BigNum::get_rfc3526_prime_4096(),
        "modp17" => BigNum::get_rfc3526_prime_6144(),
        "modp18" => BigNum::get_rfc3526_prime_8192(),
        _ => return,
    };
    finish(scope, rv, prime.map(|prime| Value::Bytes(prime.to_vec())).map_err(Fault::from));
}

/// `dhPrime(bits, generator)`: a new safe prime, for which the generator generates a group as large as can be
fn dh_prime(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    let bits = number(args.get(0)).unwrap_or_default() as i32;
    let generator = number(args.get(1)).unwrap_or_default() as u32;
    let result = (|| {
        // The prime's remainders that OpenSSL asks for, by the generator.
        let (add, rest) = match generator {
            2 => (24, 23),
            5 => (60, 59),
            _ => (12, 11),
        };
        let (add, rest) = (BigNum::from_u32(add)?, BigNum::from_u32(rest)?);
        let mut prime = BigNum::new()?;
        prime.generate_prime(bits, true, Some(&add), Some(&rest))?;
        Ok(Value::Bytes(prime.to_vec()))
    })();
    finish(scope, rv, result.map_err(|stack: ErrorStack| Fault::from(stack)));
}

/// `dhCheck(prime, generator)`: what OpenSSL has against the group, as bits
fn dh_check(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    let (prime, generator) = (bytes(scope, args.get(0)), bytes(scope, args.get(1)));
    let result = (|| {
        let group = Dh::from_pqg(BigNum::from_slice(&prime)?, None, BigNum::from_slice(&generator)?)?;
        let mut codes = 0;
        // SAFETY: both pointers are to what lives until the call returns.
        unsafe { openssl_sys::DH_check(group.as_ptr(), &raw mut codes) };
        Ok(Value::Int(codes.into()))
    })();
    finish(scope, rv, result.map_err(|stack: ErrorStack| Fault::from(stack)));
}

/// `dhGenerate(prime, generator, private?)` -> `[private, public]`, with a private number of its own unless one is given
fn dh_generate(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    let (prime, generator) = (bytes(scope, args.get(0)), bytes(scope, args.get(1)));
    let given = bytes_if_given(scope, args.get(2));
    let result = (|| {
        let (prime, generator) = (BigNum::from_slice(&prime)?, BigNum::from_slice(&generator)?);
        let mut private = match given {
            Some(given) => BigNum::from_slice(&given)?,
            None => random_below(&prime)?,
        };
        private.set_const_time();
        let mut public = BigNum::new()?;
        public.mod_exp(&generator, &private, &prime, &mut *BigNumContext::new()?)?;
        Ok(Value::List(vec![Value::Bytes(private.to_vec()), Value::Bytes(public.to_vec())]))
    })();
    finish(scope, rv, result.map_err(|stack: ErrorStack| Fault::from(stack)));
}

/// A number from 2 to the prime less 2.
fn random_below(prime: &BigNumRef) -> Result<BigNum, ErrorStack> {
    let (mut range, mut number) = (prime.to_owned()?, BigNum::new()?);
    // Of the smallest primes nothing would be left.
    if prime.num_bits() > 2 {
        range.sub_word(3)?;
        range.rand_range(&mut number)?;
    }
    number.add_word(2)?;
    Ok(number)
}

/// `dhSecret(prime, private, public of the other)`, as long as the prime
fn dh_secret(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, rv: Returned<'_>) {
    let [prime, private, other] = [0, 1, 2].map(|index| bytes(scope, args.get(index)));
    finish(scope, rv, secret(&prime, &private, &other));
}

fn secret(prime: &[u8], private: &[u8], other: &[u8]) -> Result<Value, Fault> {
    let (prime, other) = (BigNum::from_slice(prime)?, BigNum::from_slice(other)?);
    let one = BigNum::from_u32(1)?;
    let mut last = prime.to_owned()?;
    last.sub_word(1)?;
    if other <= one {
        return Err(Fault::Range("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too small".to_owned()));
    }
    if other >= last {
        return Err(Fault::Range("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too large".to_owned()));
    }
    let mut private = BigNum::from_slice(private)?;
    private.set_const_time();
    let mut shared = BigNum::new()?;
    shared.mod_exp(&other, &private, &prime, &mut *BigNumContext::new()?)?;
    if shared <= one {
        return Err(Fault::coded("ERR_CRYPTO_OPERATION_FAILED", "Failed to compute shared secret"));
    }
    Ok(Value::Bytes(shared.to_vec_padded(prime.num_bytes())?))
}
