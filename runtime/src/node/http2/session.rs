//! A session of the library (nghttp2), made safe: it takes bytes and gives bytes, and what happened waits in its state.
//!
//! The state is borrowed only between the library's calls, never across one that may call back.

use std::cell::RefCell;
use std::ffi::{CStr, c_int};
use std::ptr::{self, NonNull};

use libnghttp2_sys as ffi;

use super::callbacks;
use super::memory::Counter;
use super::state::{Event, State, Stream};
use crate::node::native_object::Native;

/// What the callbacks reach: its address is the session's user data.
pub struct Shared {
    pub state: RefCell<State>,
    pub memory: Counter,
}

pub struct Session {
    raw: NonNull<ffi::nghttp2_session>,
    shared: Box<Shared>,
}

impl Native for Session {
    const TAG: u32 = 0x4854_5032;
}

#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    Server,
    Client,
}

/// The library's own options; what is not given stays as it is there.
#[derive(Default)]
pub struct Options {
    pub deflate_table_bytes_max: Option<usize>,
    pub settings_max: Option<usize>,
    pub reserved_streams_max: Option<u32>,
    pub sent_header_bytes_max: Option<usize>,
    pub peer_streams_max: Option<u32>,
    pub reset_rate: Option<(u64, u64)>,
    pub allows_outer_whitespace: bool,
}

/// Names and values of a message, one after the other.
pub struct Fields<'a>(pub Vec<(&'a [u8], &'a [u8], bool)>);

impl Fields<'_> {
    fn raw(&self) -> Vec<ffi::nghttp2_nv> {
        let raw = |(name, value, is_sensitive): &(&[u8], &[u8], bool)| ffi::nghttp2_nv {
            name: name.as_ptr().cast_mut(),
            value: value.as_ptr().cast_mut(),
            namelen: name.len(),
            valuelen: value.len(),
            flags: if *is_sensitive { ffi::NGHTTP2_NV_FLAG_NO_INDEX } else { ffi::NGHTTP2_NV_FLAG_NONE } as u8,
        };
        self.0.iter().map(raw).collect()
    }
}

/// The settings that the library knows, in the order in which JavaScript reads them.
pub const SETTINGS: [u32; 7] = [
    ffi::NGHTTP2_SETTINGS_HEADER_TABLE_SIZE,
    ffi::NGHTTP2_SETTINGS_ENABLE_PUSH,
    ffi::NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
    ffi::NGHTTP2_SETTINGS_MAX_FRAME_SIZE,
    ffi::NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
    ffi::NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
    ffi::NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL,
];
/// A stream's weight in the tree of priorities that RFC 9113 took out.
const DEFAULT_WEIGHT: i32 = 16;
const NO_FLAGS: u8 = ffi::NGHTTP2_FLAG_NONE as u8;

fn provider() -> ffi::nghttp2_data_provider2 {
    ffi::nghttp2_data_provider2 {
        source: ffi::nghttp2_data_source { ptr: ptr::null_mut() },
        read_callback: Some(callbacks::read_data),
    }
}

/// The library's text for one of its error codes.
pub fn error_text(code: i32) -> String {
    // SAFETY: the text is static and ends with a zero, whatever the code.
    unsafe { CStr::from_ptr(ffi::nghttp2_strerror(code)) }.to_string_lossy().into_owned()
}

impl Session {
    /// `None` when there is no memory for one.
    pub fn new(side: Side, options: &Options, state: State) -> Option<Session> {
        let shared = Box::new(Shared { state: RefCell::new(state), memory: Counter::default() });
        let mut raw = ptr::null_mut();
        let mut set = ptr::null_mut();
        let mut option = ptr::null_mut();
        // SAFETY: both objects are made before they are used and deleted after, since a session copies what is in them.
        // The allocator and the user data point into `shared`, whose address is stable and which outlives the session.
        unsafe {
            if ffi::nghttp2_session_callbacks_new(&mut set) != 0 {
                return None;
            }
            if ffi::nghttp2_option_new(&mut option) != 0 {
                ffi::nghttp2_session_callbacks_del(set);
                return None;
            }
            callbacks::register(set);
            apply(option, side, options);
            let user_data = ptr::from_ref(&*shared).cast_mut().cast();
            let mut memory = shared.memory.allocator();
            let make = match side {
                Side::Server => ffi::nghttp2_session_server_new3,
                Side::Client => ffi::nghttp2_session_client_new3,
            };
            make(&mut raw, set, user_data, option, &mut memory);
            ffi::nghttp2_option_del(option);
            ffi::nghttp2_session_callbacks_del(set);
        }
        Some(Session { raw: NonNull::new(raw)?, shared })
    }

