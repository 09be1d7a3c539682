//! `binding('scripts')`: compiling CommonJS wrappers and scripts, and looking at where code came from.

use crate::node::{set_function, throw};

pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    set_function(scope, target, "compileWrapper", compile_wrapper);
    set_function(scope, target, "runScript", run_script);
    set_function(scope, target, "sourceExcerpt", source_excerpt);
    set_function(scope, target, "isModuleSyntax", is_module_syntax);
}

pub fn origin<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    url: v8::Local<'s, v8::Value>,
    is_module: bool,
) -> v8::ScriptOrigin<'s> {
    v8::ScriptOrigin::new(scope, url, 0, 0, false, -1, None, false, false, is_module, None)
}

/// `compileWrapper(source, url, parameterNames)` -> function
fn compile_wrapper<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else {
        return throw(scope, "ERR_INVALID_ARG_TYPE", "the source must be a string");
    };
    let names = crate::node::to_strings(scope, args.get(2));
    let names: Vec<_> = names.iter().map(|name| v8::String::new(scope, name).expect("short")).collect();
    let origin = origin(scope, args.get(1), false);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    let compiled = v8::script_compiler::compile_function(
        scope,
        &mut source,
        &names,
        &[],
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    if let Some(function) = compiled {
        rv.set(function.into());
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

/// `sourceExcerpt(error)` -> the lines that Node prints above an uncaught error's stack, or ''
fn source_excerpt<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let text = crate::exception::source_excerpt(scope, args.get(0)).unwrap_or_default();
    rv.set(v8::String::new(scope, &text).expect("an excerpt is short").into());
}

/// `isModuleSyntax(source)`: whether it parses as a module, for files whose kind nothing else tells.
fn is_module_syntax<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(source) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let name = v8::String::new(scope, "syntax-check").expect("short").into();
    let origin = origin(scope, name, true);
    v8::tc_scope!(let caught, scope);
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    rv.set_bool(v8::script_compiler::compile_module(caught, &mut source).is_some());
}
