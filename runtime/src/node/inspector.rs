//! `binding('inspector')`: the server's start and end, and sessions of the same thread, for `node:inspector`.

use crate::node::binder::Binder;
use std::cell::RefCell;
use std::collections::HashMap;

use rondo_inspector::in_process::{LocalSession, MainSession};
use rondo_inspector::options::{Attach, DEFAULT_HOST, Listen};

use crate::inspection::get_or_make;
use crate::node::throw;

/// Sessions that may be open at once.
const SESSIONS_MAX: usize = 1024;

/// A session of the program.
#[derive(Clone, Copy)]
enum Open {
    Local(LocalSession),
    Main(MainSession),
}

thread_local! {
    static SESSIONS: RefCell<HashMap<u32, Open>> = RefCell::default();
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("open", open);
    to.function("close", close);
    to.function("url", url);
    to.function("port", port);
    to.function("waitForDebugger", wait_for_debugger);
    to.function("connect", connect);
    to.function("dispatch", dispatch);
    to.function("disconnect", disconnect);
    to.function("networkEvent", network_event);
    to.function("offerResource", offer_resource);
}

/// `open(port, host)`: starts the server; undefined arguments take the defaults.
fn open(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let mut listen = Listen { host: DEFAULT_HOST.to_owned(), ..Listen::default() };
    if let Some(port) = args.get(0).is_number().then(|| args.get(0).uint32_value(scope).unwrap_or(0)) {
        listen.port = u16::try_from(port).unwrap_or(0);
    }
    if args.get(1).is_string() {
        listen.host = args.get(1).to_rust_string_lossy(scope);
    }
    if let Err(error) = get_or_make(scope).listen(&listen) {
        // As Node does: it says why and goes on without.
        eprintln!("{error}");
    }
}

fn close(scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    get_or_make(scope).close();
}

/// `url()` -> the WebSocket URL, undefined while no server runs
fn url(scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    if let Some(url) = crate::inspection::url() {
        rv.set(v8::String::new(scope, &url).expect("a URL is short").into());
    }
}

/// `port()` -> the port that the server has, or would be started with
fn port(_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    rv.set_uint32(crate::inspection::port().into());
}

fn wait_for_debugger(scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    get_or_make(scope).wait_for_debugger(scope, Attach::Wait);
}

/// `connect(deliver, toMain)` -> the session's number; `deliver(text)` is called with each message
fn connect(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let deliver = v8::Local::<v8::Function>::try_from(args.get(0)).expect("the module passes a function");
    let deliver = v8::Global::new(scope, deliver);
    let open = SESSIONS.with_borrow(HashMap::len);
    if open >= SESSIONS_MAX {
        return throw(scope, "ERR_INSPECTOR_NOT_AVAILABLE", "Too many inspector sessions are open");
    }
    let inspector = get_or_make(scope);
    let session = if args.get(1).is_true() {
        match inspector.connect_to_main(deliver) {
            Ok(session) => Open::Main(session),
            Err(why) => return throw(scope, "ERR_INSPECTOR_NOT_AVAILABLE", &why),
        }
    } else {
        Open::Local(inspector.connect_local(scope, deliver))
    };
    let number = SESSIONS.with_borrow_mut(|sessions| {
        let number = sessions.keys().max().map_or(1, |last| last + 1);
        sessions.insert(number, session);
        number
    });
    rv.set_uint32(number);
}

/// `dispatch(session, text)`
fn dispatch(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let number = args.get(0).uint32_value(scope).unwrap_or(0);
    let text = args.get(1).to_rust_string_lossy(scope);
    let session = SESSIONS.with_borrow(|sessions| sessions.get(&number).copied());
    match session {
        Some(Open::Local(session)) => get_or_make(scope).dispatch_local(session, &text),
        Some(Open::Main(session)) => {
            if let Err(why) = get_or_make(scope).dispatch_to_main(session, text) {
                throw(scope, "ERR_INSPECTOR_NOT_AVAILABLE", why);
            }
        }
        None => {}
    }
}

fn disconnect(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let number = args.get(0).uint32_value(scope).unwrap_or(0);
    let session = SESSIONS.with_borrow_mut(|sessions| sessions.remove(&number));
    match session {
        Some(Open::Local(session)) => get_or_make(scope).disconnect_local(session),
        Some(Open::Main(session)) => get_or_make(scope).disconnect_from_main(session),
        None => {}
    }
}

/// `networkEvent(name, params as JSON, bytes | undefined)`: something has become of a request
fn network_event(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let (name, params) = (args.get(0).to_rust_string_lossy(scope), args.get(1).to_rust_string_lossy(scope));
    let Ok(params) = serde_json::from_str(&params) else { return };
    // Copied: a client in the process is called from here.
    let data = v8::Local::<v8::ArrayBufferView>::try_from(args.get(2)).ok().map(|view| {
        let mut bytes = vec![0; view.byte_length()];
        view.copy_contents(&mut bytes);
        bytes
    });
    get_or_make(scope).network_event(&name, params, data.as_deref());
}

/// `offerResource(url, text)`
fn offer_resource(scope: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    let (url, text) = (args.get(0).to_rust_string_lossy(scope), args.get(1).to_rust_string_lossy(scope));
    get_or_make(scope).offer_resource(url, text.into_bytes());
}
