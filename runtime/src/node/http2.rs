//! `binding('http2')`: HTTP/2 without sockets. A session takes what came from the peer and gives what goes there; what
//! happened is a list of events that JavaScript reads after each call. Framing, compression of headers, flow control and
//! the protocol's rules are nghttp2's.

mod callbacks;
mod chunk;
mod deliver;
mod memory;
mod session;
mod state;

use crate::core::core;
use crate::node::binder::Binder;
use crate::node::buffer::view::View;
use crate::node::native_object::{unwrap, wrap};
use crate::pool::{self, Value};
use chunk::Chunk;
use session::{Fields, Options, Session, Side};
use state::{Limits, Padding, State};

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("sessionNew", session_new);
    to.function("receive", receive);
    to.function("pull", pull);
    to.function("send", send);
    to.function("takeEvents", take_events);
    to.function("request", request);
    to.function("respond", respond);
    to.function("inform", inform);
    to.function("trailers", trailers);
    to.function("push", push);
    to.function("write", write);
    to.function("shutdown", shutdown);
    to.function("reset", reset);
    to.function("forget", forget);
    to.function("readStart", read_start);
    to.function("readStop", read_stop);
    to.function("settings", settings);
    to.function("ping", ping);
    to.function("goaway", goaway);
    to.function("terminate", terminate);
    to.function("setNextStreamID", set_next_stream_id);
    to.function("setLocalWindowSize", set_local_window_size);
    to.function("altsvc", altsvc);
    to.function("origin", origin);
    to.function("describe", describe);
    to.function("describeStream", describe_stream);
    to.function("settingsOf", settings_of);
    to.function("errorText", error_text);
}

type Scope<'a, 's, 'i> = &'a mut v8::PinScope<'s, 'i>;
type Args<'s> = v8::FunctionCallbackArguments<'s>;

/// What a limit on outstanding settings or pings, or on memory, answers with.
const REFUSED: i32 = 1;

fn session<'a>(args: &'a Args<'_>) -> Option<&'a Session> {
    unwrap::<Session>(args.get(0))
}

fn number(value: v8::Local<'_, v8::Value>) -> Option<f64> {
    v8::Local::<v8::Number>::try_from(value).ok().map(|number| number.value())
}

fn int(args: &Args<'_>, at: i32) -> i32 {
    number(args.get(at)).map_or(0, |value| value as i32)
}

fn uint(args: &Args<'_>, at: i32) -> u32 {
    number(args.get(at)).map_or(0, |value| value as u32)
}

/// Each character is a byte: what headers are made of.
fn latin1(scope: Scope<'_, '_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<u8> {
    let Ok(text) = v8::Local::<v8::String>::try_from(value) else { return Vec::new() };
    let mut bytes = vec![0; text.length()];
    text.write_one_byte_v2(scope, 0, &mut bytes, v8::WriteFlags::empty());
    bytes
}

/// Names and values, each ended by a zero; a name that begins with a one is a secret's.
fn parse_fields(text: &[u8]) -> Fields<'_> {
    let mut parts = text.split(|&byte| byte == 0);
    let mut fields = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        match name {
            [1, name @ ..] => fields.push((name, value, true)),
            name => fields.push((name, value, false)),
        }
    }
    Fields(fields)
}

/// `sessionNew(isServer, options, customSettings)`; `options` are numbers in the order in which they are read here,
/// undefined where the default holds
fn session_new<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let side = if args.get(0).is_true() { Side::Server } else { Side::Client };
    let Ok(list) = v8::Local::<v8::Array>::try_from(args.get(1)) else { return };
    let values: Vec<Option<f64>> =
        (0..list.length()).map(|index| list.get_index(scope, index).and_then(number)).collect();
    let mut values = values.into_iter();
    let mut next = || values.next().flatten();
    let limits = Limits {
        header_pairs: next().unwrap_or(128.0) as usize,
        memory_bytes: next().unwrap_or(10e6) as usize,
        pings: next().unwrap_or(10.0) as usize,
        settings: next().unwrap_or(10.0) as usize,
        invalid_frames: next().unwrap_or(1000.0) as u32,
        rejected_streams: next().unwrap_or(100.0) as u32,
    };
    let padding = match next() {
        Some(1.0) => Padding::Aligned,
        Some(2.0) => Padding::Max,
        _ => Padding::None,
    };
    let options = Options {
        deflate_table_bytes_max: next().map(|value| value as usize),
        settings_max: next().map(|value| value as usize),
        reserved_streams_max: next().map(|value| value as u32),
        sent_header_bytes_max: next().map(|value| value as usize),
        peer_streams_max: next().map(|value| value as u32),
        reset_rate: next().zip(next()).map(|(burst, rate)| (burst as u64, rate as u64)),
        allows_outer_whitespace: next() == Some(1.0),
    };
    let state = State::new(limits, padding, ints(scope, args.get(2)));
    if let Some(session) = Session::new(side, &options, state) {
        rv.set(wrap(scope, session).into());
    }
}

