//! The texts of the core modules and how one is compiled.
//!
//! The texts stay where the program has them: V8 gets strings over that memory, which a snapshot names by their addresses
//! (`list_texts`) instead of holding copies.

use std::borrow::Cow;
use std::cell::RefCell;

use super::bytecode::{self, Bytecode};

/// Modules' functions, by id.
type Functions = Vec<(String, v8::Global<v8::Function>)>;

thread_local! {
    /// The functions of all modules, as they come, while a start is rehearsed.
    static RECORDED: RefCell<Option<Functions>> = const { RefCell::new(None) };
    /// What the modules of a snapshot are compiled to.
    static PREPARED: RefCell<Bytecode> = const { RefCell::new(Vec::new()) };
}

/// From now on this thread's compilations are recorded.
pub fn record() {
    RECORDED.set(Some(Vec::new()));
}

/// What was recorded since `record`.
pub fn recorded() -> Functions {
    RECORDED.take().unwrap_or_default()
}

/// From now on this thread's compilations take what is there.
pub fn prepare(bytecode: Bytecode) {
    PREPARED.set(bytecode);
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
    let prepared = PREPARED.with_borrow(|known| known.iter().find(|(known, _)| known == id).map(|(_, it)| it.clone()));
    let must_fit = prepared.is_some();
    let bytecode = prepared.map(Cow::Owned).or_else(|| bytecode::find(id).map(Cow::Borrowed));
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
    // Flags on the command line may make V8 refuse it; then it has compiled the text.
    let is_refused = source.get_cached_data().is_some_and(|bytecode| bytecode.rejected());
    assert!(!is_refused || !must_fit, "the bytecode of node:{id} is from the same V8 and the same text");
    RECORDED.with_borrow_mut(|recorded| {
        if let (Some(recorded), Some(function)) = (recorded, function) {
            recorded.push((id.to_owned(), v8::Global::new(scope, function)));
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
