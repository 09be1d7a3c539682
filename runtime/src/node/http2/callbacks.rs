//! What the library calls back while it reads and writes: each call becomes an event or takes data, and none enters
//! JavaScript. A callback holds the state only as long as it calls nothing of the library.

use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};

use libnghttp2_sys as ffi;

use super::session::{SETTINGS, Shared};
use super::state::{Event, Field, Padding, State};

const CALLBACK_FAILURE: c_int = ffi::NGHTTP2_ERR_CALLBACK_FAILURE;
const TEMPORAL_FAILURE: c_int = ffi::NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
/// A block of headers is no larger than this, whatever the settings say.
const HEADER_BYTES_MAX: u32 = (1 << 24) - 1;
/// Bytes before the payload of each frame.
const FRAME_HEAD_BYTES: usize = 9;

/// Registers all of them.
pub fn register(callbacks: *mut ffi::nghttp2_session_callbacks) {
    // SAFETY: `callbacks` is a live object that the library made; each setter stores a function of the type it asks for.
    unsafe {
        ffi::nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Some(on_begin_headers));
        ffi::nghttp2_session_callbacks_set_on_header_callback2(callbacks, Some(on_header));
        ffi::nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, Some(on_invalid_header));
        ffi::nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Some(on_frame));
        ffi::nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, Some(on_invalid_frame));
        ffi::nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Some(on_data_chunk));
        ffi::nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Some(on_stream_close));
        ffi::nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, Some(on_frame_not_sent));
        ffi::nghttp2_session_callbacks_set_send_data_callback(callbacks, Some(send_data));
        ffi::nghttp2_session_callbacks_set_select_padding_callback2(callbacks, Some(select_padding));
        ffi::nghttp2_session_callbacks_set_error_callback2(callbacks, Some(on_error));
    }
}

fn shared<'a>(user_data: *mut c_void) -> &'a Shared {
    // SAFETY: the user data of each session is the address of the `Shared` that it owns for as long as it lives.
    unsafe { &*user_data.cast::<Shared>() }
}

fn state<'a>(user_data: *mut c_void) -> &'a RefCell<State> {
    &shared(user_data).state
}

fn header<'a>(frame: *const ffi::nghttp2_frame) -> &'a ffi::nghttp2_frame_hd {
    // SAFETY: the library passes a live frame, and every member of the union begins with the head.
    unsafe { &(*frame).hd }
}

/// The stream that a frame with headers is about, and in which role.
fn subject(frame: *const ffi::nghttp2_frame) -> (i32, u32) {
    let head = header(frame);
    if u32::from(head.type_) == ffi::NGHTTP2_PUSH_PROMISE {
        // SAFETY: the head says that it is this member.
        return (unsafe { (*frame).push_promise.promised_stream_id }, ffi::NGHTTP2_HCAT_PUSH_RESPONSE);
    }
    // SAFETY: headers come in frames of these two kinds only.
    (head.stream_id, unsafe { (*frame).headers.cat })
}

fn bytes_of(data: *const u8, length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    // SAFETY: the library gives the address and the length of the same live memory.
    unsafe { std::slice::from_raw_parts(data, length) }.to_vec()
}