fn ints(scope: Scope<'_, '_, '_>, value: v8::Local<'_, v8::Value>) -> Vec<i32> {
    let Ok(list) = v8::Local::<v8::Array>::try_from(value) else { return Vec::new() };
    (0..list.length()).filter_map(|index| list.get_index(scope, index).and_then(number)).map(|id| id as i32).collect()
}

/// `receive(session, bytes)` -> events, undefined when there are none
fn receive<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    if let Some(view) = View::of(args.get(1)) {
        session.receive(view.bytes());
    }
    deliver(scope, session, rv);
}

/// `pull(session, limit)` -> bytes for the peer, undefined when there are none, null when there will be none any more
fn pull<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let bytes = session.pull(uint(&args, 1) as usize);
    if !bytes.is_empty() {
        rv.set(pool::value_to_js(scope, Value::Bytes(bytes)));
    } else if !session.wants_anything() {
        rv.set_null();
    }
}

/// `send(session, socket's id, limit)`: as `pull`, but straight to a socket -> how many bytes wait for the kernel, or a
/// negative errno
fn send<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let mut has_frames = false;
    let left = core().net.borrow_mut().write(uint(&args, 1), |out| {
        let from = out.len();
        session.pull_into(out, uint(&args, 2) as usize);
        has_frames = out.len() > from;
    });
    if has_frames || left < 0 {
        rv.set_double(left as f64);
    } else if !session.wants_anything() {
        rv.set_null();
    }
}

/// `takeEvents(session)` -> as `receive`
fn take_events<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, rv: v8::ReturnValue) {
    if let Some(session) = session(&args) {
        deliver(scope, session, rv);
    }
}

fn deliver<'s>(scope: Scope<'_, 's, '_>, session: &Session, mut rv: v8::ReturnValue) {
    let events = std::mem::take(&mut session.state().borrow_mut().events);
    if !events.is_empty() {
        rv.set(deliver::to_js(scope, events).into());
    }
}

/// `request(session, fields, is empty, wants trailers)` -> the stream's id, or a negative code
fn request<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let text = latin1(scope, args.get(1));
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.request(&parse_fields(&text), args.get(2).is_true(), args.get(3).is_true()));
}

/// `respond(session, id, fields, is empty, wants trailers)` -> 0, or a negative code
fn respond<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let text = latin1(scope, args.get(2));
    let Some(session) = session(&args) else { return };
    let fields = parse_fields(&text);
    rv.set_int32(session.respond(int(&args, 1), &fields, args.get(3).is_true(), args.get(4).is_true()));
}

/// `inform(session, id, fields)` -> 0, or a negative code
fn inform<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let text = latin1(scope, args.get(2));
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.inform(int(&args, 1), &parse_fields(&text)));
}

/// `trailers(session, id, fields)` -> 0, or a negative code
fn trailers<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let text = latin1(scope, args.get(2));
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.trailers(int(&args, 1), &parse_fields(&text)));
}

/// `push(session, id, fields)` -> the promised stream's id, or a negative code
fn push<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let text = latin1(scope, args.get(2));
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.push(int(&args, 1), &parse_fields(&text)));
}

/// `write(session, id, bytes or text)` -> how many bytes they are
fn write<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let chunk = Chunk::of(scope, args.get(2));
    let Some(session) = session(&args) else { return };
    let id = int(&args, 1);
    rv.set_uint32(chunk.bytes().len() as u32);
    if session.state().borrow_mut().queue(id, chunk) {
        session.resume(id);
    }
}

/// `shutdown(session, id)`: what was written is all
fn shutdown<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, _: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let id = int(&args, 1);
    if let Some(stream) = session.state().borrow_mut().streams.get_mut(&id) {
        stream.is_shut = true;
    }
    session.resume(id);
}

/// `reset(session, id, code)` -> 0, or a negative code
fn reset<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.reset(int(&args, 1), uint(&args, 2)));
}

/// `forget(session, id)`: JavaScript has done with the stream
fn forget<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, _: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    session.state().borrow_mut().forget(int(&args, 1));
}

