//! `binding('tls')`: TLS without sockets. A connection takes what came from the wire and gives what goes there; what
//! carries the bytes is JavaScript's affair. Contexts hold certificates, keys and the choices of protocol.

mod certificate;
mod client_hello;
mod context;
mod pipe;
mod raw;

use crate::node::binder::Binder;
use std::cell::RefCell;

use openssl::ssl::{ErrorCode, NameType, ShutdownState, Ssl, SslSession, SslStream, SslVerifyMode};
use openssl::x509::X509VerifyResult;

use crate::node::buffer::view::View;
use crate::node::crypto::Fault;
use crate::node::native_object::{Native, unwrap, wrap};
use crate::pool::{self, Value};
use pipe::Pipe;

/// Plaintext read in one step.
const READ_BYTES: usize = 64 * 1024;

struct Connection(RefCell<SslStream<Pipe>>);

impl Native for Connection {
    const TAG: u32 = 0x544c_5343;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    context::bind(to);
    certificate::bind(to);
    client_hello::bind(to);
    to.function("connectionNew", connection_new);
    to.function("feed", feed);
    to.function("step", step);
    to.function("write", write);
    to.function("shutdown", shutdown);
    to.function("describe", describe);
    to.function("peerCertificates", peer_certificates);
    to.function("ownCertificate", own_certificate);
    to.function("verifyError", verify_error);
    to.function("session", session);
    to.function("takeSessions", take_sessions);
    to.function("finished", finished);
    to.function("exportKeyingMaterial", export_keying_material);
}

pub fn text(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Option<String> {
    value.is_string().then(|| value.to_rust_string_lossy(scope))
}

/// The bytes of a view or the UTF-8 of a string; `None` for anything else.
pub fn bytes(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Option<Vec<u8>> {
    View::of(value).map(|view| view.bytes().to_vec()).or_else(|| text(scope, value).map(String::into_bytes))
}

fn with<R>(value: v8::Local<'_, v8::Value>, run: impl FnOnce(&mut SslStream<Pipe>) -> R) -> Option<R> {
    unwrap::<Connection>(value).map(|connection| run(&mut connection.0.borrow_mut()))
}

/// `connectionNew(context, isServer, servername, alpn, asks for a certificate, session)`; `alpn` in wire form
fn connection_new<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(context) = unwrap::<context::Context>(args.get(0)) else { return };
    let is_server = args.get(1).is_true();
    let servername = text(scope, args.get(2));
    let alpn = bytes(scope, args.get(3));
    let asks = args.get(4).is_true();
    let session = bytes(scope, args.get(5));
    let made = (|| {
        let mut ssl = Ssl::new(&context.0)?;
        if is_server {
            ssl.set_accept_state();
            // What the peer shows is judged after the handshake.
            let mode = if asks { SslVerifyMode::PEER } else { SslVerifyMode::NONE };
            ssl.set_verify_callback(mode, |_, _| true);
        } else {
            ssl.set_connect_state();
            ssl.set_verify_callback(SslVerifyMode::NONE, |_, _| true);
            if let Some(name) = &servername {
                ssl.set_hostname(name)?;
            }
            if let Some(protocols) = alpn.as_ref().filter(|protocols| !protocols.is_empty()) {
                ssl.set_alpn_protos(protocols)?;
            }
            if let Some(session) = session {
                let session = SslSession::from_der(&session)?;
                context::resume(&mut ssl, &session)?;
            }
        }
        context::attach(&mut ssl, alpn.unwrap_or_default());
        SslStream::new(ssl, Pipe::default())
    })();
    match made {
        Ok(stream) => rv.set(wrap(scope, Connection(RefCell::new(stream))).into()),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}

/// `feed(connection, bytes)`: what came from the wire; null is its end
fn feed<'s>(_: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let view = View::of(args.get(1));
    with(args.get(0), |stream| match &view {
        Some(view) => stream.get_mut().feed(view.bytes()),
        None => stream.get_mut().end(),
    });
}

/// `step(connection)` -> `[to the wire, plaintext, state, error]`; state: 1 the handshake is over, 2 the peer is done
fn step<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some((output, plain, state, fault)) = with(args.get(0), step_stream) else { return };
    let some = |bytes: Vec<u8>| if bytes.is_empty() { Value::Undefined } else { Value::Bytes(bytes) };
    let error = match fault {
        Some(fault) => Value::Make(Box::new(move |scope| fault.to_js(scope))),
        None => Value::Undefined,
    };
    rv.set(pool::value_to_js(scope, Value::List(vec![some(output), some(plain), Value::Int(state), error])));
}