    pub fn state(&self) -> &RefCell<State> {
        &self.shared.state
    }

    pub fn memory_bytes(&self) -> usize {
        self.shared.memory.bytes() + self.state().borrow().memory_bytes()
    }

    pub fn has_memory(&self) -> bool {
        self.memory_bytes() < self.state().borrow().limits.memory_bytes
    }

    /// Reads what came from the peer; a failure becomes an event.
    pub fn receive(&self, bytes: &[u8]) {
        // SAFETY: the session is live, and no borrow of the state is held.
        let read = unsafe { ffi::nghttp2_session_mem_recv2(self.raw.as_ptr(), bytes.as_ptr(), bytes.len()) };
        if read < 0 {
            let mut state = self.state().borrow_mut();
            let name = state.broken.take();
            state.events.push(Event::Broken { code: read as i32, name });
        }
    }

    /// The frames that wait, `limit` bytes and one frame at most.
    pub fn pull(&self, limit: usize) -> Vec<u8> {
        let mut frames = Vec::new();
        self.pull_into(&mut frames, limit);
        frames
    }

    /// The same, behind what is in `output`.
    pub fn pull_into(&self, output: &mut Vec<u8>, limit: usize) {
        /// What a session says besides the data of its streams is short.
        const FRAMES_BYTES: usize = 1024;
        {
            let mut state = self.state().borrow_mut();
            let expected = state.outgoing_bytes.min(limit) + FRAMES_BYTES;
            state.output_limit = output.len() + limit;
            std::mem::swap(&mut state.output, output);
            state.output.reserve(expected);
        }
        loop {
            {
                let state = self.state().borrow();
                if state.output.len() >= state.output_limit {
                    break;
                }
            }
            let mut data = ptr::null();
            // SAFETY: as in `receive`.
            let length = unsafe { ffi::nghttp2_session_mem_send2(self.raw.as_ptr(), &mut data) };
            let mut state = self.state().borrow_mut();
            if length < 0 {
                state.events.push(Event::Broken { code: length as i32, name: None });
            }
            if length <= 0 {
                break;
            }
            // SAFETY: the library's memory is valid until its next call.
            state.output.extend_from_slice(unsafe { std::slice::from_raw_parts(data, length as usize) });
        }
        std::mem::swap(&mut self.state().borrow_mut().output, output);
    }

    fn raw(&self) -> *mut ffi::nghttp2_session {
        self.raw.as_ptr()
    }

    /// The id of the new stream, or a negative code.
    pub fn request(&self, fields: &Fields<'_>, is_empty: bool, wants_trailers: bool) -> i32 {
        let raw = fields.raw();
        let provider = provider();
        let data = if is_empty { ptr::null() } else { &raw const provider };
        // SAFETY: the session is live; it copies the fields and the provider.
        let id = unsafe {
            ffi::nghttp2_submit_request2(self.raw(), ptr::null(), raw.as_ptr(), raw.len(), data, ptr::null_mut())
        };
        if id > 0 {
            let field_bytes_max = callbacks::header_bytes_max(self.raw());
            let stream = Stream { is_shut: is_empty, wants_trailers, field_bytes_max, ..Stream::default() };
            self.state().borrow_mut().streams.insert(id, stream);
        }
        id
    }

    pub fn respond(&self, id: i32, fields: &Fields<'_>, is_empty: bool, wants_trailers: bool) -> i32 {
        let raw = fields.raw();
        let provider = provider();
        let data = if is_empty { ptr::null() } else { &raw const provider };
        if let Some(stream) = self.state().borrow_mut().streams.get_mut(&id) {
            stream.is_shut |= is_empty;
            stream.wants_trailers = wants_trailers;
        }
        // SAFETY: as in `request`.
        unsafe { ffi::nghttp2_submit_response2(self.raw(), id, raw.as_ptr(), raw.len(), data) }
    }

    pub fn inform(&self, id: i32, fields: &Fields<'_>) -> i32 {
        let raw = fields.raw();
        // SAFETY: as in `request`.
        unsafe {
            ffi::nghttp2_submit_headers(self.raw(), NO_FLAGS, id, ptr::null(), raw.as_ptr(), raw.len(), ptr::null_mut())
        }
    }

