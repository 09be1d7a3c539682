//! `binding('console')`: methods of the global console that V8's console hears too.
//!
//! The function that calls both is native, since V8 takes the first script on the stack for the place of the call, and
//! that must be the user's line.

use crate::node::binder::Binder;
use std::cell::Cell;

/// Arguments that a call hands on without taking memory.
const ARGUMENTS_INLINE: usize = 8;

thread_local! {
    /// A method of ours may call another (`assert` calls `warn`): V8 hears the outer one.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("callBoth", call_both);
    to.made_later(call);
}

/// `callBoth(v8Method, method, took)` -> a function that calls the two with its arguments and returns what the second does;
/// `took`, if it is a function, tells in milliseconds what V8 is to say of a timer
fn call_both<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let pair = v8::Array::new_with_elements(scope, &[args.get(0), args.get(1), args.get(2)]);
    let function = v8::Function::builder(call)
        .data(pair.into())
        .constructor_behavior(v8::ConstructorBehavior::Throw)
        .build(scope)
        .expect("functions can be made");
    rv.set(function.into());
}

fn call<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let pair = v8::Local::<v8::Array>::try_from(args.data()).expect("callBoth gave it its pair");
    let mut inline = [args.data(); ARGUMENTS_INLINE];
    let many: Vec<_>;
    let length = args.length() as usize;
    let arguments = if length <= ARGUMENTS_INLINE {
        for (index, argument) in inline[..length].iter_mut().enumerate() {
            *argument = args.get(index as i32);
        }
        &inline[..length]
    } else {
        many = (0..args.length()).map(|index| args.get(index)).collect();
        &many
    };
    let receiver = v8::undefined(scope).into();
    let method = function_at(scope, pair, 1);
    if INSIDE.replace(true) {
        if let Some(result) = method.call(scope, receiver, arguments) {
            rv.set(result);
        }
        return;
    }
    // V8 keeps what it is told for those who come later, with all that it holds: as in Node, while somebody may come.
    let told = if crate::inspection::is_active() {
        let tell = function_at(scope, pair, 0);
        let took = pair.get_index(scope, 2).and_then(|took| v8::Local::<v8::Function>::try_from(took).ok());
        let took = took.and_then(|took| took.call(scope, receiver, arguments)?.number_value(scope));
        crate::inspection::set_console_took(took.filter(|took| took.is_finite()));
        let told = tell.call(scope, receiver, arguments);
        crate::inspection::set_console_took(None);
        told
    } else {
        Some(receiver)
    };
    let result = told.and_then(|_| method.call(scope, receiver, arguments));
    INSIDE.set(false);
    if let Some(result) = result {
        rv.set(result);
    }
}

fn function_at<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    pair: v8::Local<'_, v8::Array>,
    index: u32,
) -> v8::Local<'s, v8::Function> {
    let value = pair.get_index(scope, index).expect("a pair has two elements");
    v8::Local::<v8::Function>::try_from(value).expect("callBoth is given functions")
}
