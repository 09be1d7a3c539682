//! `binding('util')`: what JavaScript cannot see of its own values, for `util.inspect` and `util.types`.

use crate::node::binder::Binder;
use crate::node::set_value;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("getPromiseDetails", promise_details);
    to.function("getProxyDetails", proxy_details);
    to.function("previewEntries", preview_entries);
    to.function("getConstructorName", constructor_name);
    to.function("getCallSites", call_sites);
    to.function("getCallerSource", caller_source);
    to.function("getOwnNonIndexProperties", own_non_index_properties);
    to.function("getExternalAddress", external_address);
    to.function("markPromiseAsHandled", mark_promise_as_handled);
    to.values(set_value_of_extras);
    macro_rules! is {
        ($name:literal, $method:ident) => {
            to.function($name, |_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
                rv.set_bool(args.get(0).$method());
            });
        };
    }
    is!("isExternal", is_external);
    is!("isDate", is_date);
    is!("isArgumentsObject", is_arguments_object);
    is!("isBigIntObject", is_big_int_object);
    is!("isBooleanObject", is_boolean_object);
    is!("isNumberObject", is_number_object);
    is!("isStringObject", is_string_object);
    is!("isSymbolObject", is_symbol_object);
    is!("isNativeError", is_native_error);
    is!("isRegExp", is_reg_exp);
    is!("isAsyncFunction", is_async_function);
    is!("isGeneratorFunction", is_generator_function);
    is!("isGeneratorObject", is_generator_object);
    is!("isPromise", is_promise);
    is!("isMap", is_map);
    is!("isSet", is_set);
    is!("isMapIterator", is_map_iterator);
    is!("isSetIterator", is_set_iterator);
    is!("isWeakMap", is_weak_map);
    is!("isWeakSet", is_weak_set);
    is!("isArrayBuffer", is_array_buffer);
    is!("isDataView", is_data_view);
    is!("isSharedArrayBuffer", is_shared_array_buffer);
    is!("isProxy", is_proxy);
    is!("isModuleNamespaceObject", is_module_namespace_object);
}

/// V8's own accessors of the async context, which are faster than any native function of ours.
fn set_value_of_extras(scope: &mut v8::PinScope<'_, '_>, target: v8::Local<'_, v8::Object>) {
    let context = scope.get_current_context();
    let extras = context.get_extras_binding_object(scope);
    set_value(scope, target, "extras", extras.into());
}

/// `[state, value]`, state 0 pending, 1 fulfilled, 2 rejected.
fn promise_details<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(promise) = v8::Local::<v8::Promise>::try_from(args.get(0)) else { return };
    let state = v8::Integer::new(scope, promise.state() as i32).into();
    let value = match promise.state() {
        v8::PromiseState::Pending => v8::undefined(scope).into(),
        _ => promise.result(scope),
    };
    rv.set(v8::Array::new_with_elements(scope, &[state, value]).into());
}

/// `[target, handler]` of a proxy, undefined for anything else.
fn proxy_details<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(proxy) = v8::Local::<v8::Proxy>::try_from(args.get(0)) else { return };
    let (target, handler) = (proxy.get_target(scope), proxy.get_handler(scope));
    if args.length() > 1 && args.get(1).is_false() {
        return rv.set(target);
    }
    rv.set(v8::Array::new_with_elements(scope, &[target, handler]).into());
}

/// `previewEntries(object, isIterator)` -> entries, or `[entries, isKeyValue]` when the second argument is given.
fn preview_entries<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(object) = v8::Local::<v8::Object>::try_from(args.get(0)) else { return };
    let (entries, is_key_value) = object.preview_entries(scope);
    let Some(entries) = entries else { return };
    if args.length() < 2 {
        return rv.set(entries.into());
    }
    let is_key_value = v8::Boolean::new(scope, is_key_value).into();
    rv.set(v8::Array::new_with_elements(scope, &[entries.into(), is_key_value]).into());
}