    /// Trailers; none at all end the stream with an empty frame, since a block of headers can't be empty.
    pub fn trailers(&self, id: i32, fields: &Fields<'_>) -> i32 {
        let raw = fields.raw();
        // SAFETY: as in `request`.
        unsafe {
            if raw.is_empty() {
                let provider = provider();
                return ffi::nghttp2_submit_data2(self.raw(), ffi::NGHTTP2_FLAG_END_STREAM as u8, id, &provider);
            }
            ffi::nghttp2_submit_trailer(self.raw(), id, raw.as_ptr(), raw.len())
        }
    }

    pub fn push(&self, id: i32, fields: &Fields<'_>) -> i32 {
        let raw = fields.raw();
        // SAFETY: as in `request`.
        let promised = unsafe {
            ffi::nghttp2_submit_push_promise(self.raw(), NO_FLAGS, id, raw.as_ptr(), raw.len(), ptr::null_mut())
        };
        if promised > 0 {
            self.state().borrow_mut().streams.insert(promised, Stream::default());
        }
        promised
    }

    /// Data waits or is complete: the library may ask for it again.
    pub fn resume(&self, id: i32) {
        // SAFETY: the session is live. A stream that waits for nothing answers with an error, which means nothing here.
        unsafe { ffi::nghttp2_session_resume_data(self.raw(), id) };
    }

    pub fn reset(&self, id: i32, code: u32) -> i32 {
        // SAFETY: the session is live.
        unsafe { ffi::nghttp2_submit_rst_stream(self.raw(), NO_FLAGS, id, code) }
    }

    /// Gives the peer room for what came while nobody read.
    pub fn consume(&self, id: i32, length: usize) {
        // SAFETY: the session is live.
        unsafe { ffi::nghttp2_session_consume_stream(self.raw(), id, length) };
    }

    pub fn settings(&self, entries: &[(i32, u32)]) -> i32 {
        let raw: Vec<ffi::nghttp2_settings_entry> =
            entries.iter().map(|&(settings_id, value)| ffi::nghttp2_settings_entry { settings_id, value }).collect();
        // SAFETY: the session is live and copies the entries.
        unsafe { ffi::nghttp2_submit_settings(self.raw(), NO_FLAGS, raw.as_ptr(), raw.len()) }
    }

    pub fn ping(&self, payload: &[u8; 8]) -> i32 {
        // SAFETY: the session is live and copies the eight bytes.
        unsafe { ffi::nghttp2_submit_ping(self.raw(), NO_FLAGS, payload.as_ptr()) }
    }

    pub fn goaway(&self, code: u32, last_id: i32, data: &[u8]) -> i32 {
        // SAFETY: the session is live and copies the data.
        unsafe {
            let last = if last_id > 0 { last_id } else { ffi::nghttp2_session_get_last_proc_stream_id(self.raw()) };
            ffi::nghttp2_submit_goaway(self.raw(), NO_FLAGS, last, code, data.as_ptr(), data.len())
        }
    }

    pub fn terminate(&self, code: u32) -> i32 {
        // SAFETY: the session is live.
        unsafe { ffi::nghttp2_session_terminate_session(self.raw(), code) }
    }

    pub fn set_next_stream_id(&self, id: i32) -> i32 {
        // SAFETY: the session is live.
        unsafe { ffi::nghttp2_session_set_next_stream_id(self.raw(), id) }
    }

    pub fn set_local_window_size(&self, size: i32) -> i32 {
        // SAFETY: the session is live.
        unsafe { ffi::nghttp2_session_set_local_window_size(self.raw(), NO_FLAGS, 0, size) }
    }

    pub fn altsvc(&self, id: i32, origin: &[u8], value: &[u8]) -> i32 {
        // SAFETY: the session is live and copies both texts.
        unsafe {
            ffi::nghttp2_submit_altsvc(
                self.raw(),
                NO_FLAGS,
                id,
                origin.as_ptr(),
                origin.len(),
                value.as_ptr(),
                value.len(),
            )
        }
    }

    pub fn origin(&self, origins: &[Vec<u8>]) -> i32 {
        let raw: Vec<ffi::nghttp2_origin_entry> = origins
            .iter()
            .map(|origin| ffi::nghttp2_origin_entry { origin: origin.as_ptr().cast_mut(), origin_len: origin.len() })
            .collect();
        // SAFETY: the session is live and copies the entries.
        unsafe { ffi::nghttp2_submit_origin(self.raw(), NO_FLAGS, raw.as_ptr(), raw.len()) }
    }

