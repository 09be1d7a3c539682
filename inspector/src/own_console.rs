//! The global `console` while V8 registers the context.

/// V8 looks for `console` and adds to it, where the program's own is made only when somebody asks for it first: hides it from
/// `run`.
pub(crate) fn without_console(
    scope: &mut v8::PinScope<'_, '_>,
    context: v8::Local<'_, v8::Context>,
    run: impl FnOnce(),
) {
    v8::scope!(let scope, scope);
    let global = context.global(scope);
    let key: v8::Local<v8::Name> = v8::String::new(scope, "console").expect("short").into();
    let described = global.get_own_property_descriptor(scope, key);
    let undefined = v8::undefined(scope).into();
    global.define_own_property(scope, key, undefined, v8::PropertyAttribute::DONT_ENUM);
    run();
    let Some(described) = described.and_then(|described| v8::Local::<v8::Object>::try_from(described).ok()) else {
        return;
    };
    let field = |name: &str| {
        let name = v8::String::new(scope, name).expect("short");
        described.get(scope, name.into()).unwrap_or(undefined)
    };
    let (get, set, value) = (field("get"), field("set"), field("value"));
    let mut restored = if get.is_function() {
        v8::PropertyDescriptor::new_from_get_set(get, set)
    } else {
        v8::PropertyDescriptor::new_from_value_writable(value, true)
    };
    restored.set_enumerable(false);
    restored.set_configurable(true);
    global.define_property(scope, key, &restored);
}
