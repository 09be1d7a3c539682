//! Contexts: certificates, keys, trust, and the choices of protocol; and what each connection keeps beside its state.

use crate::node::binder::Binder;
use std::cell::{OnceCell, RefCell};
use std::sync::OnceLock;

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::pkcs12::Pkcs12;
use openssl::ssl::{
    AlpnError, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslRef, SslSessionCacheMode,
    SslSessionRef, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use super::{bytes, text};
use crate::node::crypto::Fault;
use crate::node::crypto::key::{Key, key, private_from_pem};
use crate::node::native_object::{Native, wrap};
use crate::node::strings_to_js;

pub struct Context(pub SslContext);

impl Native for Context {
    const TAG: u32 = 0x544c_5358;
}

/// What a connection keeps: its protocols in wire form, and the sessions it was given.
struct Kept {
    alpn: Vec<u8>,
    sessions: RefCell<Vec<Vec<u8>>>,
}

// SAFETY is not needed here: a connection stays on its isolate's thread, OpenSSL only asks that the type could move.
struct Shared(std::sync::Mutex<Kept>);

static KEPT: OnceLock<Index<Ssl, Shared>> = OnceLock::new();

fn kept() -> Index<Ssl, Shared> {
    *KEPT.get_or_init(|| Ssl::new_ex_index().expect("OpenSSL gives out indices"))
}

thread_local! {
    static ROOTS: OnceCell<Vec<X509>> = const { OnceCell::new() };
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("contextNew", context_new);
    to.function("rootCertificates", root_certificates);
}

pub fn attach(ssl: &mut Ssl, alpn: Vec<u8>) {
    ssl.set_ex_data(kept(), Shared(std::sync::Mutex::new(Kept { alpn, sessions: RefCell::default() })));
}

pub fn take_sessions(ssl: &SslRef) -> Vec<Vec<u8>> {
    let Some(kept) = ssl.ex_data(kept()) else { return Vec::new() };
    kept.0.lock().expect("nothing panics with it").sessions.take()
}

/// Offers `session` to the server.
pub fn resume(ssl: &mut Ssl, session: &SslSessionRef) -> Result<(), ErrorStack> {
    // SAFETY: the session was read from its serial form, so it belongs to no other context.
    unsafe { ssl.set_session(session) }
}

/// What a context is made of.
#[derive(Default)]
struct Setup {
    certificates: Vec<Vec<u8>>,
    keys: Vec<(KeySource, Option<Vec<u8>>)>,
    archives: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Trusted certificates; the roots of the program without any.
    trusted: Option<Vec<Vec<u8>>>,
    ciphers: Option<String>,
    suites: Option<String>,
    min: u32,
    max: u32,
    groups: Option<String>,
    sigalgs: Option<String>,
    options: u64,
    session_id: Option<Vec<u8>>,
}

enum KeySource {
    Pem(Vec<u8>),
    Held(std::sync::Arc<Key>),
}

/// `contextNew(certificates, [key, passphrase]…, [pfx, passphrase]…, ca, ciphers, suites, min, max, groups, sigalgs,
/// options, session id context)`
fn context_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let number = |i| v8::Local::<v8::Number>::try_from(args.get(i)).map_or(0.0, |number| number.value());
    let setup = Setup {
        certificates: list(scope, args.get(0)).into_iter().filter_map(|item| bytes(scope, item)).collect(),
        keys: pairs(scope, args.get(1))
            .into_iter()
            .filter_map(|(source, passphrase)| {
                let source = match key(source) {
                    Some(key) => KeySource::Held(key),
                    None => KeySource::Pem(bytes(scope, source)?),
                };
                Some((source, bytes(scope, passphrase)))
            })
            .collect(),
        archives: pairs(scope, args.get(2))
            .into_iter()
            .filter_map(|(archive, passphrase)| Some((bytes(scope, archive)?, bytes(scope, passphrase))))
            .collect(),
        trusted: args
            .get(3)
            .is_array()
            .then(|| list(scope, args.get(3)).into_iter().filter_map(|item| bytes(scope, item)).collect()),
        ciphers: text(scope, args.get(4)),
        suites: text(scope, args.get(5)),
        min: number(6) as u32,
        max: number(7) as u32,
        groups: text(scope, args.get(8)),
        sigalgs: text(scope, args.get(9)),
        options: number(10) as u64,
        session_id: bytes(scope, args.get(11)),
    };
    match make(setup) {
        Ok(context) => rv.set(wrap(scope, Context(context)).into()),
        Err(fault) => fault.throw(scope),
    }
}

fn list<'s>(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Vec<v8::Local<'s, v8::Value>> {
    let Ok(array) = v8::Local::<v8::Array>::try_from(value) else { return Vec::new() };
    (0..array.length()).filter_map(|i| array.get_index(scope, i)).collect()
}

type Pair<'s> = (v8::Local<'s, v8::Value>, v8::Local<'s, v8::Value>);

fn pairs<'s>(scope: &mut v8::PinScope<'s, '_>, value: v8::Local<'s, v8::Value>) -> Vec<Pair<'s>> {
    let items = list(scope, value);
    let pair = |item| {
        let parts = list(scope, item);
        (parts.len() == 2).then(|| (parts[0], parts[1]))
    };
    items.into_iter().filter_map(pair).collect()
}

fn version(number: u32) -> Option<SslVersion> {
    Some(match number {
        0x301 => SslVersion::TLS1,
        0x302 => SslVersion::TLS1_1,
        0x303 => SslVersion::TLS1_2,
        0x304 => SslVersion::TLS1_3,
        _ => return None,
    })
}