unsafe extern "C" fn on_begin_headers(
    session: *mut ffi::nghttp2_session,
    frame: *const ffi::nghttp2_frame,
    user_data: *mut c_void,
) -> c_int {
    let (id, category) = subject(frame);
    let own = shared(user_data);
    let open_max = local_setting(session, ffi::NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    let bytes_max = header_bytes_max(session);
    {
        let mut state = own.state.borrow_mut();
        let is_known = state.streams.contains_key(&id);
        let is_promise = u32::from(header(frame).type_) == ffi::NGHTTP2_PUSH_PROMISE;
        let is_request = category == ffi::NGHTTP2_HCAT_REQUEST || is_promise;
        let has_room = state.streams.len() < open_max as usize
            && state.memory_bytes() + own.memory.bytes() < state.limits.memory_bytes;
        if is_known || (is_request && has_room) {
            state.begin_headers(id, category, bytes_max);
            return 0;
        }
        if !is_request {
            // JavaScript has done with the stream.
            return 0;
        }
        state.rejected_streams += 1;
        if state.rejected_streams > state.limits.rejected_streams {
            state.broken = Some("ERR_HTTP2_TOO_MANY_REJECTED_STREAMS");
            return CALLBACK_FAILURE;
        }
    }
    refuse(session, id);
    TEMPORAL_FAILURE
}

fn refuse(session: *mut ffi::nghttp2_session, id: i32) {
    let flags = ffi::NGHTTP2_FLAG_NONE as u8;
    // SAFETY: the session is live while it calls back; frames may be submitted then.
    unsafe { ffi::nghttp2_submit_rst_stream(session, flags, id, ffi::NGHTTP2_ENHANCE_YOUR_CALM) };
}

fn rcbuf(buffer: *mut ffi::nghttp2_rcbuf) -> Vec<u8> {
    // SAFETY: the library passes a live buffer, whose bytes are copied before the callback returns.
    let bytes = unsafe { ffi::nghttp2_rcbuf_get_buf(buffer) };
    bytes_of(bytes.base, bytes.len)
}

unsafe extern "C" fn on_header(
    session: *mut ffi::nghttp2_session,
    frame: *const ffi::nghttp2_frame,
    name: *mut ffi::nghttp2_rcbuf,
    value: *mut ffi::nghttp2_rcbuf,
    flags: u8,
    user_data: *mut c_void,
) -> c_int {
    let (id, _) = subject(frame);
    let is_sensitive = u32::from(flags) & ffi::NGHTTP2_NV_FLAG_NO_INDEX != 0;
    let field = Field { name: rcbuf(name), value: rcbuf(value), is_sensitive };
    if state(user_data).borrow_mut().add_field(id, field) {
        return 0;
    }
    refuse(session, id);
    TEMPORAL_FAILURE
}

/// A field that the protocol does not allow is left out; the rest of the message stands.
unsafe extern "C" fn on_invalid_header(
    _: *mut ffi::nghttp2_session,
    _: *const ffi::nghttp2_frame,
    _: *mut ffi::nghttp2_rcbuf,
    _: *mut ffi::nghttp2_rcbuf,
    _: u8,
    _: *mut c_void,
) -> c_int {
    0
}

unsafe extern "C" fn on_frame(
    session: *mut ffi::nghttp2_session,
    frame: *const ffi::nghttp2_frame,
    user_data: *mut c_void,
) -> c_int {
    let head = header(frame);
    let is_ack = u32::from(head.flags) & ffi::NGHTTP2_FLAG_ACK != 0;
    let mut state = state(user_data).borrow_mut();
    match u32::from(head.type_) {
        ffi::NGHTTP2_DATA => {
            let ends = u32::from(head.flags) & ffi::NGHTTP2_FLAG_END_STREAM != 0;
            if ends && state.streams.contains_key(&head.stream_id) {
                state.events.push(Event::End { id: head.stream_id });
            } else if !ends && head.length == 0 && state.is_over_invalid_frames() {
                // A flood of frames with nothing in them.
                return CALLBACK_FAILURE;
            }
        }
        ffi::NGHTTP2_HEADERS | ffi::NGHTTP2_PUSH_PROMISE => {
            let (id, _) = subject(frame);
            state.finish_headers(id, head.flags);
        }
        ffi::NGHTTP2_SETTINGS if is_ack => {
            if state.settings_waiting == 0 {
                state.events.push(Event::Broken { code: ffi::NGHTTP2_ERR_PROTO, name: None });
            } else {
                state.settings_waiting -= 1;
                state.events.push(Event::SettingsAcknowledged);
            }
        }
        ffi::NGHTTP2_SETTINGS => {
            // SAFETY: the head says that it is this member.
            let settings = unsafe { (*frame).settings };
            for index in 0..settings.niv {
                // SAFETY: there are `niv` entries.
                let entry = unsafe { *settings.iv.add(index) };
                keep_custom(&mut state, entry.settings_id, entry.value);
            }
            let values = SETTINGS.iter().map(|&id| f64::from(remote_setting(session, id)));
            let custom = state.custom_settings.iter().flat_map(|&(id, value)| [f64::from(id), f64::from(value)]);
            let values = values.chain(custom).collect();
            state.events.push(Event::Settings { values });
        }
        ffi::NGHTTP2_PING => {
            // SAFETY: the head says that it is this member.
            let payload = unsafe { (*frame).ping.opaque_data };
            ping(&mut state, payload, is_ack);
        }
        ffi::NGHTTP2_GOAWAY => {
            // SAFETY: the head says that it is this member.
            let goaway = unsafe { (*frame).goaway };
            let data = bytes_of(goaway.opaque_data, goaway.opaque_data_len);
            state.events.push(Event::Goaway { code: goaway.error_code, last_id: goaway.last_stream_id, data });
        }
        ffi::NGHTTP2_ALTSVC => {
            // SAFETY: the head says that it is this extension, whose payload the library made itself.
            let payload = unsafe { &*(*frame).ext.payload.cast::<ffi::nghttp2_ext_altsvc>() };
            state.events.push(Event::Altsvc {
                id: head.stream_id,
                origin: bytes_of(payload.origin, payload.origin_len),
                value: bytes_of(payload.field_value, payload.field_value_len),
            });
        }
        ffi::NGHTTP2_ORIGIN => {
            // SAFETY: as for ALTSVC.
            let payload = unsafe { &*(*frame).ext.payload.cast::<ffi::nghttp2_ext_origin>() };
            let origins = (0..payload.nov)
                .map(|index| {
                    // SAFETY: there are `nov` entries.
                    let entry = unsafe { *payload.ov.add(index) };
                    bytes_of(entry.origin, entry.origin_len)
                })
                .collect();
            state.events.push(Event::Origin { origins });
        }
        _ => {}
    }
    0
}

/// What our settings allow a block of headers.
pub fn header_bytes_max(session: *mut ffi::nghttp2_session) -> usize {
    local_setting(session, ffi::NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE).min(HEADER_BYTES_MAX) as usize
}

fn local_setting(session: *mut ffi::nghttp2_session, id: u32) -> u32 {
    // SAFETY: callers have a live session and ask for what the library knows.
    unsafe { ffi::nghttp2_session_get_local_settings(session, id) }
}

fn remote_setting(session: *mut ffi::nghttp2_session, id: u32) -> u32 {
    // SAFETY: the session is live while it calls back, and the library knows the ids of `SETTINGS`.
    unsafe { ffi::nghttp2_session_get_remote_settings(session, id) }
}

fn keep_custom(state: &mut State, id: i32, value: u32) {
    if !state.custom_wanted.contains(&id) {
        return;
    }
    match state.custom_settings.iter_mut().find(|(known, _)| *known == id) {
        Some(entry) => entry.1 = value,
        None => state.custom_settings.push((id, value)),
    }
}

fn ping(state: &mut State, payload: [u8; 8], is_ack: bool) {
    let event = if !is_ack {
        Event::Ping { payload }
    } else if state.pings_waiting.pop_front().is_some() {
        Event::PingAcknowledged { payload }
    } else {
        Event::Broken { code: ffi::NGHTTP2_ERR_PROTO, name: None }
    };
    state.events.push(event);
}

unsafe extern "C" fn on_invalid_frame(
    _: *mut ffi::nghttp2_session,
    _: *const ffi::nghttp2_frame,
    code: c_int,
    user_data: *mut c_void,
) -> c_int {
    let mut state = state(user_data).borrow_mut();
    if state.is_over_invalid_frames() {
        return CALLBACK_FAILURE;
    }
    let is_fatal = code <= ffi::NGHTTP2_ERR_FATAL;
    if is_fatal || code == ffi::NGHTTP2_ERR_STREAM_CLOSED || code == ffi::NGHTTP2_ERR_PROTO {
        state.events.push(Event::Broken { code, name: None });
    }
    0
}

unsafe extern "C" fn on_data_chunk(
    session: *mut ffi::nghttp2_session,
    _: u8,
    id: i32,
    data: *const u8,
    length: usize,
    user_data: *mut c_void,
) -> c_int {
    if length == 0 {
        return 0;
    }
    let is_consumed = {
        let mut state = state(user_data).borrow_mut();
        match state.streams.get_mut(&id) {
            None => false,
            Some(stream) => {
                let is_reading = stream.is_reading;
                if !is_reading {
                    stream.unconsumed += length;
                }
                // SAFETY: the library gives the address and the length of the same live memory.
                state.add_data(id, unsafe { std::slice::from_raw_parts(data, length) });
                is_reading
            }
        }
    };
    // SAFETY: the session is live while it calls back; windows may be updated then.
    unsafe {
        ffi::nghttp2_session_consume_connection(session, length);
        if is_consumed {
            ffi::nghttp2_session_consume_stream(session, id, length);
        }
    }
    0
}

unsafe extern "C" fn on_stream_close(
    _: *mut ffi::nghttp2_session,
    id: i32,
    code: u32,
    user_data: *mut c_void,
) -> c_int {
    let mut state = state(user_data).borrow_mut();
    if state.streams.contains_key(&id) {
        state.events.push(Event::Closed { id, code });
    }
    0
}

unsafe extern "C" fn on_frame_not_sent(
    _: *mut ffi::nghttp2_session,
    frame: *const ffi::nghttp2_frame,
    code: c_int,
    user_data: *mut c_void,
) -> c_int {
    let is_over = code == ffi::NGHTTP2_ERR_SESSION_CLOSING
        || code == ffi::NGHTTP2_ERR_STREAM_CLOSED
        || code == ffi::NGHTTP2_ERR_STREAM_CLOSING;
    let head = header(frame);
    let mut state = state(user_data).borrow_mut();
    if !is_over {
        state.events.push(Event::FrameNotSent { id: head.stream_id, kind: head.type_, code });
    }
    0
}

/// How much of a stream's data fits a frame. Nothing is copied here: `send_data` moves it.
pub unsafe extern "C" fn read_data(
    _: *mut ffi::nghttp2_session,
    id: i32,
    _: *mut u8,
    length: usize,
    data_flags: *mut u32,
    _: *mut ffi::nghttp2_data_source,
    user_data: *mut c_void,
) -> ffi::nghttp2_ssize {
    let mut state = state(user_data).borrow_mut();
    let Some(stream) = state.streams.get_mut(&id) else { return ffi::NGHTTP2_ERR_DEFERRED as isize };
    let taken = stream.outgoing_bytes.min(length);
    let is_last = stream.is_shut && taken == stream.outgoing_bytes;
    if taken == 0 && !stream.is_shut {
        if stream.is_writing {
            // A write of nothing.
            stream.is_writing = false;
            state.events.push(Event::Written { id });
        }
        return ffi::NGHTTP2_ERR_DEFERRED as isize;
    }
    let mut flags = ffi::NGHTTP2_DATA_FLAG_NO_COPY;
    if is_last {
        flags |= ffi::NGHTTP2_DATA_FLAG_EOF;
        if stream.wants_trailers {
            flags |= ffi::NGHTTP2_DATA_FLAG_NO_END_STREAM;
            stream.wants_trailers = false;
            // A last frame with nothing in it is not sent, and the trailers come in its place.
            stream.are_trailers_due = taken > 0;
            if taken == 0 {
                state.events.push(Event::WantsTrailers { id });
            }
        }
    }
    // SAFETY: the library passes the address of its own flags.
    unsafe { *data_flags |= flags };
    taken as isize
}

unsafe extern "C" fn send_data(
    _: *mut ffi::nghttp2_session,
    frame: *mut ffi::nghttp2_frame,
    head: *const u8,
    length: usize,
    _: *mut ffi::nghttp2_data_source,
    user_data: *mut c_void,
) -> c_int {
    let mut state = state(user_data).borrow_mut();
    if state.output.len() >= state.output_limit {
        // The library asks again with the same frame.
        return ffi::NGHTTP2_ERR_WOULDBLOCK;
    }
    // SAFETY: the head of a frame has this many bytes.
    state.output.extend_from_slice(unsafe { std::slice::from_raw_parts(head, FRAME_HEAD_BYTES) });
    // SAFETY: it is a DATA frame.
    let padding = unsafe { (*frame).data.padlen };
    if padding > 0 {
        // The field that says how long the padding is counts as one byte of it, and a byte holds no more than 255.
        state.output.push(u8::try_from(padding - 1).unwrap_or(u8::MAX));
    }
    state.send_data(header(frame).stream_id, length);
    if padding > 1 {
        let end = state.output.len() + padding - 1;
        state.output.resize(end, 0);
    }
    0
}

unsafe extern "C" fn select_padding(
    _: *mut ffi::nghttp2_session,
    frame: *const ffi::nghttp2_frame,
    payload_max: usize,
    user_data: *mut c_void,
) -> ffi::nghttp2_ssize {
    /// Frames are made multiples of this.
    const ALIGNED_BYTES: usize = 8;
    let length = header(frame).length;
    let padded = match state(user_data).borrow().padding {
        Padding::None => length,
        Padding::Max => payload_max,
        Padding::Aligned => {
            let over = (length + FRAME_HEAD_BYTES) % ALIGNED_BYTES;
            if over == 0 { length } else { (length + ALIGNED_BYTES - over).min(payload_max) }
        }
    };
    padded as isize
}

unsafe extern "C" fn on_error(
    _: *mut ffi::nghttp2_session,
    code: c_int,
    _: *const c_char,
    _: usize,
    user_data: *mut c_void,
) -> c_int {
    if code == ffi::NGHTTP2_ERR_SETTINGS_EXPECTED {
        state(user_data).borrow_mut().events.push(Event::Broken { code: ffi::NGHTTP2_ERR_PROTO, name: None });
    }
    0
}