fn constructor_name<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    if let Ok(object) = v8::Local::<v8::Object>::try_from(args.get(0)) {
        let _ = scope;
        rv.set(object.get_constructor_name().into());
    }
}

/// `getOwnNonIndexProperties(object, onlyEnumerable)`
fn own_non_index_properties<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(object) = v8::Local::<v8::Object>::try_from(args.get(0)) else { return };
    let only_enumerable =
        v8::Local::<v8::Number>::try_from(args.get(1)).is_ok_and(|n| n.value() == 2.0) || args.get(1).is_true();
    let filter = if only_enumerable { v8::PropertyFilter::ONLY_ENUMERABLE } else { v8::PropertyFilter::ALL_PROPERTIES };
    let options = v8::GetPropertyNamesArgsBuilder::new()
        .mode(v8::KeyCollectionMode::OwnOnly)
        .property_filter(filter)
        .index_filter(v8::IndexFilter::SkipIndices)
        .build();
    if let Some(names) = object.get_property_names(scope, options) {
        rv.set(names.into());
    }
}

/// `getCallSites(frames)` -> `[{ functionName, scriptId, scriptName, lineNumber, columnNumber }]`
fn call_sites<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let limit = v8::Local::<v8::Number>::try_from(args.get(0)).map_or(10.0, |n| n.value()) as usize;
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, limit + 1) else { return };
    let mut sites = Vec::new();
    for index in 1..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else { continue };
        let site = v8::Object::new(scope);
        let empty: v8::Local<v8::Value> = v8::String::empty(scope).into();
        let function = frame.get_function_name(scope).map_or(empty, Into::into);
        let script = frame.get_script_name_or_source_url(scope).map_or(empty, Into::into);
        set_value(scope, site, "functionName", function);
        let id = v8::String::new(scope, &frame.get_script_id().to_string()).expect("short");
        set_value(scope, site, "scriptId", id.into());
        set_value(scope, site, "scriptName", script);
        let line = v8::Integer::new(scope, frame.get_line_number() as i32);
        set_value(scope, site, "lineNumber", line.into());
        let column = v8::Integer::new(scope, frame.get_column() as i32);
        set_value(scope, site, "columnNumber", column.into());
        set_value(scope, site, "column", column.into());
        sites.push(site.into());
    }
    rv.set(v8::Array::new_with_elements(scope, &sites).into());
}

/// The address behind an External, in hexadecimal.
fn external_address<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(external) = v8::Local::<v8::External>::try_from(args.get(0)) else { return };
    let text = format!("{:x}", external.value() as usize);
    rv.set(v8::String::new(scope, &text).expect("short").into());
}

/// A rejection of this promise is nobody's concern.
fn mark_promise_as_handled(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    if let Ok(promise) = v8::Local::<v8::Promise>::try_from(args.get(0)) {
        promise.mark_as_handled();
    }
}

/// Frames searched for the first that is not the runtime's.
const CALLER_FRAMES_MAX: usize = 16;

/// `getCallerSource()` -> `[source, line, column]` of the nearest call in the user's code, undefined when unknown.
fn caller_source<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(trace) = v8::StackTrace::current_stack_trace(scope, CALLER_FRAMES_MAX) else { return };
    for index in 0..trace.get_frame_count() {
        let Some(frame) = trace.get_frame(scope, index) else { continue };
        let name = frame.get_script_name(scope).map(|name| name.to_rust_string_lossy(scope)).unwrap_or_default();
        if name.starts_with("node:") {
            continue;
        }
        let Some(source) = frame.get_script_source(scope) else { return };
        let line = v8::Integer::new(scope, frame.get_line_number() as i32).into();
        let column = v8::Integer::new(scope, frame.get_column() as i32).into();
        return rv.set(v8::Array::new_with_elements(scope, &[source.into(), line, column]).into());
    }
}
