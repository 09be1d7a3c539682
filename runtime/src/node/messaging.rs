//! `binding('messaging')`: message ports, and values as messages (the structured clone algorithm).
//!
//! A port is one end of a channel; an end is an inbox that both sides share, so that it can move to another loop with
//! what waits in it. What a value holds that only JavaScript knows (ports, blobs, streams, keys) is described by
//! JavaScript before it is written and brought back to life by it when read: `setHooks`.

use crate::node::binder::Binder;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use rondo_protocol::CallbackKind;

use crate::core::core;
use crate::doorway::{self, CallCaught, Entry};
use crate::node::messaging::message::Message;
use crate::node::{get_function, throw};
use crate::records::Cause;

mod message;

/// Messages that one port delivers in a turn at most, unless more waited when its turn came.
const MESSAGES_PER_TURN_MAX: usize = 1000;

/// One side's inbox and who reads it.
#[derive(Default)]
struct Inbox {
    messages: VecDeque<Message>,
    /// The other side has closed: nothing more comes.
    is_ended: bool,
    /// The loop that has the port, and its number there; none while the port travels.
    reader: Option<(Arc<Mailbox>, u32)>,
}

/// A channel's end: what comes in, and where what is posted goes.
pub struct End {
    mine: Arc<Mutex<Inbox>>,
    other: Arc<Mutex<Inbox>>,
}

/// The ports of one loop that have something to read.
pub struct Mailbox {
    waiting: Mutex<Vec<u32>>,
    waker: Arc<mio::Waker>,
}

impl Mailbox {
    fn tell(&self, port: u32) {
        let mut waiting = self.waiting.lock().expect("no holder panics");
        if waiting.is_empty() {
            // A loop that cannot be woken is on its way out.
            let _ = self.waker.wake();
        }
        if !waiting.contains(&port) {
            waiting.push(port);
        }
    }
}

/// A port of this loop.
struct Port {
    end: End,
    is_started: bool,
    is_refed: bool,
}

struct Hooks {
    describe: v8::Global<v8::Function>,
    revive: v8::Global<v8::Function>,
    make_ports: v8::Global<v8::Function>,
    clone_error: v8::Global<v8::Function>,
    on_message: v8::Global<v8::Function>,
    on_close: v8::Global<v8::Function>,
}

thread_local! {
    static HOOKS: RefCell<Option<Hooks>> = const { RefCell::new(None) };
    static PORTS: RefCell<HashMap<u32, Port>> = RefCell::default();
    static NEXT_PORT: Cell<u32> = const { Cell::new(1) };
    static MAILBOX: RefCell<Option<Arc<Mailbox>>> = const { RefCell::new(None) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("setHooks", set_hooks);
    to.function("createChannel", create_channel);
    to.function("clone", clone);
    to.function("post", post);
    to.function("receive", receive);
    to.function("start", start);
    to.function("stop", stop);
    to.function("setRef", set_ref);
    to.function("close", close);
}

fn set_hooks<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let object = v8::Local::<v8::Object>::try_from(args.get(0)).expect("core modules pass an object");
    let mut hook = |name: &str| {
        let function = get_function(scope, object, name);
        v8::Global::new(scope, function)
    };
    let hooks = Hooks {
        describe: hook("describe"),
        revive: hook("revive"),
        make_ports: hook("makePorts"),
        clone_error: hook("cloneError"),
        on_message: hook("onMessage"),
        on_close: hook("onClose"),
    };
    HOOKS.set(Some(hooks));
}

fn hook<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    choose: impl FnOnce(&Hooks) -> &v8::Global<v8::Function>,
) -> v8::Local<'s, v8::Function> {
    HOOKS.with_borrow(|hooks| {
        v8::Local::new(scope, choose(hooks.as_ref().expect("setHooks ran when the module loaded")))
    })
}

fn mailbox() -> Arc<Mailbox> {
    MAILBOX.with_borrow_mut(|mailbox| {
        mailbox
            .get_or_insert_with(|| Arc::new(Mailbox { waiting: Mutex::default(), waker: core().event_loop.waker() }))
            .clone()
    })
}

/// Gives an end to this loop; the number of its port.
pub fn adopt(end: End) -> u32 {
    let number = NEXT_PORT.get();
    NEXT_PORT.set(number + 1);
    let mailbox = mailbox();
    {
        let mut inbox = end.mine.lock().expect("no holder panics");
        if !inbox.messages.is_empty() || inbox.is_ended {
            mailbox.tell(number);
        }
        inbox.reader = Some((mailbox, number));
    }
    PORTS.with_borrow_mut(|ports| ports.insert(number, Port { end, is_started: false, is_refed: false }));
    number
}

/// Takes a port away from this loop.
fn release(number: u32) -> Option<End> {
    let port = PORTS.with_borrow_mut(|ports| ports.remove(&number))?;
    if port.is_refed {
        refer(-1);
    }
    port.end.mine.lock().expect("no holder panics").reader = None;
    Some(port.end)
}