fn read_start<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let id = int(&args, 1);
    let waiting = match session.state().borrow_mut().streams.get_mut(&id) {
        Some(stream) => {
            stream.is_reading = true;
            std::mem::take(&mut stream.unconsumed)
        }
        None => 0,
    };
    if waiting > 0 {
        session.consume(id, waiting);
    }
    rv.set_bool(waiting > 0);
}

fn read_stop<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, _: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    if let Some(stream) = session.state().borrow_mut().streams.get_mut(&int(&args, 1)) {
        stream.is_reading = false;
    }
}

/// `settings(session, [id, value, …])` -> 0, a negative code, or 1 when too many wait for the peer
fn settings<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Ok(list) = v8::Local::<v8::Array>::try_from(args.get(1)) else { return };
    let flat: Vec<f64> =
        (0..list.length()).map(|index| list.get_index(scope, index).and_then(number).unwrap_or(0.0)).collect();
    let Some(session) = session(&args) else { return };
    {
        let state = session.state().borrow();
        if state.settings_waiting >= state.limits.settings {
            rv.set_int32(REFUSED);
            return;
        }
    }
    let entries: Vec<(i32, u32)> = flat.chunks_exact(2).map(|pair| (pair[0] as i32, pair[1] as u32)).collect();
    let code = session.settings(&entries);
    if code == 0 {
        session.state().borrow_mut().settings_waiting += 1;
    }
    rv.set_int32(code);
}

/// `ping(session, payload of eight bytes)` -> as `settings`
fn ping<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let Some(payload) = View::of(args.get(1)).and_then(|view| <[u8; 8]>::try_from(view.bytes()).ok()) else { return };
    {
        let state = session.state().borrow();
        if state.pings_waiting.len() >= state.limits.pings {
            rv.set_int32(REFUSED);
            return;
        }
    }
    if !session.has_memory() {
        rv.set_int32(REFUSED);
        return;
    }
    let code = session.ping(&payload);
    if code == 0 {
        session.state().borrow_mut().pings_waiting.push_back(payload);
    }
    rv.set_int32(code);
}

/// `goaway(session, code, last stream's id, data)`
fn goaway<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let view = View::of(args.get(3));
    let data = view.as_ref().map_or(&[][..], View::bytes);
    rv.set_int32(session.goaway(uint(&args, 1), int(&args, 2), data));
}

/// `terminate(session, code)`: nothing but a last goodbye is sent
fn terminate<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.terminate(uint(&args, 1)));
}

fn set_next_stream_id<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.set_next_stream_id(int(&args, 1)));
}

fn set_local_window_size<'s>(_: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.set_local_window_size(int(&args, 1)));
}

/// `altsvc(session, id, origin, value)`
fn altsvc<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let (origin, value) = (latin1(scope, args.get(2)), latin1(scope, args.get(3)));
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.altsvc(int(&args, 1), &origin, &value));
}

/// `origin(session, origins)`
fn origin<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Ok(list) = v8::Local::<v8::Array>::try_from(args.get(1)) else { return };
    let items: Vec<_> = (0..list.length()).filter_map(|index| list.get_index(scope, index)).collect();
    let origins: Vec<Vec<u8>> = items.into_iter().map(|item| latin1(scope, item)).collect();
    let Some(session) = session(&args) else { return };
    rv.set_int32(session.origin(&origins));
}

/// `describe(session)` -> the numbers of `session.state`
fn describe<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set(pool::value_to_js(scope, Value::Floats(session.describe().to_vec())));
}

/// `describeStream(session, id)` -> the numbers of `stream.state`
fn describe_stream<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    rv.set(pool::value_to_js(scope, Value::Floats(session.describe_stream(int(&args, 1)).to_vec())));
}

/// `settingsOf(session, ours)` -> values, then the peer's other settings as id and value
fn settings_of<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    let Some(session) = session(&args) else { return };
    let is_local = args.get(1).is_true();
    let mut values = session.settings_of(is_local);
    if !is_local {
        let state = session.state().borrow();
        values.extend(state.custom_settings.iter().flat_map(|&(id, value)| [f64::from(id), f64::from(value)]));
    }
    rv.set(pool::value_to_js(scope, Value::Floats(values)));
}

/// `errorText(code)`
fn error_text<'s>(scope: Scope<'_, 's, '_>, args: Args<'s>, mut rv: v8::ReturnValue) {
    rv.set(pool::value_to_js(scope, Value::Str(session::error_text(int(&args, 0)))));
}
