//! Digests. A digest algorithm is fetched once and known by a number; a hash under way is an object of its own, but a
//! hash of one piece of data takes one call and no object.

use crate::node::binder::Binder;
use std::cell::RefCell;

use openssl::md::{Md, MdRef};
use openssl::md_ctx::MdCtx;

use super::args::{Encoding, encoded, finish, index, text, with_bytes};
use super::fault::Fault;
use crate::node::native_object::{Native, unwrap, wrap};
use crate::node::strings_to_js;
use crate::pool::Value;

/// The longest output that an extendable function is asked for.
const OUTPUT_BYTES_MAX: usize = i32::MAX as usize;
/// A hash of more bytes than this marks itself as an operation that may stall.
const MARK_BYTES_MIN: usize = 64 * 1024;

thread_local! {
    static FETCHED: RefCell<Vec<(String, &'static Md)>> = const { RefCell::new(Vec::new()) };
    /// A context that one-shot hashes use again and again.
    static SCRATCH: RefCell<Option<MdCtx>> = const { RefCell::new(None) };
}

/// A hash under way; empty once its digest was taken.
struct Hash(RefCell<Option<State>>);

struct State {
    context: MdCtx,
    output_bytes: usize,
    is_extendable: bool,
}

impl Native for Hash {
    const TAG: u32 = 0x4841_5348;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("digestNumber", digest_number);
    to.function("digestInfo", digest_info);
    to.function("getHashes", get_hashes);
    to.function("hashOnce", hash_once);
    to.function("hashNew", hash_new);
    to.function("hashCopy", hash_copy);
    to.function("hashUpdate", hash_update);
    to.function("hashDigest", hash_digest);
}

/// The algorithm named `name`, fetched once.
pub fn digest(name: &str) -> Option<&'static MdRef> {
    numbered(digest_index(name)?)
}

fn digest_index(name: &str) -> Option<usize> {
    FETCHED.with_borrow_mut(|fetched| {
        if let Some(found) = fetched.iter().position(|(known, _)| known == name) {
            return Some(found);
        }
        let md = Md::fetch(None, canonical(name), None).ok()?;
        fetched.push((name.to_owned(), Box::leak(Box::new(md))));
        Some(fetched.len() - 1)
    })
}

pub fn numbered(number: usize) -> Option<&'static MdRef> {
    FETCHED.with_borrow(|fetched| fetched.get(number).map(|(_, md)| &***md))
}

/// Node also takes the old names of signature algorithms.
fn canonical(name: &str) -> &str {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    if is("RSA-SHA1-2") || is("ssl3-sha1") || is("dss1") {
        "SHA1"
    } else if is("ssl3-md5") {
        "MD5"
    } else if is("sha256WithRSAEncryption") || is("RSA-SHA256") {
        "SHA256"
    } else if is("RSA-SHA512/224") || is("sha512-224WithRSAEncryption") {
        "SHA512-224"
    } else if is("RSA-SHA512/256") || is("sha512-256WithRSAEncryption") {
        "SHA512-256"
    } else if let Some(plain) = name.strip_prefix("id-rsassa-pkcs1-v1_5-with-") {
        plain
    } else if let Some(plain) = name.strip_suffix("WithRSA") {
        plain
    } else if let Some(plain) = name.strip_prefix("RSA-").or_else(|| name.strip_prefix("rsa-")) {
        plain
    } else if let Some((plain, _)) = name.split_once("WithRSAEncryption") {
        plain
    } else if is("ripemd") || is("rmd160") {
        "RIPEMD160"
    } else {
        name
    }
}

fn is_extendable(md: &MdRef) -> bool {
    let kind = md.type_();
    kind == openssl::nid::Nid::SHAKE128 || kind == openssl::nid::Nid::SHAKE256
}

/// The length of a digest; SHAKE has the one that it had before OpenSSL took its default away.
fn size_of_digest(md: &MdRef) -> usize {
    match md.type_() {
        kind if kind == openssl::nid::Nid::SHAKE128 => 16,
        kind if kind == openssl::nid::Nid::SHAKE256 => 32,
        _ => md.size(),
    }
}

/// `digestNumber(name)` -> its number, -1 if there is none of that name
fn digest_number<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let name = text(scope, args.get(0));
    rv.set_int32(digest_index(&name).map_or(-1, |number| number as i32));
}

/// `digestInfo(number)` -> `[output bytes, block bytes, is extendable]`
fn digest_info<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(md) = numbered(index(args.get(0))) else { return };
    let (size, block) = (Value::Int(size_of_digest(md) as i64), Value::Int(md.block_size() as i64));
    finish(scope, rv, Ok(Value::List(vec![size, block, Value::Bool(is_extendable(md))])));
}

fn get_hashes<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let found = NAMES.iter().filter(|name| digest_index(name).is_some());
    rv.set(strings_to_js(scope, found));
}

