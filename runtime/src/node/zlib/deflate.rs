//! zlib's own streams: deflate, gzip and raw deflate both ways, over zlib-rs's C interface, since Node's semantics are
//! those of `z_stream`.

use libz_rs_sys as z;

use super::{Codec, Failure, Step};

const GZIP_MAGIC_1: u8 = 0x1f;
const GZIP_MAGIC_2: u8 = 0x8b;
const Z_DEFLATED: i32 = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Deflate,
    Inflate,
    Gzip,
    Gunzip,
    DeflateRaw,
    InflateRaw,
    /// Gunzip or inflate, by the first bytes.
    Unzip,
}

impl Mode {
    /// By Node's numbers.
    pub fn of(number: i32) -> Option<Mode> {
        use Mode::*;
        [Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip].get(usize::try_from(number - 1).ok()?).copied()
    }

    fn compresses(self) -> bool {
        matches!(self, Mode::Deflate | Mode::Gzip | Mode::DeflateRaw)
    }
}

pub struct Setup {
    pub window_bits: i32,
    pub level: i32,
    pub memory_level: i32,
    pub strategy: i32,
    pub dictionary: Vec<u8>,
}

pub struct Deflate {
    stream: Box<z::z_stream>,
    mode: Mode,
    setup: Setup,
    is_initialized: bool,
    /// How many of the two bytes of gzip's mark were seen.
    magic_bytes: u8,
}

// SAFETY: the stream's state is owned and has no thread of its own.
unsafe impl Send for Deflate {}

impl Deflate {
    pub fn new(mode: Mode, mut setup: Setup) -> Deflate {
        setup.window_bits = match mode {
            Mode::Gzip | Mode::Gunzip => setup.window_bits + 16,
            Mode::Unzip => setup.window_bits + 32,
            Mode::DeflateRaw | Mode::InflateRaw => -setup.window_bits,
            Mode::Deflate | Mode::Inflate => setup.window_bits,
        };
        Deflate { stream: Box::default(), mode, setup, is_initialized: false, magic_bytes: 0 }
    }

    fn initialize(&mut self) -> Result<(), Failure> {
        if self.is_initialized {
            return Ok(());
        }
        let size = size_of::<z::z_stream>() as i32;
        let (stream, setup) = (&mut *self.stream, &self.setup);
        let result = if self.mode.compresses() {
            let (level, bits, memory, strategy) = (setup.level, setup.window_bits, setup.memory_level, setup.strategy);
            // SAFETY: the stream is zeroed, stays where it is, and is ended in `drop`.
            unsafe { z::deflateInit2_(stream, level, Z_DEFLATED, bits, memory, strategy, z::zlibVersion(), size) }
        } else {
            // SAFETY: as above.
            unsafe { z::inflateInit2_(stream, setup.window_bits, z::zlibVersion(), size) }
        };
        if result != z::Z_OK {
            return Err(self.failure("Init error", result));
        }
        self.is_initialized = true;
        self.set_dictionary()
    }

    fn set_dictionary(&mut self) -> Result<(), Failure> {
        let result = match self.mode {
            _ if self.setup.dictionary.is_empty() => return Ok(()),
            Mode::Deflate | Mode::DeflateRaw => {
                let (bytes, length) = (self.setup.dictionary.as_ptr(), self.setup.dictionary.len() as u32);
                // SAFETY: the stream is initialized; the dictionary is copied during the call.
                unsafe { z::deflateSetDictionary(&mut *self.stream, bytes, length) }
            }
            Mode::InflateRaw => self.give_dictionary(),
            _ => return Ok(()),
        };
        if result == z::Z_OK { Ok(()) } else { Err(self.failure("Failed to set dictionary", result)) }
    }

    fn give_dictionary(&mut self) -> i32 {
        let (bytes, length) = (self.setup.dictionary.as_ptr(), self.setup.dictionary.len() as u32);
        // SAFETY: the stream is initialized; the dictionary is copied during the call.
        unsafe { z::inflateSetDictionary(&mut *self.stream, bytes, length) }
    }

    fn failure(&self, text: &str, code: i32) -> Failure {
        let mut text = text.to_owned();
        if !self.stream.msg.is_null() {
            // SAFETY: zlib's messages are static C strings.
            text = unsafe { std::ffi::CStr::from_ptr(self.stream.msg) }.to_string_lossy().into_owned();
        }
        Failure::new(text, code, name_of(code))
    }

    fn inflate(&mut self, flush: i32) -> i32 {
        // SAFETY: the stream is initialized, and `step` points it at live memory.
        unsafe { z::inflate(&mut *self.stream, flush) }
    }

