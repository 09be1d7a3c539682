//! The native operations under Node's modules, one file per area, each with a `bind` that fills `binding(name)`.

use self::binder::Binder;

pub mod binder;
pub mod buffer;
pub mod child;
pub mod cjs_lexer;
pub mod console;
pub mod crypto;
pub mod dns;
pub mod encoding;
pub mod esm;
pub mod fs;
pub mod heap;
pub mod histogram;
pub mod http2;
pub mod http_parser;
pub mod inspector;
pub mod loop_binding;
pub mod messaging;
pub mod native_object;
pub mod net;
pub mod os;
pub mod process;
pub mod resolve;
pub mod scripts;
pub mod serdes;
pub mod signals;
pub mod socket;
pub mod tls;
pub mod typescript;
pub mod udp;
pub mod url;
pub mod util;
pub mod vm;
pub mod worker;
pub mod zlib;

type Bind = fn(&mut Binder<'_, '_, '_>);

/// Every binding by its name in JavaScript.
const BINDINGS: &[(&str, Bind)] = &[
    ("buffer", buffer::bind),
    ("child", child::bind),
    ("console", console::bind),
    ("crypto", crypto::bind),
    ("dns", dns::bind),
    ("encoding", encoding::bind),
    ("esm", esm::bind),
    ("fs", fs::bind),
    ("heap", heap::bind),
    ("histogram", histogram::bind),
    ("http2", http2::bind),
    ("http_parser", http_parser::bind),
    ("inspector", inspector::bind),
    ("loop", loop_binding::bind),
    ("messaging", messaging::bind),
    ("net", net::bind),
    ("os", os::bind),
    ("process", process::bind),
    ("resolve", resolve::bind),
    ("scripts", scripts::bind),
    ("serdes", serdes::bind),
    ("signals", signals::bind),
    ("url", url::bind),
    ("tls", tls::bind),
    ("typescript", typescript::bind),
    ("udp", udp::bind),
    ("util", util::bind),
    ("vm", vm::bind),
    ("worker", worker::bind),
    ("zlib", zlib::bind),
];

/// `binding(name)`: the object of that area, or undefined for a name that does not exist.
pub fn binding<'s>(scope: &mut v8::PinScope<'s, '_>, name: &str) -> Option<v8::Local<'s, v8::Object>> {
    let target = v8::Object::new(scope);
    find(name)?(&mut Binder::Fill(scope, target));
    Some(target)
}

/// Attaches the object of that area, which comes out of a snapshot, to this process.
pub fn attach_binding<'s>(scope: &mut v8::PinScope<'s, '_>, name: &str, target: v8::Local<'s, v8::Object>) {
    find(name).expect("the snapshot is of this program")(&mut Binder::Attach(scope, target));
}

/// Lists the address of every native function that a snapshot may hold, in an order that is the same in every process.
pub fn list_functions(addresses: &mut Vec<v8::ExternalReference>) {
    for (_, bind) in BINDINGS {
        bind(&mut Binder::List(addresses));
    }
}

fn find(name: &str) -> Option<Bind> {
    BINDINGS.iter().find(|(known, _)| *known == name).map(|(_, bind)| *bind)
}

pub fn set_value<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    target: v8::Local<'_, v8::Object>,
    name: &str,
    value: v8::Local<'_, v8::Value>,
) {
    let key = v8::String::new(scope, name).expect("names are short");
    target.set(scope, key.into(), value);
}

pub fn get_value<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    object: v8::Local<'_, v8::Object>,
    name: &str,
) -> v8::Local<'s, v8::Value> {
    let key = v8::String::new(scope, name).expect("names are short");
    object.get(scope, key.into()).expect("plain objects can be read")
}

pub fn get_function<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    object: v8::Local<'_, v8::Object>,
    name: &str,
) -> v8::Local<'s, v8::Function> {
    let value = get_value(scope, object, name);
    v8::Local::<v8::Function>::try_from(value).unwrap_or_else(|_| panic!("{name} must be a function"))
}

pub fn to_strings(scope: &mut v8::PinScope<'_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<String> {
    let Ok(array) = v8::Local::<v8::Array>::try_from(value) else { return Vec::new() };
    let items = (0..array.length()).filter_map(|i| array.get_index(scope, i));
    items.collect::<Vec<_>>().into_iter().map(|item| item.to_rust_string_lossy(scope)).collect()
}

pub fn strings_to_js<'s, S: AsRef<str>>(
    scope: &mut v8::PinScope<'s, '_>,
    items: impl IntoIterator<Item = S>,
) -> v8::Local<'s, v8::Value> {
    let items: Vec<v8::Local<v8::Value>> =
        items.into_iter().map(|s| v8::String::new(scope, s.as_ref()).expect("fits a string").into()).collect();
    v8::Array::new_with_elements(scope, &items).into()
}

/// Throws an `Error` with Node's `code`.
pub fn throw(scope: &mut v8::PinScope<'_, '_>, code: &str, message: &str) {
    let message = v8::String::new(scope, message).expect("messages are short");
    let error = v8::Exception::error(scope, message);
    if !code.is_empty() {
        let code = v8::String::new(scope, code).expect("codes are short");
        let object = v8::Local::<v8::Object>::try_from(error).expect("errors are objects");
        set_value(scope, object, "code", code.into());
    }
    scope.throw_exception(error);
}
