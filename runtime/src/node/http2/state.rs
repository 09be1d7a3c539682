//! What a session knows besides the library: its streams' headers and data on their way, its limits, and the events that
//! JavaScript has not read yet.

use std::collections::{HashMap, VecDeque};

use super::chunk::Chunk;

/// What happened, in order. JavaScript reads them after each call that may make some.
pub enum Event {
    /// The session is broken: the library's code, and the name of Node's error where the library has none.
    Broken {
        code: i32,
        name: Option<&'static str>,
    },
    Headers {
        id: i32,
        category: u32,
        flags: u8,
        fields: Vec<Field>,
    },
    Data {
        id: i32,
        bytes: Vec<u8>,
    },
    End {
        id: i32,
    },
    Closed {
        id: i32,
        code: u32,
    },
    /// What the peer asks for from here on, in the order of `session::SETTINGS`, then its other settings as id and value.
    Settings {
        values: Vec<f64>,
    },
    SettingsAcknowledged,
    Ping {
        payload: [u8; 8],
    },
    PingAcknowledged {
        payload: [u8; 8],
    },
    Goaway {
        code: u32,
        last_id: i32,
        data: Vec<u8>,
    },
    FrameNotSent {
        id: i32,
        kind: u8,
        code: i32,
    },
    Altsvc {
        id: i32,
        origin: Vec<u8>,
        value: Vec<u8>,
    },
    Origin {
        origins: Vec<Vec<u8>>,
    },
    /// All data is sent and trailers may follow.
    WantsTrailers {
        id: i32,
    },
    /// What was written to the stream is taken into frames.
    Written {
        id: i32,
    },
}

pub struct Field {
    pub name: Vec<u8>,
    pub value: Vec<u8>,
    /// Never to be indexed: the peer marked it as a secret.
    pub is_sensitive: bool,
}

pub struct Limits {
    pub header_pairs: usize,
    pub memory_bytes: usize,
    pub pings: usize,
    pub settings: usize,
    pub invalid_frames: u32,
    pub rejected_streams: u32,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Padding {
    None,
    Aligned,
    Max,
}

#[derive(Default)]
pub struct Stream {
    pub fields: Vec<Field>,
    pub field_bytes: usize,
    /// What our settings allowed a block of headers when the stream began.
    pub field_bytes_max: usize,
    pub category: u32,
    pub outgoing: VecDeque<Chunk>,
    /// Bytes of the first chunk that are sent already.
    pub sent_of_first: usize,
    pub outgoing_bytes: usize,
    /// A write waits to be told that it is taken.
    pub is_writing: bool,
    pub is_shut: bool,
    pub wants_trailers: bool,
    /// The last data is in a frame, behind which trailers may follow.
    pub are_trailers_due: bool,
    pub is_reading: bool,
    /// Bytes that came while nobody read; the peer gets room for them once somebody does.
    pub unconsumed: usize,
}

pub struct State {
    pub events: Vec<Event>,
    pub streams: HashMap<i32, Stream>,
    pub limits: Limits,
    pub padding: Padding,
    pub outgoing_bytes: usize,
    pub field_bytes: usize,
    pub invalid_frames: u32,
    pub rejected_streams: u32,
    pub settings_waiting: usize,
    pub pings_waiting: VecDeque<[u8; 8]>,
    /// Settings with numbers that the library does not know, of the peer, and those of them that are kept.
    pub custom_settings: Vec<(i32, u32)>,
    pub custom_wanted: Vec<i32>,
    /// Frames on their way out, and at how many bytes no more are added.
    pub output: Vec<u8>,
    pub output_limit: usize,
    /// The reason for which a callback broke the session off.
    pub broken: Option<&'static str>,
}

impl State {
    pub fn new(limits: Limits, padding: Padding, custom_wanted: Vec<i32>) -> State {
        State {
            events: Vec::new(),
            streams: HashMap::new(),
            limits,
            padding,
            outgoing_bytes: 0,
            field_bytes: 0,
            invalid_frames: 0,
            rejected_streams: 0,
            settings_waiting: 0,
            pings_waiting: VecDeque::new(),
            custom_settings: Vec::new(),
            custom_wanted,
            output: Vec::new(),
            output_limit: 0,
            broken: None,
        }
    }

