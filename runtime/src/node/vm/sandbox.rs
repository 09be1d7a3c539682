//! The global object of a context that shows an object of the user's: reads and writes of globals go to that object, and
//! only what it does not have is looked for among the context's own built-ins.

use v8::{
    Intercepted, Local, Name, Object, PinScope, PropertyAttribute, PropertyCallbackArguments, ReturnValue, Value,
};

/// The template of a global that stands for `sandbox`.
pub fn template<'s>(scope: &mut PinScope<'s, '_>, sandbox: Local<'s, Object>) -> Local<'s, v8::ObjectTemplate> {
    let template = v8::ObjectTemplate::new(scope);
    let handler = v8::NamedPropertyHandlerConfiguration::new()
        .getter(get)
        .setter(set)
        .query(query)
        .deleter(delete)
        .enumerator(enumerate)
        .definer(define)
        .descriptor(describe)
        .data(sandbox.into());
    template.set_named_property_handler(handler);
    let handler = v8::IndexedPropertyHandlerConfiguration::new()
        .getter(get_index)
        .setter(set_index)
        .deleter(delete_index)
        .data(sandbox.into());
    template.set_indexed_property_handler(handler);
    template
}

fn sandbox_of<'s>(args: &PropertyCallbackArguments<'s>) -> Local<'s, Object> {
    Local::<Object>::try_from(args.data()).expect("the template's data is the sandbox")
}

fn get<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<Value>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    if sandbox.has(scope, key.into()) != Some(true) {
        return Intercepted::kNo;
    }
    // An exception of a getter is pending then.
    let Some(value) = sandbox.get(scope, key.into()) else { return Intercepted::kYes };
    if value == sandbox {
        let context = scope.get_current_context();
        rv.set(context.global(scope).into());
    } else {
        rv.set(value);
    }
    Intercepted::kYes
}

fn set<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    value: Local<'s, Value>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<v8::Boolean>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    let own = sandbox.get_real_named_property_attributes(scope, key);
    let on_sandbox = sandbox.has_real_named_property(scope, key) == Some(true);
    let global = scope.get_current_context().global(scope);
    let on_global = global.has_real_named_property(scope, key) == Some(true);
    if on_sandbox && own.is_some_and(|attributes| attributes.is_read_only()) {
        return Intercepted::kNo;
    }
    // An undeclared name in strict code is V8's to refuse.
    if !on_sandbox && !on_global && args.should_throw_on_error() && !value.is_function() {
        return Intercepted::kNo;
    }
    sandbox.set(scope, key.into(), value);
    if on_sandbox {
        rv.set_bool(true);
        return Intercepted::kYes;
    }
    // V8 also keeps a new name itself, so that declarations behave.
    Intercepted::kNo
}

fn query<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<v8::Integer>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    if sandbox.has_real_named_property(scope, key) != Some(true) {
        return Intercepted::kNo;
    }
    let attributes = sandbox.get_real_named_property_attributes(scope, key).unwrap_or(PropertyAttribute::NONE);
    rv.set_int32(attributes.as_u32() as i32);
    Intercepted::kYes
}

fn delete<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<v8::Boolean>,
) -> Intercepted {
    if sandbox_of(&args).delete(scope, key.into()) == Some(true) {
        return Intercepted::kNo;
    }
    rv.set_bool(false);
    Intercepted::kYes
}

fn enumerate<'s>(scope: &mut PinScope<'s, '_>, args: PropertyCallbackArguments<'s>, mut rv: ReturnValue<v8::Array>) {
    if let Some(names) = sandbox_of(&args).get_own_property_names(scope, v8::GetPropertyNamesArgs::default()) {
        rv.set(names);
    }
}

fn define<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    descriptor: &v8::PropertyDescriptor,
    args: PropertyCallbackArguments<'s>,
    _: ReturnValue<v8::Boolean>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    let fixed =
        sandbox.get_real_named_property_attributes(scope, key).is_some_and(|attributes| attributes.is_dont_delete());
    if fixed && sandbox.has_real_named_property(scope, key) == Some(true) {
        return Intercepted::kNo;
    }
    let mut copy = if descriptor.has_get() || descriptor.has_set() {
        let undefined = v8::undefined(scope).into();
        let get = if descriptor.has_get() { descriptor.get() } else { undefined };
        let set = if descriptor.has_set() { descriptor.set() } else { undefined };
        v8::PropertyDescriptor::new_from_get_set(get, set)
    } else {
        let value = if descriptor.has_value() { descriptor.value() } else { v8::undefined(scope).into() };
        if descriptor.has_writable() {
            v8::PropertyDescriptor::new_from_value_writable(value, descriptor.writable())
        } else {
            v8::PropertyDescriptor::new_from_value(value)
        }
    };
    if descriptor.has_enumerable() {
        copy.set_enumerable(descriptor.enumerable());
    }
    if descriptor.has_configurable() {
        copy.set_configurable(descriptor.configurable());
    }
    sandbox.define_property(scope, key, &copy);
    Intercepted::kNo
}

fn describe<'s>(
    scope: &mut PinScope<'s, '_>,
    key: Local<'s, Name>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<Value>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    if sandbox.has_own_property(scope, key) != Some(true) {
        return Intercepted::kNo;
    }
    if let Some(descriptor) = sandbox.get_own_property_descriptor(scope, key) {
        rv.set(descriptor);
    }
    Intercepted::kYes
}

fn get_index<'s>(
    scope: &mut PinScope<'s, '_>,
    index: u32,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<Value>,
) -> Intercepted {
    let sandbox = sandbox_of(&args);
    if sandbox.has_index(scope, index) != Some(true) {
        return Intercepted::kNo;
    }
    if let Some(value) = sandbox.get_index(scope, index) {
        rv.set(value);
    }
    Intercepted::kYes
}

fn set_index<'s>(
    scope: &mut PinScope<'s, '_>,
    index: u32,
    value: Local<'s, Value>,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<v8::Boolean>,
) -> Intercepted {
    sandbox_of(&args).set_index(scope, index, value);
    rv.set_bool(true);
    Intercepted::kYes
}

fn delete_index<'s>(
    scope: &mut PinScope<'s, '_>,
    index: u32,
    args: PropertyCallbackArguments<'s>,
    mut rv: ReturnValue<v8::Boolean>,
) -> Intercepted {
    rv.set_bool(sandbox_of(&args).delete_index(scope, index) == Some(true));
    Intercepted::kYes
}