fn make(setup: Setup) -> Result<SslContext, Fault> {
    let mut builder = SslContextBuilder::new(SslMethod::tls())?;
    builder.set_mode(SslMode::AUTO_RETRY | SslMode::ACCEPT_MOVING_WRITE_BUFFER | SslMode::RELEASE_BUFFERS);
    builder.set_options(SslOptions::NO_SSLV2 | SslOptions::NO_SSLV3 | SslOptions::NO_COMPRESSION);
    builder.set_options(SslOptions::from_bits_retain(setup.options as _));
    builder.set_min_proto_version(version(setup.min))?;
    builder.set_max_proto_version(version(setup.max))?;
    if let Some(suites) = &setup.suites {
        builder.set_ciphersuites(suites)?;
    }
    if let Some(ciphers) = &setup.ciphers {
        builder.set_cipher_list(ciphers)?;
    }
    if let Some(groups) = &setup.groups {
        builder.set_groups_list(groups)?;
    }
    if let Some(sigalgs) = &setup.sigalgs {
        builder.set_sigalgs_list(sigalgs)?;
    }
    if let Some(id) = &setup.session_id {
        builder.set_session_id_context(id)?;
    }
    for chain in &setup.certificates {
        let mut certificates = X509::stack_from_pem(chain)?.into_iter();
        let first = certificates.next().ok_or_else(ErrorStack::get)?;
        builder.set_certificate(&first)?;
        for extra in certificates {
            builder.add_extra_chain_cert(extra)?;
        }
    }
    for (source, passphrase) in &setup.keys {
        match source {
            KeySource::Held(key) => builder.set_private_key(key.private()?)?,
            KeySource::Pem(pem) => builder.set_private_key(&*private_from_pem(pem, passphrase.as_deref())?)?,
        }
    }
    let mut trusted_of_archives = Vec::new();
    for (archive, passphrase) in &setup.archives {
        let passphrase = String::from_utf8_lossy(passphrase.as_deref().unwrap_or_default()).into_owned();
        let parsed = Pkcs12::from_der(archive)?.parse2(&passphrase)?;
        if let Some(certificate) = &parsed.cert {
            builder.set_certificate(certificate)?;
        }
        if let Some(key) = &parsed.pkey {
            builder.set_private_key(key)?;
        }
        for extra in parsed.ca.into_iter().flatten() {
            builder.add_extra_chain_cert(extra.clone())?;
            trusted_of_archives.push(extra);
        }
    }
    trust(&mut builder, setup.trusted, trusted_of_archives)?;
    builder.set_alpn_select_callback(select_protocol);
    builder.set_session_cache_mode(SslSessionCacheMode::BOTH | SslSessionCacheMode::NO_AUTO_CLEAR);
    builder.set_new_session_callback(|ssl, session| {
        if let (Some(kept), Ok(der)) = (ssl.ex_data(kept()), session.to_der()) {
            kept.0.lock().expect("nothing panics with it").sessions.borrow_mut().push(der);
        }
    });
    Ok(builder.build())
}

fn trust(builder: &mut SslContextBuilder, given: Option<Vec<Vec<u8>>>, archived: Vec<X509>) -> Result<(), Fault> {
    let mut store = X509StoreBuilder::new()?;
    match given {
        Some(bundles) => {
            for bundle in bundles {
                for certificate in X509::stack_from_pem(&bundle)? {
                    builder.add_client_ca(&certificate)?;
                    store.add_cert(certificate)?;
                }
            }
        }
        None => ROOTS.with(|roots| {
            let roots = roots.get_or_init(|| {
                let own = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|der| X509::from_der(der).ok());
                own.chain(extra_roots()).collect()
            });
            roots.iter().try_for_each(|root| store.add_cert(root.clone()))
        })?,
    }
    for certificate in archived {
        store.add_cert(certificate)?;
    }
    builder.set_cert_store(store.build());
    Ok(())
}

/// What `NODE_EXTRA_CA_CERTS` names is trusted beside our own roots; a file that can't be had is told of and left out.
fn extra_roots() -> Vec<X509> {
    let Some(path) = std::env::var_os("NODE_EXTRA_CA_CERTS").filter(|path| !path.is_empty()) else { return Vec::new() };
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    match read.and_then(|pem| X509::stack_from_pem(&pem).map_err(|error| error.to_string())) {
        Ok(certificates) => certificates,
        Err(error) => {
            let path = path.to_string_lossy();
            eprintln!(
                "(rondo:{}) Warning: Ignoring extra certs from `{path}`, load failed: {error}",
                std::process::id()
            );
            Vec::new()
        }
    }
}

/// The first of ours that the client offers; none of ours at all means no choice, none in common an alert.
fn select_protocol<'a>(ssl: &mut SslRef, offered: &'a [u8]) -> Result<&'a [u8], AlpnError> {
    let ours = match ssl.ex_data(kept()) {
        Some(kept) => kept.0.lock().expect("nothing panics with it").alpn.clone(),
        None => Vec::new(),
    };
    if ours.is_empty() {
        return Err(AlpnError::NOACK);
    }
    for wanted in super::client_hello::protocols(&ours) {
        if let Some(found) = super::client_hello::protocols(offered).find(|name| *name == wanted) {
            return Ok(found);
        }
    }
    Err(AlpnError::ALERT_FATAL)
}

fn root_certificates<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    _: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let pems = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|der| {
        let pem = X509::from_der(der).ok()?.to_pem().ok()?;
        Some(String::from_utf8(pem).expect("PEM is ASCII").trim_end().to_owned())
    });
    rv.set(strings_to_js(scope, pems));
}
