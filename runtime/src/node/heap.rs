//! `binding('heap')`: what V8 says of its heap, and its flags: the native half of `v8`.

use crate::node::binder::Binder;
use crate::node::throw;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("statistics", statistics);
    to.function("codeStatistics", code_statistics);
    to.function("spaces", spaces);
    to.function("snapshot", snapshot);
    to.function("setFlagsFromString", set_flags);
    to.function("cachedDataVersionTag", version_tag);
    to.function("isOneByte", is_one_byte);
}

fn numbers<'s>(scope: &mut v8::PinScope<'s, '_>, values: &[f64]) -> v8::Local<'s, v8::Value> {
    let values: Vec<_> = values.iter().map(|value| v8::Number::new(scope, *value).into()).collect();
    v8::Array::new_with_elements(scope, &values).into()
}

/// The numbers of `v8.getHeapStatistics()` in the order of `v8.js`.
fn statistics<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let heap = scope.get_heap_statistics();
    let values = [
        heap.total_heap_size(),
        heap.total_heap_size_executable(),
        heap.total_physical_size(),
        heap.total_available_size(),
        heap.used_heap_size(),
        heap.heap_size_limit(),
        heap.malloced_memory(),
        heap.peak_malloced_memory(),
        usize::from(heap.does_zap_garbage()),
        heap.number_of_native_contexts(),
        heap.number_of_detached_contexts(),
        heap.total_global_handles_size(),
        heap.used_global_handles_size(),
        heap.external_memory(),
        heap.total_allocated_bytes() as usize,
    ];
    let values = numbers(scope, &values.map(|value| value as f64));
    rv.set(values);
}

fn code_statistics<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(code) = scope.get_heap_code_and_metadata_statistics() else { return };
    let values = [
        code.code_and_metadata_size(),
        code.bytecode_and_metadata_size(),
        code.external_script_source_size(),
        code.cpu_profiler_metadata_size(),
    ];
    let values = numbers(scope, &values.map(|value| value as f64));
    rv.set(values);
}

/// Per space: its name and the four numbers of `v8.getHeapSpaceStatistics()`.
fn spaces<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let mut all: Vec<v8::Local<v8::Value>> = Vec::new();
    for i in 0..scope.number_of_heap_spaces() {
        let Some(space) = scope.get_heap_space_statistics(i) else { continue };
        let name = space.space_name().to_string_lossy();
        let name = v8::String::new(scope, &name).expect("names are short");
        let sizes =
            [space.space_size(), space.space_used_size(), space.space_available_size(), space.physical_space_size()];
        let sizes = numbers(scope, &sizes.map(|size| size as f64));
        all.push(v8::Array::new_with_elements(scope, &[name.into(), sizes]).into());
    }
    rv.set(v8::Array::new_with_elements(scope, &all).into());
}

/// A heap snapshot as JSON in an ArrayBuffer.
fn snapshot<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let mut json = Vec::new();
    scope.take_heap_snapshot(|chunk| {
        json.extend_from_slice(chunk);
        true
    });
    let store = v8::ArrayBuffer::new_backing_store_from_vec(json).make_shared();
    rv.set(v8::ArrayBuffer::with_backing_store(scope, &store).into());
}

fn set_flags<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    v8::V8::set_flags_from_string(&args.get(0).to_rust_string_lossy(scope));
}

fn version_tag<'s>(_: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    rv.set_uint32(v8::script_compiler::cached_data_version_tag());
}

fn is_one_byte<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    match v8::Local::<v8::String>::try_from(args.get(0)) {
        Ok(text) => rv.set_bool(text.is_onebyte()),
        Err(_) => throw(scope, "ERR_INVALID_ARG_TYPE", "The argument must be a string"),
    }
}
