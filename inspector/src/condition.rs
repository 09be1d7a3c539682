//! The condition of a callback breakpoint: an expression over `loop`, the callback that is about to run.

use rondo_protocol::callback::Callback;

/// The expression as a function of `loop`.
#[derive(Debug)]
pub(crate) struct Condition(v8::Global<v8::Function>);

impl Condition {
    /// Compiles `expression`; the error is V8's.
    pub fn new(scope: &mut v8::PinScope<'_, '_>, expression: &str) -> Result<Condition, String> {
        v8::tc_scope!(let scope, scope);
        let text = |text: &str| v8::String::new(scope, text);
        let (Some(source), Some(name), Some(argument)) =
            (text(&format!("return (\n{expression}\n);")), text("node:inspector/condition"), text("loop"))
        else {
            return Err("the condition is too long".to_owned());
        };
        let origin = v8::ScriptOrigin::new(scope, name.into(), -1, 0, false, -1, None, false, false, false, None);
        let mut source = v8::script_compiler::Source::new(source, Some(&origin));
        let compiled = v8::script_compiler::compile_function(
            scope,
            &mut source,
            &[argument],
            &[],
            v8::script_compiler::CompileOptions::NoCompileOptions,
            v8::script_compiler::NoCacheReason::NoReason,
        );
        match compiled {
            Some(function) => Ok(Condition(v8::Global::new(scope, function))),
            None => {
                let why = scope.exception().map(|exception| exception.to_rust_string_lossy(scope));
                Err(why.unwrap_or_else(|| "it does not compile".to_owned()))
            }
        }
    }

    /// Whether it is true of `callback`. An expression that throws is not.
    pub fn holds(&self, scope: &mut v8::PinScope<'_, '_>, callback: &Callback) -> bool {
        v8::tc_scope!(let scope, scope);
        let Ok(json) = serde_json::to_string(callback) else { return false };
        let Some(json) = v8::String::new(scope, &json) else { return false };
        let Some(argument) = v8::json::parse(scope, json) else { return false };
        let function = v8::Local::new(scope, &self.0);
        let receiver = v8::undefined(scope).into();
        function.call(scope, receiver, &[argument]).is_some_and(|value| value.boolean_value(scope))
    }
}