/// Takes a port's end away to give it to another thread.
pub fn take_end(number: u32) -> Option<End> {
    release(number)
}

/// The loop is over: every port closes, `last` after the others.
pub fn close_all(last: Option<u32>) {
    let mut ports: Vec<(u32, Port)> = PORTS.take().into_iter().collect();
    ports.sort_by_key(|(number, _)| (Some(*number) == last, *number));
    for (_, port) in ports {
        port.end.mine.lock().expect("no holder panics").reader = None;
        close_end(&port.end);
    }
}

/// The other side of an end that no loop has hears that nothing more comes.
pub fn close_end(end: &End) {
    let mut inbox = end.other.lock().expect("no holder panics");
    inbox.is_ended = true;
    if let Some((mailbox, number)) = &inbox.reader {
        mailbox.tell(*number);
    }
}

/// Forgets what JavaScript gave: its isolate is about to go.
pub fn forget_hooks() {
    HOOKS.take();
}

fn refer(by: isize) {
    let references = &core().event_loop.references;
    references.set(references.get().checked_add_signed(by).expect("each reference is given back once"));
}

/// `createChannel()`: the numbers of two ports that are entangled.
fn create_channel<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let (one, two): (Arc<Mutex<Inbox>>, Arc<Mutex<Inbox>>) = Default::default();
    let first = adopt(End { mine: one.clone(), other: two.clone() });
    let second = adopt(End { mine: two, other: one });
    let numbers = [first, second].map(|number| v8::Integer::new_from_unsigned(scope, number).into());
    rv.set(v8::Array::new_with_elements(scope, &numbers).into());
}

fn number_of(value: v8::Local<'_, v8::Value>) -> u32 {
    v8::Local::<v8::Uint32>::try_from(value).map_or(0, |number| number.value())
}

/// The message of `(value, arrayBuffers, ports)`, from argument `at` on; `None` if an exception is pending.
fn message_of<'s>(scope: &mut v8::PinScope<'s, '_>, args: &Arguments<'s>, at: i32) -> Option<Message> {
    let mut message = Message::write(scope, args.get(at), args.get(at + 1))?;
    let ports = v8::Local::<v8::Array>::try_from(args.get(at + 2)).ok();
    for i in 0..ports.map_or(0, |ports| ports.length()) {
        let number = ports.and_then(|ports| ports.get_index(scope, i)).map_or(0, number_of);
        message.ports.extend(release(number));
    }
    Some(message)
}

/// `clone(value, arrayBuffers, ports)`: what another realm would get.
fn clone<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(message) = message_of(scope, &args, 0) else { return };
    if let Some(value) = read(scope, message) {
        rv.set(value);
    }
}

/// `post(port, value, arrayBuffers, ports)`; true if there is somebody at the other end.
fn post<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(message) = message_of(scope, &args, 1) else { return };
    let number = number_of(args.get(0));
    let other = PORTS.with_borrow(|ports| ports.get(&number).map(|port| port.end.other.clone()));
    rv.set_bool(other.is_some());
    if let Some(other) = other {
        let mut inbox = other.lock().expect("no holder panics");
        inbox.messages.push_back(message);
        if let Some((mailbox, number)) = &inbox.reader {
            mailbox.tell(*number);
        }
    }
}

/// The value of a message, with its ports adopted by this loop; `None` if an exception is pending.
fn read<'s>(scope: &mut v8::PinScope<'s, '_>, mut message: Message) -> Option<v8::Local<'s, v8::Value>> {
    let numbers: Vec<u32> = message.ports.drain(..).map(adopt).collect();
    let numbers: Vec<v8::Local<v8::Value>> =
        numbers.into_iter().map(|number| v8::Integer::new_from_unsigned(scope, number).into()).collect();
    let numbers = v8::Array::new_with_elements(scope, &numbers);
    let make_ports = hook(scope, |hooks| &hooks.make_ports);
    let receiver = v8::undefined(scope).into();
    let ports = make_ports.call(scope, receiver, &[numbers.into()])?;
    message.read(scope, ports)
}

fn take_message(number: u32) -> Option<Message> {
    PORTS.with_borrow(|ports| {
        let mut inbox = ports.get(&number)?.end.mine.lock().expect("no holder panics");
        let message = inbox.messages.pop_front();
        if inbox.is_ended && inbox.messages.is_empty() {
            mailbox().tell(number);
        }
        message
    })
}

/// `receive(port)`: the next value in an array of one; `undefined` if there is none.
fn receive<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let Some(message) = take_message(number_of(args.get(0))) else { return };
    if let Some(value) = read(scope, message) {
        rv.set(v8::Array::new_with_elements(scope, &[value]).into());
    }
}

/// `start(port)`: messages come as events from now on.
fn start<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let number = number_of(args.get(0));
    PORTS.with_borrow_mut(|ports| {
        if let Some(port) = ports.get_mut(&number) {
            port.is_started = true;
            mailbox().tell(number);
        }
    });
}

