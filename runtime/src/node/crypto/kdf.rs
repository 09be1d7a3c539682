//! Keys derived from passwords and secrets: PBKDF2, scrypt, HKDF.

use crate::node::binder::Binder;
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::pkey_ctx::{HkdfMode, PkeyCtx};

use super::args::{bytes, finish, index, now_or_later, number, text};
use super::fault::Fault;
use super::hash::digest;
use super::mac::hmac;
use crate::pool::Value;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("pbkdf2", pbkdf2);
    to.function("scrypt", scrypt);
    to.function("scryptCheck", scrypt_check);
    to.function("hkdf", hkdf);
}

/// `pbkdf2(password, salt, iterations, length, digest name, callback)`
fn pbkdf2<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (password, salt) = (bytes(scope, args.get(0)), bytes(scope, args.get(1)));
    let (iterations, length) = (index(args.get(2)), index(args.get(3)));
    let name = text(scope, args.get(4));
    let Some(md) = MessageDigest::from_name(&name) else {
        let message = format!("Invalid digest: {name}");
        return finish(scope, rv, Err(Fault::Type("ERR_CRYPTO_INVALID_DIGEST", message)));
    };
    now_or_later(scope, rv, args.get(5), ("crypto.pbkdf2Sync", "pbkdf2"), move || {
        let mut key = vec![0; length];
        if length > 0 {
            openssl::pkcs5::pbkdf2_hmac(&password, &salt, iterations, md, &mut key)?;
        }
        Ok(Value::Bytes(key))
    });
}

struct ScryptCost {
    n: u64,
    r: u64,
    p: u64,
    memory_bytes_max: u64,
}

fn scrypt_cost(args: &v8::FunctionCallbackArguments, from: i32) -> ScryptCost {
    let at = |i| number(args.get(from + i)).unwrap_or(0.0) as u64;
    ScryptCost { n: at(0), r: at(1), p: at(2), memory_bytes_max: at(3) }
}

/// `scryptCheck(n, r, p, memory)` throws what is wrong with the parameters, as OpenSSL sees it.
fn scrypt_check<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let cost = scrypt_cost(&args, 0);
    let result = super::raw::check_scrypt(cost.n, cost.r, cost.p, cost.memory_bytes_max);
    let result = result.map(|()| Value::Undefined).map_err(|stack| {
        let why = stack.errors().first().and_then(|error| error.reason()).unwrap_or_default();
        let text =
            if why.is_empty() { "Invalid scrypt params".to_owned() } else { format!("Invalid scrypt params: {why}") };
        Fault::Range("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", text)
    });
    finish(scope, rv, result);
}

/// `scrypt(password, salt, n, r, p, memory, length, callback)`
fn scrypt<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let (password, salt) = (bytes(scope, args.get(0)), bytes(scope, args.get(1)));
    let cost = scrypt_cost(&args, 2);
    let length = index(args.get(6));
    now_or_later(scope, rv, args.get(7), ("crypto.scryptSync", "scrypt"), move || {
        let mut key = vec![0; length];
        if length > 0 {
            openssl::pkcs5::scrypt(&password, &salt, cost.n, cost.r, cost.p, cost.memory_bytes_max, &mut key)?;
        }
        Ok(Value::Bytes(key))
    });
}

/// `hkdf(digest name, key, salt, info, length, callback)`
fn hkdf<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let name = text(scope, args.get(0));
    let Some(md) = digest(&name) else {
        let message = format!("Invalid digest: {name}");
        return finish(scope, rv, Err(Fault::Type("ERR_CRYPTO_INVALID_DIGEST", message)));
    };
    let (key, salt, info) =
        (super::key::secret_bytes(scope, args.get(1)), bytes(scope, args.get(2)), bytes(scope, args.get(3)));
    let length = index(args.get(4));
    if length > 255 * md.size() {
        return finish(scope, rv, Err(Fault::Range("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length".into())));
    }
    now_or_later(scope, rv, args.get(5), ("crypto.hkdfSync", "hkdf"), move || {
        derive_hkdf(&name, &key, &salt, &info, length).map(Value::Bytes)
    });
}

/// The extract step is done apart, since OpenSSL refuses an empty key there.
pub fn derive_hkdf(name: &str, key: &[u8], salt: &[u8], info: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let md = digest(name).ok_or_else(|| Fault::coded("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest"))?;
    if length == 0 {
        return Ok(Vec::new());
    }
    let zeros = vec![0; md.size()];
    let secret = hmac(md, if salt.is_empty() { &zeros } else { salt }, &[key])?;
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_mode(HkdfMode::EXPAND_ONLY)?;
    context.set_hkdf_md(md)?;
    context.set_hkdf_key(&secret)?;
    context.add_hkdf_info(info)?;
    let mut output = vec![0; length];
    context.derive(Some(&mut output))?;
    Ok(output)
}