/// `hashOnce(number, data, encoding, outputLength)` -> digest
fn hash_once<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(md) = numbered(index(args.get(0))) else { return };
    let output_bytes = super::args::number(args.get(3)).map_or(size_of_digest(md), |n| n as usize);
    let mut small = [0u8; 64];
    let mut large = Vec::new();
    let output = if output_bytes <= small.len() {
        &mut small[..output_bytes]
    } else {
        large.resize(output_bytes.min(OUTPUT_BYTES_MAX), 0);
        &mut large[..]
    };
    let result = with_bytes(scope, args.get(1), |data| {
        let _mark = (data.len() >= MARK_BYTES_MIN).then(|| crate::marker::native_op("crypto.hash", ""));
        SCRATCH.with_borrow_mut(|scratch| {
            if scratch.is_none() {
                *scratch = Some(MdCtx::new()?);
            }
            let context = scratch.as_mut().expect("just set");
            context.digest_init(md)?;
            context.digest_update(data)?;
            take_digest(context, output, is_extendable(md), md.size())
        })
    });
    match result {
        Ok(()) => rv.set(encoded(scope, output, Encoding::of(args.get(2)))),
        Err(fault) => fault.throw(scope),
    }
}

/// Fills `output`, whose length an extendable function takes as its own.
fn take_digest(context: &mut MdCtx, output: &mut [u8], is_extendable: bool, size: usize) -> Result<(), Fault> {
    if is_extendable {
        if !output.is_empty() {
            context.digest_final_xof(output)?;
        }
    } else {
        debug_assert_eq!(output.len(), size);
        context.digest_final(output)?;
    }
    Ok(())
}

/// `hashNew(number, outputLength)` -> hash
fn hash_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(md) = numbered(index(args.get(0))) else { return };
    let output_bytes = super::args::number(args.get(1)).map_or(size_of_digest(md), |n| n as usize);
    let state = MdCtx::new().and_then(|mut context| {
        context.digest_init(md)?;
        Ok(State { context, output_bytes, is_extendable: is_extendable(md) })
    });
    match state {
        Ok(state) => rv.set(wrap(scope, Hash(RefCell::new(Some(state)))).into()),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `hashCopy(hash, outputLength)` -> a hash with the same state
fn hash_copy<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(hash) = unwrap::<Hash>(args.get(0)) else { return };
    let copy = {
        let state = hash.0.borrow();
        let Some(state) = state.as_ref() else { return };
        let output_bytes = super::args::number(args.get(1)).map_or(state.output_bytes, |n| n as usize);
        super::raw::copy_digest(&state.context).map(|context| State { context, output_bytes, ..*state })
    };
    match copy {
        Ok(state) => rv.set(wrap(scope, Hash(RefCell::new(Some(state)))).into()),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `hashUpdate(hash, data)` -> whether it was taken
fn hash_update<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(hash) = unwrap::<Hash>(args.get(0)) else { return };
    let taken = with_bytes(scope, args.get(1), |data| {
        let _mark = (data.len() >= MARK_BYTES_MIN).then(|| crate::marker::native_op("crypto.Hash.update", ""));
        hash.0.borrow_mut().as_mut().is_some_and(|state| state.context.digest_update(data).is_ok())
    });
    rv.set_bool(taken);
}

/// `hashDigest(hash, encoding)` -> digest; the hash is over
fn hash_digest<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(hash) = unwrap::<Hash>(args.get(0)) else { return };
    let Some(mut state) = hash.0.borrow_mut().take() else { return };
    let mut output = vec![0; state.output_bytes.min(OUTPUT_BYTES_MAX)];
    let size = state.context.size();
    match take_digest(&mut state.context, &mut output, state.is_extendable, size) {
        Ok(()) => rv.set(encoded(scope, &output, Encoding::of(args.get(1)))),
        Err(fault) => fault.throw(scope),
    }
}

/// What `getHashes` lists, in Node's order, as far as this OpenSSL has it.
const NAMES: &[&str] = &[
    "RSA-MD5",
    "RSA-RIPEMD160",
    "RSA-SHA1",
    "RSA-SHA1-2",
    "RSA-SHA224",
    "RSA-SHA256",
    "RSA-SHA3-224",
    "RSA-SHA3-256",
    "RSA-SHA3-384",
    "RSA-SHA3-512",
    "RSA-SHA384",
    "RSA-SHA512",
    "RSA-SHA512/224",
    "RSA-SHA512/256",
    "RSA-SM3",
    "blake2b512",
    "blake2s256",
    "id-rsassa-pkcs1-v1_5-with-sha3-224",
    "id-rsassa-pkcs1-v1_5-with-sha3-256",
    "id-rsassa-pkcs1-v1_5-with-sha3-384",
    "id-rsassa-pkcs1-v1_5-with-sha3-512",
    "md5",
    "md5-sha1",
    "md5WithRSAEncryption",
    "ripemd",
    "ripemd160",
    "ripemd160WithRSA",
    "rmd160",
    "sha1",
    "sha1WithRSAEncryption",
    "sha224",
    "sha224WithRSAEncryption",
    "sha256",
    "sha256WithRSAEncryption",
    "sha3-224",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "sha384",
    "sha384WithRSAEncryption",
    "sha512",
    "sha512-224",
    "sha512-224WithRSAEncryption",
    "sha512-256",
    "sha512-256WithRSAEncryption",
    "sha512WithRSAEncryption",
    "shake128",
    "shake256",
    "sm3",
    "sm3WithRSAEncryption",
    "ssl3-md5",
    "ssl3-sha1",
];