    /// The values of `SETTINGS`.
    pub fn settings_of(&self, is_local: bool) -> Vec<f64> {
        let get =
            if is_local { ffi::nghttp2_session_get_local_settings } else { ffi::nghttp2_session_get_remote_settings };
        // SAFETY: the session is live, and the library knows these ids.
        SETTINGS.iter().map(|&id| f64::from(unsafe { get(self.raw(), id) })).collect()
    }

    /// In the order of the fields of `session.state`.
    pub fn describe(&self) -> [f64; 9] {
        let raw = self.raw();
        // SAFETY: the session is live; these only read.
        unsafe {
            [
                f64::from(ffi::nghttp2_session_get_effective_local_window_size(raw)),
                f64::from(ffi::nghttp2_session_get_effective_recv_data_length(raw)),
                f64::from(ffi::nghttp2_session_get_next_stream_id(raw)),
                f64::from(ffi::nghttp2_session_get_local_window_size(raw)),
                f64::from(ffi::nghttp2_session_get_last_proc_stream_id(raw)),
                f64::from(ffi::nghttp2_session_get_remote_window_size(raw)),
                ffi::nghttp2_session_get_outbound_queue_size(raw) as f64,
                ffi::nghttp2_session_get_hd_deflate_dynamic_table_size(raw) as f64,
                ffi::nghttp2_session_get_hd_inflate_dynamic_table_size(raw) as f64,
            ]
        }
    }

    /// In the order of the fields of `stream.state`; priorities are as Node tells them since they are gone.
    pub fn describe_stream(&self, id: i32) -> [f64; 6] {
        let raw = self.raw();
        // SAFETY: the session is live; these only read, and a stream that is not there has no address.
        unsafe {
            let stream = ffi::nghttp2_session_find_stream(raw, id);
            if stream.is_null() {
                return [f64::from(ffi::NGHTTP2_STREAM_STATE_IDLE), 0.0, 0.0, 0.0, 0.0, 0.0];
            }
            [
                f64::from(ffi::nghttp2_stream_get_state(stream)),
                f64::from(DEFAULT_WEIGHT),
                0.0,
                f64::from(ffi::nghttp2_session_get_stream_local_close(raw, id)),
                f64::from(ffi::nghttp2_session_get_stream_remote_close(raw, id)),
                f64::from(ffi::nghttp2_session_get_stream_local_window_size(raw, id)),
            ]
        }
    }

    /// Whether anything is to be read or written any more.
    pub fn wants_anything(&self) -> bool {
        // SAFETY: the session is live; these only read.
        unsafe { ffi::nghttp2_session_want_read(self.raw()) != 0 || ffi::nghttp2_session_want_write(self.raw()) != 0 }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the session is live until here, and `shared`, which it points into, is dropped after it.
        unsafe { ffi::nghttp2_session_del(self.raw.as_ptr()) };
    }
}

/// # Safety
/// `option` is a live object of the library.
unsafe fn apply(option: *mut ffi::nghttp2_option, side: Side, options: &Options) {
    const ON: c_int = 1;
    // SAFETY: the caller's promise; each setter stores a number.
    unsafe {
        // Windows open as JavaScript reads, and closed streams are not kept for a tree of priorities.
        ffi::nghttp2_option_set_no_auto_window_update(option, ON);
        ffi::nghttp2_option_set_no_closed_streams(option, ON);
        if side == Side::Client {
            ffi::nghttp2_option_set_builtin_recv_extension_type(option, ffi::NGHTTP2_ALTSVC as u8);
            ffi::nghttp2_option_set_builtin_recv_extension_type(option, ffi::NGHTTP2_ORIGIN as u8);
        }
        if let Some(value) = options.deflate_table_bytes_max {
            ffi::nghttp2_option_set_max_deflate_dynamic_table_size(option, value);
        }
        if let Some(value) = options.settings_max {
            ffi::nghttp2_option_set_max_settings(option, value);
        }
        if let Some(value) = options.reserved_streams_max {
            ffi::nghttp2_option_set_max_reserved_remote_streams(option, value);
        }
        if let Some(value) = options.sent_header_bytes_max {
            ffi::nghttp2_option_set_max_send_header_block_length(option, value);
        }
        if let Some(value) = options.peer_streams_max {
            ffi::nghttp2_option_set_peer_max_concurrent_streams(option, value);
        }
        if let Some((burst, rate)) = options.reset_rate {
            ffi::nghttp2_option_set_stream_reset_rate_limit(option, burst, rate);
        }
        if options.allows_outer_whitespace {
            ffi::nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, ON);
        }
    }
}
