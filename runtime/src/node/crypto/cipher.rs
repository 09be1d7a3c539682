//! Symmetric ciphers: one context per cipher or decipher, with the extra steps of the authenticated modes.

use crate::node::binder::Binder;
use std::cell::RefCell;

use openssl::cipher::Cipher;
use openssl::cipher_ctx::{CipherCtx, CipherCtxFlags};

use super::args::{bytes, bytes_if_given, finish, number, text, with_bytes};
use super::fault::Fault;
use crate::node::native_object::{Native, unwrap, wrap};
use crate::node::strings_to_js;
use crate::pool::Value;

struct State {
    context: CipherCtx,
    mode: &'static str,
    is_authenticated: bool,
    is_encrypting: bool,
    tag_bytes: Option<usize>,
    tag: Option<Vec<u8>>,
    is_tag_given: bool,
    /// CCM does all its work in one update; what failed there is told at the end.
    has_failed: bool,
    is_over: bool,
}

struct Handle(RefCell<State>);

impl Native for Handle {
    const TAG: u32 = 0x4349_5048;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("cipherInfo", cipher_info);
    to.function("getCiphers", get_ciphers);
    to.function("cipherNew", cipher_new);
    to.function("cipherUpdate", cipher_update);
    to.function("cipherFinal", cipher_final);
    to.function("cipherPadding", cipher_padding);
    to.function("cipherAad", cipher_aad);
    to.function("cipherSetTag", cipher_set_tag);
    to.function("cipherTag", cipher_tag);
}

/// OpenSSL's number of the cipher named `name`, 0 if there is none.
pub fn nid_of(name: &str) -> i32 {
    super::curve::nid_of_name(name)
        .or_else(|| super::curve::nid_of_name(&name.to_ascii_lowercase()))
        .map_or(0, |nid| nid.as_raw())
}

fn fetch(name: &str) -> Option<Cipher> {
    let name = match name.to_ascii_lowercase().as_str() {
        "aes128" => "AES-128-CBC".to_owned(),
        "aes192" => "AES-192-CBC".to_owned(),
        "aes256" => "AES-256-CBC".to_owned(),
        "des3" | "des-ede3" => "DES-EDE3-CBC".to_owned(),
        other => match other.strip_prefix("id-").and_then(|rest| rest.strip_prefix("aes")) {
            // id-aes256-GCM
            Some(rest) if rest.len() > 3 => format!("AES-{}{}", &rest[..3], &rest[3..]),
            _ => other.to_owned(),
        },
    };
    Cipher::fetch(None, &name, None).ok()
}

fn mode_of(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    const MODES: [&str; 10] = ["gcm", "ccm", "ocb", "ctr", "cbc", "ecb", "cfb", "ofb", "xts", "wrap"];
    if name.contains("chacha20") {
        return "stream";
    }
    MODES.into_iter().find(|mode| name.contains(mode)).unwrap_or("cbc")
}

fn is_authenticated(mode: &str, name: &str) -> bool {
    matches!(mode, "gcm" | "ccm" | "ocb") || name.eq_ignore_ascii_case("chacha20-poly1305")
}

/// `cipherInfo(name or nid, key length, iv length)` -> `[name, nid, block, iv, key, mode]`, undefined if there is none
fn cipher_info<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let name = match number(args.get(0)) {
        Some(nid) => match openssl::nid::Nid::from_raw(nid as i32).long_name() {
            Ok(name) => name.to_owned(),
            Err(_) => return,
        },
        None => text(scope, args.get(0)),
    };
    let Some(cipher) = fetch(&name) else { return };
    let nid = cipher.nid();
    let name = nid.long_name().map_or(name.clone(), str::to_owned).to_ascii_lowercase();
    let mode = mode_of(&name);
    let (mut key_bytes, mut iv_bytes) = (cipher.key_length(), cipher.iv_length());
    if let Some(wanted) = number(args.get(1)) {
        if wanted as usize != key_bytes {
            return;
        }
        key_bytes = wanted as usize;
    }
    if let Some(wanted) = number(args.get(2)) {
        let wanted = wanted as usize;
        let is_fine = match mode {
            "ccm" => (7..=13).contains(&wanted),
            "gcm" => wanted > 0,
            "ocb" => (1..=15).contains(&wanted),
            _ if name.contains("poly1305") => (1..=12).contains(&wanted),
            _ => wanted == iv_bytes,
        };
        if !is_fine {
            return;
        }
        iv_bytes = wanted;
    }
    let int = |n: usize| Value::Int(n as i64);
    let list = vec![
        Value::Str(name),
        int(nid.as_raw() as usize),
        int(cipher.block_size()),
        int(iv_bytes),
        int(key_bytes),
        Value::Str(mode.to_owned()),
    ];
    finish(scope, rv, Ok(Value::List(list)));
}

