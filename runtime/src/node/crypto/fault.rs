//! Why a cryptographic operation failed: an error of OpenSSL, or a code and text of ours; and how JavaScript sees it.

use openssl::error::{Error, ErrorStack};

use crate::node::set_value;

/// A failure that can cross threads on its way to JavaScript.
pub enum Fault {
    /// OpenSSL's, with the text used when it left none.
    Openssl(ErrorStack, &'static str),
    /// `Error` with a code (may be empty) and a message.
    Coded(&'static str, String),
    /// `TypeError`, as above.
    Type(&'static str, String),
    /// `RangeError`, as above.
    Range(&'static str, String),
}

impl From<ErrorStack> for Fault {
    fn from(stack: ErrorStack) -> Fault {
        Fault::Openssl(stack, "The operation failed")
    }
}

impl Fault {
    pub fn coded(code: &'static str, message: impl Into<String>) -> Fault {
        Fault::Coded(code, message.into())
    }

    /// The error object.
    pub fn to_js<'s>(&self, scope: &mut v8::PinScope<'s, '_>) -> v8::Local<'s, v8::Value> {
        let (code, message, make): (_, _, fn(v8::Local<'s, v8::String>, &mut v8::PinScope<'s, '_>) -> _) = match self {
            Fault::Openssl(stack, fallback) => return openssl_error(scope, stack, fallback),
            Fault::Coded(code, message) => (*code, message, |text, scope| v8::Exception::error(scope, text)),
            Fault::Type(code, message) => (*code, message, |text, scope| v8::Exception::type_error(scope, text)),
            Fault::Range(code, message) => (*code, message, |text, scope| v8::Exception::range_error(scope, text)),
        };
        let text = v8::String::new(scope, message).expect("messages are short");
        let error = make(text, scope);
        set_text(scope, error, "code", code);
        error
    }

    pub fn throw(&self, scope: &mut v8::PinScope<'_, '_>) {
        let error = self.to_js(scope);
        scope.throw_exception(error);
    }
}

fn set_text<'s>(scope: &mut v8::PinScope<'s, '_>, error: v8::Local<'s, v8::Value>, name: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    let object = v8::Local::<v8::Object>::try_from(error).expect("errors are objects");
    let text = v8::String::new(scope, text).expect("short");
    set_value(scope, object, name, text.into());
}

/// The first error is the message; `library`, `reason` and `code` describe it, `opensslErrorStack` holds the others.
fn openssl_error<'s>(scope: &mut v8::PinScope<'s, '_>, stack: &ErrorStack, fallback: &str) -> v8::Local<'s, v8::Value> {
    let errors = stack.errors();
    let Some(first) = errors.first() else {
        let text = v8::String::new(scope, fallback).expect("short");
        return v8::Exception::error(scope, text);
    };
    let text = v8::String::new(scope, &text_of(first)).expect("short");
    let error = v8::Exception::error(scope, text);
    set_text(scope, error, "library", first.library().unwrap_or_default());
    set_text(scope, error, "reason", first.reason().unwrap_or_default());
    if let Some(reason) = first.reason() {
        set_text(scope, error, "code", &code_of(first, reason));
    }
    if errors.len() > 1 {
        let others = crate::node::strings_to_js(scope, errors[1..].iter().rev().map(text_of));
        let object = v8::Local::<v8::Object>::try_from(error).expect("errors are objects");
        set_value(scope, object, "opensslErrorStack", others);
    }
    error
}

/// OpenSSL's own form: `error:1C800064:Provider routines::bad decrypt`.
pub fn text_of(error: &Error) -> String {
    let library = error.library().map_or_else(|| format!("lib({})", error.library_code()), str::to_owned);
    let reason = error.reason().map_or_else(|| format!("reason({})", error.reason_code()), str::to_owned);
    format!("error:{:08X}:{library}::{reason}", error.code())
}

/// `ERR_OSSL_` with the library where it is one of the old ones, and the reason.
fn code_of(error: &Error, reason: &str) -> String {
    let library = match error.library_code() {
        2 => "SYS_",
        3 => "BN_",
        4 => "RSA_",
        5 => "DH_",
        6 => "EVP_",
        7 => "BUF_",
        8 => "OBJ_",
        9 => "PEM_",
        10 => "DSA_",
        11 => "X509_",
        13 => "ASN1_",
        14 => "CONF_",
        15 => "CRYPTO_",
        16 => "EC_",
        20 => "SSL_",
        32 => "BIO_",
        33 => "PKCS7_",
        34 => "X509V3_",
        35 => "PKCS12_",
        36 => "RAND_",
        37 => "DSO_",
        38 => "ENGINE_",
        39 => "OCSP_",
        40 => "UI_",
        44 => "OSSL_STORE_",
        46 => "CMS_",
        52 => "KDF_",
        _ => "",
    };
    let prefix = if library == "SSL_" { "" } else { "OSSL_" };
    let reason: String = reason.chars().map(|c| if c == ' ' { '_' } else { c.to_ascii_uppercase() }).collect();
    format!("ERR_{prefix}{library}{reason}")
}
