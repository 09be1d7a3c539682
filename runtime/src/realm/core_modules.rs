//! The texts of the core modules and how one is compiled.
//!
//! The texts stay where the program has them: V8 gets strings over that memory, which a snapshot names by their addresses
//! (`list_texts`) instead of holding copies.

use std::cell::RefCell;

/// Whoever wants to know which core modules are compiled, or has their bytecode: see `rehearsal`.
pub enum Script {
    /// Keeps the functions of all modules, as they come.
    Record(Vec<(String, v8::Global<v8::Function>)>),
    /// Bytecode of the functions that a start calls, by module.
    Play(Vec<(String, Vec<u8>)>),
}

thread_local! {
    static SCRIPT: RefCell<Option<Script>> = const { RefCell::new(None) };
}

/// Sets what this thread's compilations are recorded in or taken from; the result is what was set before.
pub fn set_script(script: Option<Script>) -> Option<Script> {
    SCRIPT.replace(script)
}

pub fn compile_core<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    id: &str,
    names: &[&str],
) -> Option<v8::Local<'s, v8::Function>> {
    let text = texts::make_string(scope, id)?;
    let url = v8::String::new(scope, &format!("node:{id}")).expect("short");
    let names: Vec<_> = names.iter().map(|name| v8::String::new(scope, name).expect("short")).collect();
    let origin = crate::node::scripts::origin(scope, url.into(), false);
    let bytecode = SCRIPT.with_borrow(|script| match script {
        Some(Script::Play(known)) => known.iter().find(|(known, _)| known == id).map(|(_, bytes)| bytes.clone()),
        _ => None,
    });
    let (mut source, options) = match &bytecode {
        None => (v8::script_compiler::Source::new(text, Some(&origin)), v8::script_compiler::CompileOptions::empty()),
        Some(bytecode) => {
            let bytecode = v8::script_compiler::CachedData::new(bytecode);
            let source = v8::script_compiler::Source::new_with_cached_data(text, Some(&origin), bytecode);
            (source, v8::script_compiler::CompileOptions::ConsumeCodeCache)
        }
    };
    let reason = v8::script_compiler::NoCacheReason::NoReason;
    let function = v8::script_compiler::compile_function(scope, &mut source, &names, &[], options, reason);
    let is_rejected = source.get_cached_data().is_some_and(|bytecode| bytecode.rejected());
    assert!(!is_rejected, "the bytecode of node:{id} is from the same V8 and the same text");
    SCRIPT.with_borrow_mut(|script| {
        if let (Some(Script::Record(seen)), Some(function)) = (script, function) {
            seen.push((id.to_owned(), v8::Global::new(scope, function)));
        }
    });
    function
}

pub use texts::{core_ids, is_there, list_texts, words};

#[cfg(feature = "js-from-disk")]
#[path = "from_disk.rs"]
mod texts;

#[cfg(not(feature = "js-from-disk"))]
#[path = "embedded.rs"]
mod texts;
