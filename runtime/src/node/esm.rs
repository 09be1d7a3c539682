//! `binding('esm')`: V8's modules as numbers that JavaScript's loader links, instantiates and evaluates.

use crate::node::binder::Binder;
use std::collections::HashMap;
use std::num::NonZeroI32;

use crate::core::core;
use crate::node::scripts::origin;
use crate::node::{set_value, throw};

struct Record {
    module: v8::Global<v8::Module>,
    url: String,
    /// Module number by specifier and attributes, filled by `link`.
    links: HashMap<String, usize>,
    /// For a synthetic module: fills its exports.
    evaluate: Option<v8::Global<v8::Function>>,
}

#[derive(Default)]
pub struct ModuleMap {
    records: Vec<Record>,
    by_hash: HashMap<NonZeroI32, Vec<usize>>,
    import_dynamically: Option<v8::Global<v8::Function>>,
    initialize_meta: Option<v8::Global<v8::Function>>,
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("setHooks", set_hooks);
    to.function("compile", compile);
    to.function("synthetic", synthetic);
    to.function("setExport", set_export);
    to.function("requests", requests);
    to.function("link", link);
    to.function("instantiate", instantiate);
    to.function("evaluate", evaluate);
    to.function("namespace", namespace);
    to.function("isGraphAsync", is_graph_async);
    to.function("status", status);
    to.function("error", error);
    to.function("stalledAwaits", stalled_awaits);
}

fn number(args: &v8::FunctionCallbackArguments, index: i32) -> usize {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(usize::MAX, |number| number.value() as usize)
}

fn module<'s>(scope: &mut v8::PinScope<'s, '_>, id: usize) -> v8::Local<'s, v8::Module> {
    v8::Local::new(scope, &core().modules.borrow().records[id].module)
}

fn find(module: v8::Local<'_, v8::Module>, scope: &mut v8::PinScope<'_, '_>) -> Option<usize> {
    let map = core().modules.borrow();
    let candidates = map.by_hash.get(&module.get_identity_hash())?;
    candidates.iter().copied().find(|id| v8::Local::new(scope, &map.records[*id].module) == module)
}

fn add(
    scope: &mut v8::PinScope<'_, '_>,
    module: v8::Local<'_, v8::Module>,
    url: String,
    evaluate: Option<v8::Global<v8::Function>>,
) -> usize {
    let mut map = core().modules.borrow_mut();
    let id = map.records.len();
    let record = Record { module: v8::Global::new(scope, module), url, links: HashMap::new(), evaluate };
    map.records.push(record);
    map.by_hash.entry(module.get_identity_hash()).or_default().push(id);
    id
}

/// `setHooks(importDynamically(specifier, referrer, attributes), initializeMeta(meta, url))`
fn set_hooks<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let hook = |index| {
        let function = v8::Local::<v8::Function>::try_from(args.get(index)).expect("the loader passes functions");
        v8::Global::new(scope, function)
    };
    let (import_dynamically, initialize_meta) = (hook(0), hook(1));
    let mut map = core().modules.borrow_mut();
    map.import_dynamically = Some(import_dynamically);
    map.initialize_meta = Some(initialize_meta);
}

/// `compile(source, url)` -> number
fn compile<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "a module's source must be a string");
    };
    let origin = origin(scope, args.get(1), true);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    if let Some(module) = v8::script_compiler::compile_module(scope, &mut source) {
        let url = args.get(1).to_rust_string_lossy(scope);
        let id = add(scope, module, url, None);
        rv.set_double(id as f64);
    }
}

/// `synthetic(url, exportNames, evaluate(number))` -> number
fn synthetic<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let url = args.get(0).to_rust_string_lossy(scope);
    let name = v8::String::new(scope, &url).expect("URLs are short");
    let names = crate::node::to_strings(scope, args.get(1));
    let names: Vec<_> = names.iter().map(|name| v8::String::new(scope, name).expect("names are short")).collect();
    let module = v8::Module::create_synthetic_module(scope, name, &names, evaluate_synthetic);
    let evaluate = v8::Local::<v8::Function>::try_from(args.get(2)).expect("the loader passes a function");
    let evaluate = v8::Global::new(scope, evaluate);
    let id = add(scope, module, url, Some(evaluate));
    rv.set_double(id as f64);
}

fn evaluate_synthetic<'a>(
    context: v8::Local<'a, v8::Context>,
    module: v8::Local<'a, v8::Module>,
) -> Option<v8::Local<'a, v8::Value>> {
    v8::callback_scope!(unsafe scope, context);
    let id = find(module, scope).expect("every synthetic module is recorded");
    let evaluate = core().modules.borrow().records[id].evaluate.clone().expect("synthetic modules have one");
    let evaluate = v8::Local::new(scope, evaluate);
    let argument = v8::Number::new(scope, id as f64);
    let receiver = v8::undefined(scope).into();
    evaluate.call(scope, receiver, &[argument.into()])?;
    let resolver = v8::PromiseResolver::new(scope)?;
    let undefined = v8::undefined(scope);
    resolver.resolve(scope, undefined.into());
    Some(resolver.get_promise(scope).into())
}

/// `setExport(number, name, value)`
fn set_export<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    if let Ok(name) = v8::Local::<v8::String>::try_from(args.get(1)) {
        let _ = module.set_synthetic_module_export(scope, name, args.get(2));
    }
}

fn attributes(scope: &mut v8::PinScope, array: v8::Local<v8::FixedArray>, step: usize) -> Vec<(String, String)> {
    (0..array.length() / step)
        .map(|i| {
            let text = |index: usize| {
                let data = array.get(scope, index).expect("within the array");
                v8::Local::<v8::Value>::try_from(data).map_or(String::new(), |value| value.to_rust_string_lossy(scope))
            };
            (text(i * step), text(i * step + 1))
        })
        .collect()
}