    /// Memory that the session holds besides what the library allocates.
    pub fn memory_bytes(&self) -> usize {
        self.outgoing_bytes + self.field_bytes + self.output.len() + self.streams.len() * size_of::<Stream>()
    }

    /// Counts a frame that means nothing good; whether the peer has sent more of them than it may.
    pub fn is_over_invalid_frames(&mut self) -> bool {
        let is_over = self.invalid_frames > self.limits.invalid_frames;
        self.invalid_frames = self.invalid_frames.saturating_add(1);
        if is_over {
            self.broken = Some("ERR_HTTP2_TOO_MANY_INVALID_FRAMES");
        }
        is_over
    }

    pub fn begin_headers(&mut self, id: i32, category: u32, bytes_max: usize) {
        let new = || Stream { field_bytes_max: bytes_max, ..Stream::default() };
        let stream = self.streams.entry(id).or_insert_with(new);
        self.field_bytes -= stream.field_bytes;
        stream.fields.clear();
        stream.field_bytes = 0;
        stream.category = category;
    }

    /// Whether the field was within the limits.
    pub fn add_field(&mut self, id: i32, field: Field) -> bool {
        /// What the protocol counts for a field besides its texts (RFC 9113, 6.5.2).
        const FIELD_OVERHEAD: usize = 32;
        let Some(stream) = self.streams.get_mut(&id) else { return true };
        let length = field.name.len() + field.value.len() + FIELD_OVERHEAD;
        if stream.fields.len() >= self.limits.header_pairs || stream.field_bytes + length > stream.field_bytes_max {
            return false;
        }
        stream.field_bytes += length;
        self.field_bytes += length;
        stream.fields.push(field);
        true
    }

    pub fn finish_headers(&mut self, id: i32, flags: u8) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        self.field_bytes -= stream.field_bytes;
        stream.field_bytes = 0;
        let fields = std::mem::take(&mut stream.fields);
        self.events.push(Event::Headers { id, category: stream.category, flags, fields });
    }

    pub fn add_data(&mut self, id: i32, bytes: &[u8]) {
        /// What fills a frame of the usual size is part of something larger; shorter frames are messages of their own.
        const FULL_FRAME_BYTES: usize = 16 * 1024;
        if let Some(Event::Data { id: last, bytes: before }) = self.events.last_mut()
            && *last == id
            && before.len() >= FULL_FRAME_BYTES
        {
            before.extend_from_slice(bytes);
        } else {
            self.events.push(Event::Data { id, bytes: bytes.to_vec() });
        }
    }

    pub fn queue(&mut self, id: i32, chunk: Chunk) -> bool {
        let Some(stream) = self.streams.get_mut(&id) else { return false };
        stream.is_writing = true;
        let length = chunk.bytes().len();
        stream.outgoing_bytes += length;
        self.outgoing_bytes += length;
        if length > 0 {
            stream.outgoing.push_back(chunk);
        }
        true
    }

    /// Moves `length` bytes of what was written to the stream into the output.
    pub fn send_data(&mut self, id: i32, mut length: usize) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.outgoing_bytes -= length;
        self.outgoing_bytes -= length;
        while length > 0 {
            let Some(first) = stream.outgoing.front() else { break };
            let rest = &first.bytes()[stream.sent_of_first..];
            let taken = rest.len().min(length);
            self.output.extend_from_slice(&rest[..taken]);
            length -= taken;
            if taken == rest.len() {
                stream.outgoing.pop_front();
                stream.sent_of_first = 0;
            } else {
                stream.sent_of_first += taken;
            }
        }
        if stream.outgoing_bytes == 0 && stream.is_writing {
            stream.is_writing = false;
            self.events.push(Event::Written { id });
        }
        if stream.are_trailers_due {
            stream.are_trailers_due = false;
            self.events.push(Event::WantsTrailers { id });
        }
    }

    pub fn forget(&mut self, id: i32) {
        if let Some(stream) = self.streams.remove(&id) {
            self.outgoing_bytes -= stream.outgoing_bytes;
            self.field_bytes -= stream.field_bytes;
        }
    }
}
