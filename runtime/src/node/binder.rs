//! How an area's `bind` describes the object `binding(name)`: its functions, its values, and what depends on the process
//! that runs.
//!
//! The same description is followed for three purposes, always in the same order:
//! - the object is made and filled;
//! - an object that comes out of a startup snapshot is attached to this process (`at_start` only);
//! - the addresses of all functions are listed, which V8 needs before an isolate is made from a snapshot.

use v8::MapFnTo;
use v8::fast_api::CFunction;

/// Which of the three purposes a `bind` is called for.
pub enum Binder<'a, 's, 'i> {
    Fill(&'a mut v8::PinScope<'s, 'i>, v8::Local<'s, v8::Object>),
    Attach(&'a mut v8::PinScope<'s, 'i>, v8::Local<'s, v8::Object>),
    List(&'a mut Vec<v8::ExternalReference>),
}

impl<'s, 'i> Binder<'_, 's, 'i> {
    pub fn function(&mut self, name: &str, callback: impl MapFnTo<v8::FunctionCallback>) {
        self.raw_function(name, callback.map_fn_to());
    }

    pub fn raw_function(&mut self, name: &str, callback: v8::FunctionCallback) {
        match self {
            Self::Fill(scope, target) => {
                let data = v8::undefined(scope).into();
                fill_function(scope, *target, name, callback, data);
            }
            Self::Attach(..) => {}
            Self::List(addresses) => addresses.push(v8::ExternalReference { function: callback }),
        }
    }

    /// A function that optimized code calls as one of `fast`, and all other code as `callback`.
    pub fn fast_function(&mut self, name: &str, callback: v8::FunctionCallback, fast: &'static [CFunction]) {
        match self {
            Self::Fill(scope, target) => {
                let template = v8::FunctionTemplate::builder_raw(callback).build_fast(scope, fast);
                let function = template.get_function(scope).expect("functions can be made");
                super::set_value(scope, *target, name, function.into());
            }
            Self::Attach(..) => {}
            Self::List(addresses) => {
                addresses.push(v8::ExternalReference { function: callback });
                for function in fast {
                    addresses.push(v8::ExternalReference { pointer: function.address().cast_mut() });
                    addresses.push(v8::ExternalReference { type_info: function.type_info() });
                }
            }
        }
    }

    /// A function that this area makes later.
    pub fn made_later(&mut self, callback: impl MapFnTo<v8::FunctionCallback>) {
        if let Self::List(addresses) = self {
            addresses.push(v8::ExternalReference { function: callback.map_fn_to() });
        }
    }

    /// Values that are the same in every process.
    pub fn values(&mut self, fill: impl FnOnce(&mut v8::PinScope<'s, 'i>, v8::Local<'s, v8::Object>)) {
        if let Self::Fill(scope, target) = self {
            fill(scope, *target);
        }
    }

    /// What depends on the process, its command line and environment, or is memory that Rust reads as well.
    pub fn at_start(&mut self, attach: impl FnOnce(&mut v8::PinScope<'s, 'i>, v8::Local<'s, v8::Object>)) {
        match self {
            Self::Fill(scope, target) | Self::Attach(scope, target) => attach(scope, *target),
            Self::List(_) => {}
        }
    }
}

fn fill_function<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    target: v8::Local<'s, v8::Object>,
    name: &str,
    callback: v8::FunctionCallback,
    data: v8::Local<'s, v8::Value>,
) {
    let function = v8::Function::builder_raw(callback)
        .data(data)
        .constructor_behavior(v8::ConstructorBehavior::Throw)
        .build(scope)
        .expect("functions can be made");
    let label = v8::String::new(scope, name).expect("names are short");
    function.set_name(label);
    target.set(scope, label.into(), function.into());
}

/// The memory of the typed array that is the property `name`.
pub fn memory_of(
    scope: &mut v8::PinScope<'_, '_>,
    target: v8::Local<'_, v8::Object>,
    name: &str,
) -> v8::SharedRef<v8::BackingStore> {
    let array = super::get_value(scope, target, name);
    let array = v8::Local::<v8::TypedArray>::try_from(array).expect("the area has set a typed array");
    array.buffer(scope).expect("a typed array has a buffer").get_backing_store()
}
