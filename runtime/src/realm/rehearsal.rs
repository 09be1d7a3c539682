//! A start of a small program while Rondo is built, which shows the functions that programs call when they start, so that
//! they need not be compiled again each time.

use crate::cli::{Command, Options};
use crate::core::{Core, install};

use super::bytecode::Bytecode;
use super::core_modules;
use super::snapshot::Origin;

/// Runs `program`, a file, in a realm made from texts; the result is the bytecode of the functions that ran, by module.
/// It runs on a thread of its own, since the core and the isolate are those of a thread.
pub fn run(program: &str) -> Bytecode {
    let options = match crate::cli::parse(vec![program.to_owned()]) {
        Ok(Command::Run(options)) => *options,
        _ => crate::exception::fatal("the program of the rehearsal is no program"),
    };
    std::thread::spawn(move || run_here(options)).join().expect("the rehearsal ends")
}

fn run_here(options: Options) -> Bytecode {
    let core = match Core::new(options) {
        Ok(core) => install(core),
        Err(error) => crate::exception::fatal(&format!("the event loop could not be made: {error}")),
    };
    let (mut isolate, _) = super::snapshot::make_isolate(v8::CreateParams::default());
    super::set_up(&mut isolate);
    // SAFETY: the isolate outlives every use of the core, which is taken away before it.
    let raw = unsafe { isolate.as_raw_isolate_ptr() };
    assert!(core.isolate.set(raw).is_ok(), "one realm per core");
    assert!(core.engine_tasks.set(crate::engine_tasks::claim(raw)).is_ok(), "one realm per core");
    core.doorway.slot.set_threshold_ns(u64::MAX);
    core_modules::record();
    let bytecode = {
        v8::scope!(let scope, &mut isolate);
        let context = super::snapshot::make_context(scope, Origin::Texts);
        let scope = &mut v8::ContextScope::new(scope, context);
        assert!(core.context.set(v8::Global::new(scope, context)).is_ok(), "one realm per core");
        super::begin(scope, Origin::Texts);
        super::run_main(scope);
        super::run_loop(scope);
        let code = super::emit_exit(scope);
        assert_eq!(code, 0, "the program of the rehearsal has no faults");
        let functions = core_modules::recorded();
        let bytecode = functions.iter().filter_map(|(id, function)| {
            let function = v8::Local::new(scope, function);
            Some((id.clone(), function.create_code_cache()?.to_vec()))
        });
        bytecode.collect()
    };
    // What the isolate holds on to is the core's as well: both end with the build script.
    std::mem::forget(isolate);
    bytecode
}