/// `stop(port)`: messages wait again.
fn stop<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    PORTS.with_borrow_mut(|ports| {
        if let Some(port) = ports.get_mut(&number_of(args.get(0))) {
            port.is_started = false;
        }
    });
}

/// `setRef(port, keepsAlive)`
fn set_ref<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let wanted = args.get(1).is_true();
    PORTS.with_borrow_mut(|ports| {
        let Some(port) = ports.get_mut(&number_of(args.get(0))) else { return };
        if port.is_refed != wanted {
            port.is_refed = wanted;
            refer(if wanted { 1 } else { -1 });
        }
    });
}

/// `close(port)`: both sides hear of it in a later turn.
fn close<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let number = number_of(args.get(0));
    PORTS.with_borrow(|ports| {
        let Some(port) = ports.get(&number) else { return };
        if !port.is_started {
            port.end.mine.lock().expect("no holder panics").messages.clear();
        }
        for inbox in [&port.end.other, &port.end.mine] {
            let mut inbox = inbox.lock().expect("no holder panics");
            inbox.is_ended = true;
            if let Some((mailbox, number)) = &inbox.reader {
                mailbox.tell(*number);
            }
        }
    });
}

/// Whether a port of this loop has something to read.
pub fn has_work() -> bool {
    MAILBOX.with_borrow(|mailbox| {
        mailbox.as_ref().is_some_and(|mailbox| !mailbox.waiting.lock().expect("no holder panics").is_empty())
    })
}

/// Delivers what waits in the ports of this loop.
pub fn run_pending(scope: &mut v8::PinScope<'_, '_>) {
    let Some(mailbox) = MAILBOX.with_borrow(Clone::clone) else { return };
    let waiting = std::mem::take(&mut *mailbox.waiting.lock().expect("no holder panics"));
    for number in waiting {
        deliver(scope, &mailbox, number);
    }
}

fn deliver(scope: &mut v8::PinScope<'_, '_>, mailbox: &Mailbox, number: u32) {
    let inbox = |ports: &HashMap<u32, Port>| ports.get(&number).map(|port| (port.end.mine.clone(), port.is_started));
    let Some((mine, _)) = PORTS.with_borrow(inbox) else { return };
    let mut left = mine.lock().expect("no holder panics").messages.len().max(MESSAGES_PER_TURN_MAX);
    loop {
        let Some((_, is_started)) = PORTS.with_borrow(inbox) else { return };
        let (is_empty, is_ended) = {
            let inbox = mine.lock().expect("no holder panics");
            (inbox.messages.is_empty(), inbox.is_ended)
        };
        if is_ended && is_empty {
            return finish(scope, number);
        }
        // What waits can still be taken by `receive`.
        if is_empty || !is_started {
            return;
        }
        if left == 0 {
            return mailbox.tell(number);
        }
        left -= 1;
        let Some(message) = take_message(number) else { return };
        v8::scope!(let scope, scope);
        let (value, error) = {
            v8::tc_scope!(let caught, scope);
            match read(caught, message) {
                Some(value) => (Some(v8::Global::new(caught, value)), None),
                None => (None, caught.exception().map(|error| v8::Global::new(caught, error))),
            }
        };
        let undefined: v8::Local<v8::Value> = v8::undefined(scope).into();
        let value = value.map_or(undefined, |value| v8::Local::new(scope, value));
        let error = error.map_or(undefined, |error| v8::Local::new(scope, error));
        let function = hook(scope, |hooks| &hooks.on_message);
        let port = v8::Integer::new_from_unsigned(scope, number);
        let entry = Entry::new(CallbackKind::Message, u64::from(number), Cause::default());
        doorway::enter(scope, entry, function, undefined, &[port.into(), value, error]);
    }
}

/// The port is closed: it leaves the loop, and JavaScript hears of it.
fn finish(scope: &mut v8::PinScope<'_, '_>, number: u32) {
    release(number);
    v8::scope!(let scope, scope);
    let function = hook(scope, |hooks| &hooks.on_close);
    let receiver = v8::undefined(scope).into();
    let port = v8::Integer::new_from_unsigned(scope, number);
    let entry = Entry::new(CallbackKind::Close, u64::from(number), Cause::default());
    doorway::enter(scope, entry, function, receiver, &[port.into()]);
}

/// An error of the structured clone algorithm, made by JavaScript and left pending.
fn throw_clone_error(scope: &mut v8::PinScope<'_, '_>, text: v8::Local<'_, v8::String>) {
    let make = hook(scope, |hooks| &hooks.clone_error);
    let receiver = v8::undefined(scope).into();
    match make.call_caught(scope, receiver, &[text.into()]) {
        Ok(error) | Err(error) => {
            scope.throw_exception(error);
        }
    }
}

fn throw_clone_error_text(scope: &mut v8::PinScope<'_, '_>, text: &str) {
    match v8::String::new(scope, text) {
        Some(text) => throw_clone_error(scope, text),
        None => throw(scope, "", "a value could not be cloned"),
    }
}