fn get_ciphers<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let mut names: Vec<String> = Vec::new();
    for bits in ["128", "192", "256"] {
        for mode in ["cbc", "ccm", "cfb", "cfb1", "cfb8", "ctr", "ecb", "gcm", "ocb", "ofb", "xts", "wrap", "wrap-pad"]
        {
            names.push(format!("aes-{bits}-{mode}"));
        }
        for mode in ["cbc", "cfb", "cfb1", "cfb8", "ctr", "ecb", "gcm", "ccm", "ofb"] {
            names.push(format!("aria-{bits}-{mode}"));
        }
        names.push(format!("aes{bits}"));
        names.extend(["CCM", "GCM"].map(|mode| format!("id-aes{bits}-{mode}")));
    }
    let others = "aes-128-cbc-hmac-sha1 aes-128-cbc-hmac-sha256 aes-256-cbc-hmac-sha1 aes-256-cbc-hmac-sha256 chacha20 \
        chacha20-poly1305 des-ede des-ede-cbc des-ede-cfb des-ede-ecb des-ede-ofb des-ede3 des-ede3-cbc des-ede3-cfb \
        des-ede3-cfb1 des-ede3-cfb8 des-ede3-ecb des-ede3-ofb des3 sm4-cbc sm4-cfb sm4-ctr sm4-ecb sm4-ofb";
    names.extend(others.split_whitespace().map(str::to_owned));
    names.retain(|name| fetch(name).is_some());
    names.sort();
    rv.set(strings_to_js(scope, &names));
}

/// `cipherNew(encrypts, name, key, iv, tag length)` -> cipher
fn cipher_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let name = text(scope, args.get(1));
    let key = super::key::secret_bytes(scope, args.get(2));
    let iv = bytes_if_given(scope, args.get(3));
    let tag_bytes = number(args.get(4)).map(|n| n as usize);
    match make(args.get(0).is_true(), &name, &key, iv.as_deref(), tag_bytes) {
        Ok(state) => rv.set(wrap(scope, Handle(RefCell::new(state))).into()),
        Err(fault) => fault.throw(scope),
    }
}

fn make(
    is_encrypting: bool,
    name: &str,
    key: &[u8],
    iv: Option<&[u8]>,
    tag_bytes: Option<usize>,
) -> Result<State, Fault> {
    let cipher = fetch(name).ok_or_else(|| Fault::Coded("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher".into()))?;
    let mode = mode_of(name);
    let is_authenticated = is_authenticated(mode, name);
    let invalid_iv = || Fault::Type("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector".into());
    if key.len() != cipher.key_length() {
        return Err(Fault::Range("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length".into()));
    }
    let iv_bytes = iv.map_or(0, <[u8]>::len);
    if iv.is_none() && cipher.iv_length() != 0 || (!is_authenticated && iv_bytes != cipher.iv_length()) {
        return Err(invalid_iv());
    }
    if is_authenticated && (iv_bytes == 0 || (name.eq_ignore_ascii_case("chacha20-poly1305") && iv_bytes > 12)) {
        return Err(invalid_iv());
    }
    let needs_tag_length = matches!(mode, "ccm" | "ocb");
    if needs_tag_length && tag_bytes.is_none() {
        let message = format!("authTagLength required for {name}");
        return Err(Fault::Type("ERR_CRYPTO_INVALID_AUTH_TAG", message));
    }
    if let Some(length) = tag_bytes.filter(|_| is_authenticated) {
        let is_fine = match mode {
            "gcm" => matches!(length, 4 | 8 | 12..=16),
            "ccm" => matches!(length, 4 | 6 | 8 | 10 | 12 | 14 | 16),
            _ => (1..=16).contains(&length),
        };
        if !is_fine {
            let message = format!("Invalid authentication tag length: {length}");
            return Err(Fault::Type("ERR_CRYPTO_INVALID_AUTH_TAG", message));
        }
    }
    let mut context = CipherCtx::new()?;
    if mode == "wrap" {
        context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    }
    if is_encrypting {
        context.encrypt_init(Some(&cipher), None, None)?
    } else {
        context.decrypt_init(Some(&cipher), None, None)?
    }
    if is_authenticated {
        context.set_iv_length(iv_bytes).map_err(|_| invalid_iv())?;
        if let Some(length) = tag_bytes.filter(|_| needs_tag_length) {
            context.set_tag_length(length)?;
        }
    }
    // CCM takes its tag before the key when it decrypts; the key then comes with the tag.
    if is_encrypting {
        context.encrypt_init(None, Some(key), iv)?
    } else {
        context.decrypt_init(None, Some(key), iv)?
    }
    Ok(State {
        context,
        mode,
        is_authenticated,
        is_encrypting,
        tag_bytes,
        tag: None,
        is_tag_given: false,
        has_failed: false,
        is_over: false,
    })
}

fn with_state<R>(value: v8::Local<'_, v8::Value>, run: impl FnOnce(&mut State) -> R) -> Option<R> {
    unwrap::<Handle>(value).map(|handle| run(&mut handle.0.borrow_mut()))
}

