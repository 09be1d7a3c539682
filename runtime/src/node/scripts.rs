//! `binding('scripts')`: compiling CommonJS wrappers and scripts, and looking at where code came from.

use crate::node::binder::Binder;
use crate::node::throw;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("compileWrapper", compile_wrapper);
    to.function("runScript", run_script);
    to.function("compileScript", compile_script);
    to.function("sourceExcerpt", source_excerpt);
    to.function("moduleSyntax", module_syntax);
    to.function("cjsExports", cjs_exports);
}

pub fn origin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    url: v8::Local<'s, v8::Value>,
    is_module: bool,
) -> v8::ScriptOrigin<'s> {
    v8::ScriptOrigin::new(scope, url, 0, 0, false, -1, None, false, false, is_module, None)
}

/// `compileWrapper(source, url, parameterNames)` -> function
fn compile_wrapper<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "the source must be a string");
    };
    let names = crate::node::to_strings(scope, args.get(2));
    let names: Vec<_> = names.iter().map(|name| v8::String::new(scope, name).expect("short")).collect();
    let origin = origin(scope, args.get(1), false);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    v8::tc_scope!(let caught, scope);
    let compiled = v8::script_compiler::compile_function(
        caught,
        &mut source,
        &names,
        &[],
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    match compiled {
        Some(function) => rv.set(function.into()),
        None => {
            if let (Some(exception), Some(message)) = (caught.exception(), caught.message()) {
                crate::exception::note_thrown(caught, exception, message);
            }
            caught.rethrow();
        }
    }
}

/// `runScript(source, url)` -> completion value
fn run_script<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let origin = origin(scope, args.get(1), false);
    let script = v8::Script::compile(scope, source, Some(&origin));
    if let Some(value) = script.and_then(|script| script.run(scope)) {
        rv.set(value);
    }
}

/// `compileScript(source, url)`: throws when the text is no script.
fn compile_script<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let origin = origin(scope, args.get(1), false);
    let _ = v8::Script::compile(scope, source, Some(&origin));
}

/// An origin whose `import()` calls are answered by what `vm` keeps for `host`.
pub fn hosted_origin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    url: v8::Local<'s, v8::Value>,
    position: (i32, i32),
    is_module: bool,
    host: v8::Local<'s, v8::Value>,
) -> v8::ScriptOrigin<'s> {
    let options = v8::Local::<v8::Symbol>::try_from(host).ok().map(|symbol| {
        let options = v8::PrimitiveArray::new(scope, 1);
        options.set(scope, 0, symbol.into());
        options.into()
    });
    v8::ScriptOrigin::new(scope, url, position.0, position.1, false, -1, None, false, false, is_module, options)
}

/// The symbol in a script's host-defined options, undefined when it has none.
pub fn host_symbol<'s>(scope: &mut v8::PinScope<'s, '_>, options: v8::Local<'s, v8::Data>) -> v8::Local<'s, v8::Value> {
    // SAFETY: V8 passes what `ScriptOrigin` got, always a PrimitiveArray (empty when nothing was given).
    let options = unsafe { v8::Local::<v8::PrimitiveArray>::cast_unchecked(options) };
    if options.length() == 0 { v8::undefined(scope).into() } else { options.get(scope, 0).into() }
}

/// `sourceExcerpt(error)` -> the lines that Node prints above an uncaught error's stack, or ''
fn source_excerpt<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let text = crate::exception::source_excerpt(scope, args.get(0)).unwrap_or_default();
    rv.set(v8::String::new(scope, &text).expect("an excerpt is short").into());
}

/// `moduleSyntax(source)` -> 0 when it is no module's text, 1 when it is, 2 when it also awaits at its top level
fn module_syntax<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let name = v8::String::new(scope, "syntax-check").expect("short").into();
    let origin = origin(scope, name, true);
    v8::tc_scope!(let caught, scope);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    rv.set_int32(match v8::script_compiler::compile_module(caught, &mut source) {
        None => 0,
        Some(module) if module.has_top_level_await() => 2,
        Some(_) => 1,
    });
}

/// `cjsExports(source)` -> `[names, specifiers of modules passed on]`
fn cjs_exports<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let source = args.get(0).to_rust_string_lossy(scope);
    let found = crate::node::cjs_lexer::find_exports(&source);
    let exports = crate::node::strings_to_js(scope, &found.exports);
    let reexports = crate::node::strings_to_js(scope, &found.reexports);
    rv.set(v8::Array::new_with_elements(scope, &[exports, reexports]).into());
}