fn step_stream(stream: &mut SslStream<Pipe>) -> (Vec<u8>, Vec<u8>, i64, Option<Fault>) {
    let mut fault = None;
    if !stream.ssl().is_init_finished()
        && let Err(error) = stream.do_handshake()
    {
        fault = fault_of(error);
    }
    let mut plain = Vec::new();
    let mut is_peer_done = false;
    if fault.is_none() && stream.ssl().is_init_finished() {
        loop {
            let from = plain.len();
            plain.resize(from + READ_BYTES, 0);
            match stream.ssl_read(&mut plain[from..]) {
                Ok(read) => plain.truncate(from + read),
                Err(error) => {
                    plain.truncate(from);
                    if error.code() == ErrorCode::ZERO_RETURN {
                        is_peer_done = true;
                    } else {
                        fault = fault_of(error);
                    }
                    break;
                }
            }
        }
    }
    let state = i64::from(stream.ssl().is_init_finished()) | i64::from(is_peer_done) << 1;
    (stream.get_mut().take_output(), plain, state, fault)
}

/// What stops a connection; waiting for more bytes does not.
fn fault_of(error: openssl::ssl::Error) -> Option<Fault> {
    match error.code() {
        ErrorCode::WANT_READ | ErrorCode::WANT_WRITE => None,
        ErrorCode::SYSCALL => Some(Fault::coded("ECONNRESET", "socket hang up")),
        _ => {
            let stack = error.ssl_error().cloned();
            Some(stack.map_or_else(
                || Fault::coded("ECONNRESET", "socket hang up"),
                |stack| Fault::Openssl(stack, "TLS error"),
            ))
        }
    }
}

/// `write(connection, bytes)` -> what goes to the wire; throws when the connection is broken
fn write<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(plain) = bytes(scope, args.get(1)) else { return };
    let written = with(args.get(0), |stream| {
        let mut rest = &plain[..];
        while !rest.is_empty() {
            match stream.ssl_write(rest) {
                Ok(taken) => rest = &rest[taken..],
                Err(error) => {
                    return Err(fault_of(error).unwrap_or(Fault::coded("EPIPE", "write before the handshake")));
                }
            }
        }
        Ok(stream.get_mut().take_output())
    });
    match written {
        Some(Ok(output)) => rv.set(pool::value_to_js(scope, Value::Bytes(output))),
        Some(Err(fault)) => fault.throw(scope),
        None => {}
    }
}

/// `shutdown(connection)` -> the closing alert for the wire
fn shutdown<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let output = with(args.get(0), |stream| {
        if !stream.get_shutdown().contains(ShutdownState::SENT) {
            // A connection that is already broken has nobody to say goodbye to.
            let _ = stream.shutdown();
        }
        stream.get_mut().take_output()
    });
    rv.set(pool::value_to_js(scope, Value::Bytes(output.unwrap_or_default())));
}

/// `describe(connection)` -> `[protocol, cipher, its standard name, its version, alpn, session reused, servername,
/// kind of the ephemeral key, its name, its bits]`
fn describe<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(list) = with(args.get(0), |stream| {
        let ssl = stream.ssl();
        let text = |text: &str| Value::Str(text.to_owned());
        let cipher = ssl.current_cipher();
        let mut list = vec![
            text(ssl.version_str()),
            cipher.map_or(Value::Undefined, |cipher| text(cipher.name())),
            cipher.and_then(|cipher| cipher.standard_name()).map_or(Value::Undefined, text),
            cipher.map_or(Value::Undefined, |cipher| text(cipher.version())),
            ssl.selected_alpn_protocol()
                .map_or(Value::Undefined, |name| Value::Str(String::from_utf8_lossy(name).into_owned())),
            Value::Bool(ssl.session_reused()),
            ssl.servername(NameType::HOST_NAME).map_or(Value::Undefined, text),
        ];
        if let Ok(key) = ssl.peer_tmp_key() {
            list.extend(certificate::describe_ephemeral(&key));
        }
        list
    }) else {
        return;
    };
    rv.set(pool::value_to_js(scope, Value::List(list)));
}

