//! `binding('vm')`: scripts that run in contexts of their own, whose global object is an object of the user's.

use crate::node::binder::Binder;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::node::native_object::{Native, unwrap, wrap};
use crate::node::scripts::hosted_origin;
use crate::node::throw;

mod sandbox;

/// A compiled script that belongs to no context yet.
struct Compiled(v8::Global<v8::UnboundScript>);

impl Native for Compiled {
    const TAG: u32 = 0x766d_7363;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("makeContext", make_context);
    to.function("compileScript", compile_script);
    to.function("runScript", run_script);
    to.function("codeCache", code_cache);
    to.function("sourceMapUrl", source_map_url);
    to.function("compileFunction", compile_function);
}

fn int(args: &v8::FunctionCallbackArguments, index: i32) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0, |number| number.value() as i32)
}

/// `makeContext(object | undefined, allow code from strings)` -> the context's global object, by which it is known
fn make_context<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let template = v8::Local::<v8::Object>::try_from(args.get(0)).ok().map(|object| sandbox::template(scope, object));
    let token = scope.get_current_context().get_security_token(scope);
    let context = v8::Context::new(scope, v8::ContextOptions { global_template: template, ..Default::default() });
    context.set_security_token(token);
    context.set_allow_generation_from_strings(args.get(1).is_true());
    rv.set(context.global(scope).into());
}

/// The bytes of a view, for V8's code cache.
fn bytes_of(value: v8::Local<'_, v8::Value>) -> Option<Vec<u8>> {
    let view = v8::Local::<v8::ArrayBufferView>::try_from(value).ok()?;
    let mut bytes = vec![0; view.byte_length()];
    view.copy_contents(&mut bytes);
    Some(bytes)
}

/// `compileScript(source, name, line, column, host, cache | undefined)` -> `[script, cache rejected]`
fn compile_script<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let origin = hosted_origin(scope, args.get(1), (int(&args, 2), int(&args, 3)), false, args.get(4));
    let cache = bytes_of(args.get(5));
    let (mut source, options) = match &cache {
        Some(bytes) => (
            v8::script_compiler::Source::new_with_cached_data(
                text,
                Some(&origin),
                v8::script_compiler::CachedData::new(bytes),
            ),
            v8::script_compiler::CompileOptions::ConsumeCodeCache,
        ),
        None => (
            v8::script_compiler::Source::new(text, Some(&origin)),
            v8::script_compiler::CompileOptions::NoCompileOptions,
        ),
    };
    let compiled = v8::script_compiler::compile_unbound_script(
        scope,
        &mut source,
        options,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    let Some(script) = compiled else { return };
    let rejected = cache.is_some() && source.get_cached_data().is_none_or(|data| data.rejected());
    let script = Compiled(v8::Global::new(scope, script));
    let script = wrap(scope, script);
    let rejected = v8::Boolean::new(scope, rejected);
    rv.set(v8::Array::new_with_elements(scope, &[script.into(), rejected.into()]).into());
}

/// `codeCache(script)` -> V8's code cache
fn code_cache<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(compiled) = unwrap::<Compiled>(args.get(0)) else { return };
    let script = v8::Local::new(scope, &compiled.0);
    let bytes = script.create_code_cache().map_or(Vec::new(), |cache| cache.to_vec());
    let value = crate::pool::value_to_js(scope, crate::pool::Value::Bytes(bytes));
    rv.set(value);
}

/// `sourceMapUrl(script)` -> what its `sourceMappingURL` comment names, or undefined
fn source_map_url<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    if let Some(compiled) = unwrap::<Compiled>(args.get(0)) {
        let script = v8::Local::new(scope, &compiled.0);
        rv.set(script.get_source_mapping_url(scope));
    }
}

/// `runScript(script, global | undefined, timeout in ms | 0)` -> its completion value; the context is that of `global`
fn run_script<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(compiled) = unwrap::<Compiled>(args.get(0)) else {
        return throw(scope, "ERR_INVALID_THIS", "Value of \"this\" must be of type Script");
    };
    let timeout = int(&args, 2);
    let context = context_of(scope, args.get(1));
    let isolate = scope.thread_safe_handle();
    let watchdog = (timeout > 0).then(|| Watchdog::start(isolate, timeout as u64));
    let value = {
        let scope = &mut v8::ContextScope::new(scope, context);
        let script = v8::Local::new(scope, &compiled.0).bind_to_current_context(scope);
        script.run(scope)
    };
    if watchdog.is_some_and(Watchdog::stop) {
        scope.cancel_terminate_execution();
        return throw(scope, "ERR_SCRIPT_EXECUTION_TIMEOUT", &format!("Script execution timed out after {timeout}ms"));
    }
    if let Some(value) = value {
        rv.set(value);
    }
}

fn context_of<'s>(scope: &mut v8::PinScope<'s, '_>, global: v8::Local<'s, v8::Value>) -> v8::Local<'s, v8::Context> {
    let known = v8::Local::<v8::Object>::try_from(global).ok().and_then(|global| global.get_creation_context(scope));
    known.unwrap_or_else(|| scope.get_current_context())
}

/// Ends a script that runs too long.
struct Watchdog {
    stop: std::sync::mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl Watchdog {
    fn start(isolate: v8::IsolateHandle, timeout_ms: u64) -> Watchdog {
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let late = stopped.recv_timeout(Duration::from_millis(timeout_ms)) == Err(RecvTimeoutError::Timeout);
            late && isolate.terminate_execution()
        });
        Watchdog { stop, thread }
    }

    /// Whether it had to end the script.
    fn stop(self) -> bool {
        let _ = self.stop.send(());
        self.thread.join().unwrap_or(false)
    }
}

/// `compileFunction(source, name, line, column, host, parameters, global | undefined, context extensions)` -> function
fn compile_function<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let Ok(text) = v8::Local::<v8::String>::try_from(args.get(0)) else { return };
    let names = crate::node::to_strings(scope, args.get(5));
    let context = context_of(scope, args.get(6));
    let extensions = v8::Local::<v8::Array>::try_from(args.get(7)).map_or(Vec::new(), |array| {
        (0..array.length()).filter_map(|i| v8::Local::<v8::Object>::try_from(array.get_index(scope, i)?).ok()).collect()
    });
    let scope = &mut v8::ContextScope::new(scope, context);
    let names: Vec<_> = names.iter().map(|name| v8::String::new(scope, name).expect("names are short")).collect();
    let origin = hosted_origin(scope, args.get(1), (int(&args, 2), int(&args, 3)), false, args.get(4));
    let mut source = v8::script_compiler::Source::new(text, Some(&origin));
    let compiled = v8::script_compiler::compile_function(
        scope,
        &mut source,
        &names,
        &extensions,
        v8::script_compiler::CompileOptions::NoCompileOptions,
        v8::script_compiler::NoCacheReason::NoReason,
    );
    if let Some(function) = compiled {
        rv.set(function.into());
    }
}