    /// Looks for gzip's mark at the beginning, which may come in two pieces.
    fn detect(&mut self, input: &[u8]) {
        let mut at = 0;
        if self.magic_bytes == 0 {
            match input.first() {
                None => return,
                Some(&GZIP_MAGIC_1) => (self.magic_bytes, at) = (1, 1),
                Some(_) => return self.mode = Mode::Inflate,
            }
        }
        match input.get(at) {
            None => {}
            Some(&GZIP_MAGIC_2) => (self.magic_bytes, self.mode) = (2, Mode::Gunzip),
            Some(_) => self.mode = Mode::Inflate,
        }
    }

    fn decompress(&mut self, flush: i32, input: &[u8]) -> Result<i32, Failure> {
        let mut result = self.inflate(flush);
        if self.mode != Mode::InflateRaw && result == z::Z_NEED_DICT && !self.setup.dictionary.is_empty() {
            result = match self.give_dictionary() {
                z::Z_OK => self.inflate(flush),
                // Tells a wrong dictionary from wrong input.
                z::Z_DATA_ERROR => z::Z_NEED_DICT,
                other => other,
            };
        }
        // What follows a member is another one or garbage; zeros are padding.
        while self.mode == Mode::Gunzip && result == z::Z_STREAM_END && self.stream.avail_in > 0 {
            if input[input.len() - self.stream.avail_in as usize] == 0 {
                break;
            }
            self.reset()?;
            result = self.inflate(flush);
        }
        Ok(result)
    }
}

impl Codec for Deflate {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        self.initialize()?;
        if self.mode == Mode::Unzip {
            self.detect(input);
        }
        self.stream.next_in = input.as_ptr().cast_mut();
        self.stream.avail_in = input.len() as u32;
        self.stream.next_out = output.as_mut_ptr();
        self.stream.avail_out = output.len() as u32;
        let result = if self.mode.compresses() {
            // SAFETY: the stream is initialized and points at the slices above.
            unsafe { z::deflate(&mut *self.stream, flush) }
        } else {
            self.decompress(flush, input)?
        };
        let (input_left, output_left) = (self.stream.avail_in as usize, self.stream.avail_out as usize);
        match result {
            z::Z_OK | z::Z_BUF_ERROR if output_left != 0 && flush == z::Z_FINISH => {
                return Err(self.failure("unexpected end of file", z::Z_BUF_ERROR));
            }
            z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => {}
            z::Z_NEED_DICT => {
                let which = if self.setup.dictionary.is_empty() { "Missing dictionary" } else { "Bad dictionary" };
                return Err(self.failure(which, result));
            }
            _ => return Err(self.failure("Zlib error", result)),
        }
        Ok(Step { taken: input.len() - input_left, given: output.len() - output_left })
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.initialize()?;
        // SAFETY: the stream is initialized.
        let result = unsafe {
            if self.mode.compresses() { z::deflateReset(&mut *self.stream) } else { z::inflateReset(&mut *self.stream) }
        };
        if result != z::Z_OK {
            return Err(self.failure("Failed to reset stream", result));
        }
        self.set_dictionary()
    }

    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        self.initialize()?;
        if !matches!(self.mode, Mode::Deflate | Mode::DeflateRaw) {
            return Ok(());
        }
        (self.stream.avail_in, self.stream.avail_out) = (0, 0);
        // SAFETY: the stream is initialized and has neither input nor output to touch.
        match unsafe { z::deflateParams(&mut *self.stream, level, strategy) } {
            z::Z_OK | z::Z_BUF_ERROR => Ok(()),
            other => Err(self.failure("Failed to set parameters", other)),
        }
    }
}

impl Drop for Deflate {
    fn drop(&mut self) {
        if self.is_initialized {
            // SAFETY: initialized and ended once.
            unsafe {
                if self.mode.compresses() { z::deflateEnd(&mut *self.stream) } else { z::inflateEnd(&mut *self.stream) }
            };
        }
    }
}

fn name_of(code: i32) -> &'static str {
    match code {
        z::Z_OK => "Z_OK",
        z::Z_STREAM_END => "Z_STREAM_END",
        z::Z_NEED_DICT => "Z_NEED_DICT",
        z::Z_ERRNO => "Z_ERRNO",
        z::Z_STREAM_ERROR => "Z_STREAM_ERROR",
        z::Z_DATA_ERROR => "Z_DATA_ERROR",
        z::Z_MEM_ERROR => "Z_MEM_ERROR",
        z::Z_BUF_ERROR => "Z_BUF_ERROR",
        z::Z_VERSION_ERROR => "Z_VERSION_ERROR",
        _ => "Z_UNKNOWN_ERROR",
    }
}

/// The checksum of `bytes` after what gave `start`.
pub fn crc32(start: u32, bytes: &[u8]) -> u32 {
    // SAFETY: pointer and length are those of the slice.
    unsafe { z::crc32_z(start.into(), bytes.as_ptr(), bytes.len()) as u32 }
}