/// `peerCertificates(connection)` -> the chain as DER, the peer's own first
fn peer_certificates<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Some(chain) = with(args.get(0), |stream| {
        let ssl = stream.ssl();
        let own = ssl.peer_certificate().and_then(|certificate| certificate.to_der().ok());
        let sent = ssl.peer_cert_chain().into_iter().flatten().filter_map(|certificate| certificate.to_der().ok());
        let mut chain: Vec<Vec<u8>> = own.into_iter().collect();
        for der in sent {
            if !chain.contains(&der) {
                chain.push(der);
            }
        }
        for trusted in ssl.verified_chain().into_iter().flatten().filter_map(|certificate| certificate.to_der().ok()) {
            if !chain.contains(&trusted) {
                chain.push(trusted);
            }
        }
        chain
    }) else {
        return;
    };
    rv.set(pool::value_to_js(scope, Value::List(chain.into_iter().map(Value::Bytes).collect())));
}

fn own_certificate<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let der = with(args.get(0), |stream| stream.ssl().certificate().and_then(|certificate| certificate.to_der().ok()));
    if let Some(Some(der)) = der {
        rv.set(pool::value_to_js(scope, Value::Bytes(der)));
    }
}

/// `verifyError(connection)` -> `[code, text]`, undefined when the peer's certificate is fine
fn verify_error<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let result = with(args.get(0), |stream| {
        let ssl = stream.ssl();
        if ssl.peer_certificate().is_none() && !ssl.session_reused() {
            return Some((certificate::NO_CERTIFICATE, "unable to get issuer certificate"));
        }
        let result = ssl.verify_result();
        (result != X509VerifyResult::OK).then(|| (certificate::code_of(result), result.error_string()))
    });
    if let Some(Some((code, reason))) = result {
        rv.set(crate::node::strings_to_js(scope, [code, reason]));
    }
}

/// `session(connection)` -> DER
fn session<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let der = with(args.get(0), |stream| stream.ssl().session().and_then(|session| session.to_der().ok()));
    if let Some(Some(der)) = der {
        rv.set(pool::value_to_js(scope, Value::Bytes(der)));
    }
}

/// `takeSessions(connection)` -> the sessions that the server has given since the last call
fn take_sessions<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let sessions = with(args.get(0), |stream| context::take_sessions(stream.ssl())).unwrap_or_default();
    rv.set(pool::value_to_js(scope, Value::List(sessions.into_iter().map(Value::Bytes).collect())));
}

/// `finished(connection, of the peer)` -> the last Finished message
fn finished<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let of_peer = args.get(1).is_true();
    let Some(message) = with(args.get(0), |stream| {
        let mut message = vec![0; 64];
        let ssl = stream.ssl();
        let length = if of_peer { ssl.peer_finished(&mut message) } else { ssl.finished(&mut message) };
        message.truncate(length);
        message
    }) else {
        return;
    };
    if !message.is_empty() {
        rv.set(pool::value_to_js(scope, Value::Bytes(message)));
    }
}

/// `exportKeyingMaterial(connection, length, label, context)`
fn export_keying_material<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let length = v8::Local::<v8::Number>::try_from(args.get(1)).map_or(0, |number| number.value() as usize);
    let label = text(scope, args.get(2)).unwrap_or_default();
    let bound = bytes(scope, args.get(3));
    let Some(result) = with(args.get(0), |stream| {
        let mut output = vec![0; length];
        stream.ssl().export_keying_material(&mut output, &label, bound.as_deref()).map(|()| output)
    }) else {
        return;
    };
    match result {
        Ok(output) => rv.set(pool::value_to_js(scope, Value::Bytes(output))),
        Err(stack) => Fault::from(stack).throw(scope),
    }
}