fn invalid_state(operation: &str) -> Fault {
    Fault::Coded("ERR_CRYPTO_INVALID_STATE", format!("Invalid state for operation {operation}"))
}

/// `cipherUpdate(cipher, data)` -> bytes
fn cipher_update<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let data = bytes(scope, args.get(1));
    let Some(result) = with_state(args.get(0), |state| update(state, &data)) else { return };
    finish(scope, rv, result.map(Value::Bytes));
}

fn update(state: &mut State, data: &[u8]) -> Result<Vec<u8>, Fault> {
    if state.is_over {
        return Err(invalid_state("update"));
    }
    if state.mode == "ccm" && !state.is_encrypting && !state.is_tag_given {
        return Err(invalid_state("update"));
    }
    let mut output = Vec::new();
    match state.context.cipher_update_vec(data, &mut output) {
        Ok(_) => Ok(output),
        Err(_) if state.mode == "ccm" && !state.is_encrypting => {
            state.has_failed = true;
            Ok(Vec::new())
        }
        Err(stack) => Err(Fault::Openssl(stack, "Trying to add data in unsupported state")),
    }
}

/// `cipherFinal(cipher)` -> bytes
fn cipher_final<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(result) = with_state(args.get(0), end) else { return };
    finish(scope, rv, result.map(Value::Bytes));
}

fn end(state: &mut State) -> Result<Vec<u8>, Fault> {
    if state.is_over {
        return Err(invalid_state("final"));
    }
    let is_authenticated = state.is_authenticated;
    let unauthentic = || Fault::Coded("", "Unsupported state or unable to authenticate data".into());
    if is_authenticated && !state.is_encrypting && !state.is_tag_given {
        state.is_over = true;
        return Err(unauthentic());
    }
    state.is_over = true;
    if state.mode == "ccm" {
        if state.has_failed {
            return Err(unauthentic());
        }
        if state.is_encrypting {
            let mut tag = vec![0; state.tag_bytes.unwrap_or(16)];
            state.context.tag(&mut tag)?;
            state.tag = Some(tag);
        }
        return Ok(Vec::new());
    }
    let mut output = Vec::new();
    match state.context.cipher_final_vec(&mut output) {
        Ok(_) => {}
        Err(_) if is_authenticated => return Err(unauthentic()),
        Err(stack) => return Err(Fault::Openssl(stack, "Unsupported state")),
    }
    if is_authenticated && state.is_encrypting {
        let mut tag = vec![0; state.tag_bytes.unwrap_or(16)];
        state.context.tag(&mut tag)?;
        state.tag = Some(tag);
    }
    Ok(output)
}

/// `cipherPadding(cipher, on)` -> whether it was in time
fn cipher_padding<'s>(_: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let on = args.get(1).is_true();
    let in_time = with_state(args.get(0), |state| {
        if !state.is_over {
            state.context.set_padding(on);
        }
        !state.is_over
    });
    rv.set_bool(in_time.unwrap_or(false));
}

/// `cipherAad(cipher, data, plaintext length)` -> whether it was in time
fn cipher_aad<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let plain_bytes = number(args.get(2)).map(|n| n as usize);
    let taken = with_bytes(scope, args.get(1), |data| {
        with_state(args.get(0), |state| {
            if state.is_over || (state.mode == "ccm" && !state.is_encrypting && !state.is_tag_given) {
                return false;
            }
            if let Some(length) = plain_bytes.filter(|_| state.mode == "ccm")
                && state.context.set_data_len(length).is_err()
            {
                return false;
            }
            state.context.cipher_update(data, None).is_ok()
        })
    });
    rv.set_bool(taken.unwrap_or(false));
}

/// `cipherSetTag(decipher, tag)` -> null, or what is wrong: 'state' or 'length'
fn cipher_set_tag<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let tag = bytes(scope, args.get(1));
    let wrong = with_state(args.get(0), |state| {
        if state.is_over || state.is_tag_given || state.is_encrypting {
            return Some("state");
        }
        let fits = match (state.tag_bytes, state.mode) {
            (Some(length), _) => tag.len() == length,
            (None, "gcm") => matches!(tag.len(), 4 | 8 | 12..=16),
            (None, _) => (1..=16).contains(&tag.len()),
        };
        if !fits || state.context.set_tag(&tag).is_err() {
            return Some("length");
        }
        state.is_tag_given = true;
        None
    });
    if let Some(Some(wrong)) = wrong {
        let wrong = v8::String::new(scope, wrong).expect("short");
        rv.set(wrong.into());
    } else {
        rv.set_null();
    }
}

/// `cipherTag(cipher)` -> bytes, undefined before the end
fn cipher_tag<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(Some(tag)) = with_state(args.get(0), |state| state.tag.clone()) else { return };
    finish(scope, rv, Ok(Value::Bytes(tag)));
}
