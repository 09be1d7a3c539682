//! `binding('resolve')`: where a specifier leads, by Node's rules, through `oxc_resolver`.

use std::cell::OnceCell;
use std::path::Path;

use oxc_resolver::{ResolveError, ResolveOptions, Resolver};

use crate::core::core;
use crate::node::{set_function, set_value};

thread_local! {
    static REQUIRE: OnceCell<Resolver> = const { OnceCell::new() };
    static IMPORT: OnceCell<Resolver> = const { OnceCell::new() };
}

pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    set_function(scope, target, "resolve", resolve);
    set_function(scope, target, "packageType", package_type);
}

fn options(is_import: bool) -> ResolveOptions {
    let mut conditions = vec!["node".to_owned(), if is_import { "import" } else { "require" }.to_owned()];
    conditions.push("module-sync".to_owned());
    conditions.extend(core().options.conditions.iter().cloned());
    let extensions = if is_import { vec![] } else { vec![".js".to_owned(), ".json".to_owned(), ".node".to_owned()] };
    ResolveOptions {
        condition_names: conditions,
        extensions,
        main_fields: vec!["main".to_owned()],
        fully_specified: is_import,
        enforce_extension: oxc_resolver::EnforceExtension::Disabled,
        ..ResolveOptions::default()
    }
}

fn with_resolver<T>(is_import: bool, run: impl FnOnce(&Resolver) -> T) -> T {
    let cell = if is_import { &IMPORT } else { &REQUIRE };
    cell.with(|cell| run(cell.get_or_init(|| Resolver::new(options(is_import)))))
}

/// `resolve(specifier, folder, isImport)` -> path, or `{ code, message }`
fn resolve<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let specifier = args.get(0).to_rust_string_lossy(scope);
    let folder = args.get(1).to_rust_string_lossy(scope);
    let found = with_resolver(args.get(2).is_true(), |resolver| resolver.resolve(Path::new(&folder), &specifier));
    match found {
        Ok(found) => rv.set(v8::String::new(scope, &found.path().to_string_lossy()).expect("paths are short").into()),
        Err(error) => {
            let (code, message) = explain(&error);
            let object = v8::Object::new(scope);
            let code = v8::String::new(scope, code).expect("short");
            set_value(scope, object, "code", code.into());
            let message = v8::String::new(scope, &message).expect("short");
            set_value(scope, object, "message", message.into());
            rv.set(object.into());
        }
    }
}

fn explain(error: &ResolveError) -> (&'static str, String) {
    let code = match error {
        ResolveError::PackagePathNotExported { .. } => "ERR_PACKAGE_PATH_NOT_EXPORTED",
        ResolveError::InvalidPackageTarget(..) => "ERR_INVALID_PACKAGE_TARGET",
        ResolveError::InvalidModuleSpecifier(..) => "ERR_INVALID_MODULE_SPECIFIER",
        ResolveError::PackageImportNotDefined(..) => "ERR_PACKAGE_IMPORT_NOT_DEFINED",
        ResolveError::InvalidPackageConfig(..) | ResolveError::Json(..) => "ERR_INVALID_PACKAGE_CONFIG",
        _ => "MODULE_NOT_FOUND",
    };
    (code, error.to_string())
}

/// `packageType(path)` -> 'module', 'commonjs' or '' by the nearest package.json
fn package_type<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = args.get(0).to_rust_string_lossy(scope);
    let mut folder = Path::new(&path).parent();
    let mut kind = String::new();
    while let Some(current) = folder {
        if current.ends_with("node_modules") {
            break;
        }
        if let Ok(text) = std::fs::read_to_string(current.join("package.json")) {
            let parsed: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            kind = parsed["type"].as_str().unwrap_or_default().to_owned();
            break;
        }
        folder = current.parent();
    }
    rv.set(v8::String::new(scope, &kind).expect("short").into());
}