fn link_key(specifier: &str, attributes: &[(String, String)]) -> String {
    let kind = attributes.iter().find(|(key, _)| key == "type").map_or("", |(_, value)| value);
    format!("{kind}\0{specifier}")
}

/// `requests(number)` -> `[[specifier, { attributes }, key]]`
fn requests<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    let requests = module.get_module_requests();
    let mut items: Vec<v8::Local<v8::Value>> = Vec::new();
    for index in 0..requests.length() {
        let data = requests.get(scope, index).expect("within the array");
        let request = v8::Local::<v8::ModuleRequest>::try_from(data).expect("the array holds requests");
        let specifier = request.get_specifier();
        let pairs = attributes(scope, request.get_import_attributes(), 3);
        let object = v8::Object::new(scope);
        for (key, value) in &pairs {
            let value = v8::String::new(scope, value).expect("attributes are short");
            set_value(scope, object, key, value.into());
        }
        let key = link_key(&specifier.to_rust_string_lossy(scope), &pairs);
        let key = v8::String::new(scope, &key).expect("specifiers are short");
        items.push(v8::Array::new_with_elements(scope, &[specifier.into(), object.into(), key.into()]).into());
    }
    rv.set(v8::Array::new_with_elements(scope, &items).into());
}

/// `link(number, key, dependency)`
fn link<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let key = args.get(1).to_rust_string_lossy(scope);
    let (id, dependency) = (number(&args, 0), number(&args, 2));
    core().modules.borrow_mut().records[id].links.insert(key, dependency);
}

fn resolve_linked<'a>(
    context: v8::Local<'a, v8::Context>,
    specifier: v8::Local<'a, v8::String>,
    import_attributes: v8::Local<'a, v8::FixedArray>,
    referrer: v8::Local<'a, v8::Module>,
) -> Option<v8::Local<'a, v8::Module>> {
    v8::callback_scope!(unsafe scope, context);
    let from = find(referrer, scope)?;
    let pairs = attributes(scope, import_attributes, 3);
    let key = link_key(&specifier.to_rust_string_lossy(scope), &pairs);
    let linked = core().modules.borrow().records[from].links.get(&key).copied();
    let Some(id) = linked else {
        throw(scope, "ERR_VM_MODULE_LINK_FAILURE", &format!("request for '{key}' is not linked"));
        return None;
    };
    Some(module(scope, id))
}

fn instantiate<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    // A failure is the exception that is pending now.
    let _ = module.instantiate_module(scope, resolve_linked);
}

/// `evaluate(number)` -> promise
fn evaluate<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    if let Some(promise) = module.evaluate(scope) {
        rv.set(promise);
    }
}

fn namespace<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    rv.set(module.get_module_namespace());
}

fn is_graph_async<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let module = module(scope, number(&args, 0));
    rv.set_bool(module.is_graph_async());
}

/// 0 uninstantiated, 1 instantiating, 2 instantiated, 3 evaluating, 4 evaluated, 5 errored
fn status<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    rv.set_int32(module.get_status() as i32);
}

fn error<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let module = module(scope, number(&args, 0));
    if module.get_status() == v8::ModuleStatus::Errored {
        rv.set(module.get_exception());
    }
}

/// `stalledAwaits(number)` -> where the graph waits for ever, as Node prints it, or undefined
fn stalled_awaits<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let module = module(scope, number(&args, 0));
    let stalled = module.get_stalled_top_level_await_message(scope);
    let Some((_, message)) = stalled.first() else { return };
    if let Some(excerpt) = crate::exception::excerpt_of(scope, *message) {
        let text = v8::String::new(scope, &excerpt).expect("an excerpt is short");
        rv.set(text.into());
    }
}

/// V8's hook for `import()`.
pub fn import_dynamically<'s, 'i>(
    scope: &mut v8::PinScope<'s, 'i>,
    host_defined_options: v8::Local<'s, v8::Data>,
    referrer: v8::Local<'s, v8::Value>,
    specifier: v8::Local<'s, v8::String>,
    import_attributes: v8::Local<'s, v8::FixedArray>,
) -> Option<v8::Local<'s, v8::Promise>> {
    let hook = core().modules.borrow().import_dynamically.clone()?;
    let hook = v8::Local::new(scope, hook);
    let pairs = attributes(scope, import_attributes, 2);
    let object = v8::Object::new(scope);
    for (key, value) in &pairs {
        let value = v8::String::new(scope, value).expect("attributes are short");
        set_value(scope, object, key, value.into());
    }
    let receiver = v8::undefined(scope).into();
    let host = crate::node::scripts::host_symbol(scope, host_defined_options);
    let promise = hook.call(scope, receiver, &[specifier.into(), referrer, object.into(), host])?;
    v8::Local::<v8::Promise>::try_from(promise).ok()
}

/// V8's hook for `import.meta`.
pub extern "C" fn initialize_meta(
    context: v8::Local<v8::Context>,
    module: v8::Local<v8::Module>,
    meta: v8::Local<v8::Object>,
) {
    v8::callback_scope!(unsafe scope, context);
    let Some(id) = find(module, scope) else { return };
    let (hook, url) = {
        let map = core().modules.borrow();
        let Some(hook) = map.initialize_meta.clone() else { return };
        (hook, map.records[id].url.clone())
    };
    let hook = v8::Local::new(scope, hook);
    let url = v8::String::new(scope, &url).expect("URLs are short");
    let receiver = v8::undefined(scope).into();
    let _ = hook.call(scope, receiver, &[meta.into(), url.into()]);
}
