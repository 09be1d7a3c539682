//! `binding('zlib')`: compression streams. A stream takes input and a length of output at a time, now or on the pool,
//! and says how much of both is left, as zlib does; JavaScript builds Node's streams on that.

mod brotli;
mod deflate;
mod zstd;

use crate::node::binder::Binder;
use std::sync::{Arc, Mutex};

use rondo_protocol::CallbackKind;

use crate::node::buffer::view::View;
use crate::node::native_object::{Native, unwrap, wrap};
use crate::pool::{self, Value};

/// Output is grown by at most this in one step when all of it is wanted at once.
const GROWTH_BYTES_MAX: usize = 1 << 20;
const OUTPUT_BYTES_FIRST: usize = 16 * 1024;

/// What one step took and gave.
pub struct Step {
    pub taken: usize,
    pub given: usize,
}

/// Why a stream can't go on: Node's `message`, `errno` and `code`.
pub struct Failure {
    pub message: String,
    pub errno: i32,
    pub code: String,
}

impl Failure {
    pub fn new(message: impl Into<String>, errno: i32, code: impl Into<String>) -> Failure {
        Failure { message: message.into(), errno, code: code.into() }
    }

    fn into_value(self) -> Value {
        Value::List(vec![Value::Str(self.message), Value::Int(self.errno.into()), Value::Str(self.code)])
    }
}

/// One algorithm in one direction, with its state.
pub trait Codec: Send {
    /// Takes what it can of `input` and fills what it can of `output`; `flush` is the algorithm's own number.
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure>;
    fn reset(&mut self) -> Result<(), Failure>;
    /// New level and strategy; only `deflate` has them.
    fn set_params(&mut self, _level: i32, _strategy: i32) -> Result<(), Failure> {
        Ok(())
    }
}

struct Stream(Arc<Mutex<Box<dyn Codec>>>);

impl Native for Stream {
    const TAG: u32 = 0x5a4c_4942;
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("deflateNew", deflate_new);
    to.function("brotliNew", brotli_new);
    to.function("zstdNew", zstd_new);
    to.function("write", write);
    to.function("run", run);
    to.function("params", params);
    to.function("reset", reset);
    to.function("crc32", crc32);
}

fn int(value: v8::Local<'_, v8::Value>) -> i32 {
    v8::Local::<v8::Number>::try_from(value).map_or(0, |number| number.value() as i32)
}

fn size(value: v8::Local<'_, v8::Value>) -> usize {
    v8::Local::<v8::Number>::try_from(value).map_or(0, |number| number.value() as usize)
}

fn bytes(value: v8::Local<'_, v8::Value>) -> Vec<u8> {
    View::of(value).map_or_else(Vec::new, |view| view.bytes().to_vec())
}

fn params_of(value: v8::Local<'_, v8::Value>) -> Vec<u32> {
    bytes(value).chunks_exact(4).map(|b| u32::from_ne_bytes(b.try_into().expect("four bytes"))).collect()
}

fn returned(scope: &mut v8::PinScope<'_, '_>, mut rv: v8::ReturnValue, codec: Option<Box<dyn Codec>>) {
    if let Some(codec) = codec {
        rv.set(wrap(scope, Stream(Arc::new(Mutex::new(codec)))).into());
    }
}

/// `deflateNew(mode, windowBits, level, memLevel, strategy, dictionary)` -> stream
fn deflate_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let setup = deflate::Setup {
        window_bits: int(args.get(1)),
        level: int(args.get(2)),
        memory_level: int(args.get(3)),
        strategy: int(args.get(4)),
        dictionary: bytes(args.get(5)),
    };
    let codec = deflate::Mode::of(int(args.get(0))).map(|mode| Box::new(deflate::Deflate::new(mode, setup)) as _);
    returned(scope, rv, codec);
}

/// `brotliNew(compresses, params)` -> stream, undefined when a parameter is refused
fn brotli_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let params = params_of(args.get(1));
    let codec: Option<Box<dyn Codec>> = if args.get(0).is_true() {
        brotli::Encoder::new(params).map(|codec| Box::new(codec) as _)
    } else {
        Some(Box::new(brotli::Decoder::new(&params)))
    };
    returned(scope, rv, codec);
}

/// `zstdNew(compresses, params, dictionary, pledged size)` -> stream, or an error triple
fn zstd_new<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let setup = zstd::Setup {
        params: params_of(args.get(1)),
        dictionary: bytes(args.get(2)),
        pledged_bytes: v8::Local::<v8::Number>::try_from(args.get(3)).ok().map(|number| number.value() as u64),
    };
    let codec = if args.get(0).is_true() {
        zstd::Compressor::new(setup).map(|codec| Box::new(codec) as Box<dyn Codec>)
    } else {
        zstd::Decompressor::new(setup).map(|codec| Box::new(codec) as Box<dyn Codec>)
    };
    match codec {
        Ok(codec) => returned(scope, rv, Some(codec)),
        Err(failure) => rv.set(pool::value_to_js(scope, failure.into_value())),
    }
}

fn lock(stream: &Mutex<Box<dyn Codec>>) -> std::sync::MutexGuard<'_, Box<dyn Codec>> {
    stream.lock().expect("no codec panics")
}

/// `write(stream, flush, input, from, length, output length, callback)`
/// -> later `callback(0, [output left, input left, output])`, or an error triple
fn write<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let Some(stream) = unwrap::<Stream>(args.get(0)) else { return };
    let stream = stream.0.clone();
    let flush = int(args.get(1));
    let from = size(args.get(3));
    let input = View::of(args.get(2))
        .map_or_else(Vec::new, |view| view.bytes()[view.range(from, from + size(args.get(4)))].to_vec());
    let output_bytes = size(args.get(5));
    let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(6)) else { return };
    pool::submit(scope, CallbackKind::Zlib, Some("write".to_owned()), callback, move || {
        let mut output = vec![0; output_bytes];
        let step = match lock(&stream).step(flush, &input, &mut output) {
            Ok(step) => step,
            Err(failure) => return Ok(failure.into_value()),
        };
        output.truncate(step.given);
        let left = [output_bytes - step.given, input.len() - step.taken].map(|n| Value::Int(n as i64));
        let [output_left, input_left] = left;
        Ok(Value::List(vec![output_left, input_left, Value::Bytes(output)]))
    });
}

/// The function of `node:zlib` that uses the stream's class at once.
fn sync_name(class: &str) -> &'static str {
    match class {
        "Deflate" => "zlib.deflateSync",
        "Gzip" => "zlib.gzipSync",
        "DeflateRaw" => "zlib.deflateRawSync",
        "Unzip" => "zlib.unzipSync",
        "Inflate" => "zlib.inflateSync",
        "Gunzip" => "zlib.gunzipSync",
        "InflateRaw" => "zlib.inflateRawSync",
        "BrotliCompress" => "zlib.brotliCompressSync",
        "BrotliDecompress" => "zlib.brotliDecompressSync",
        "ZstdCompress" => "zlib.zstdCompressSync",
        "ZstdDecompress" => "zlib.zstdDecompressSync",
        _ => "zlib",
    }
}

/// `run(stream, flush, input, most output bytes, callback, class)`: everything at once, now or on the pool
/// -> `[output, input taken]`, `[]` when the output would be too large, or an error triple
fn run<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Some(stream) = unwrap::<Stream>(args.get(0)) else { return };
    let stream = stream.0.clone();
    let (flush, bytes_max) = (int(args.get(1)), size(args.get(3)));
    if let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(4)) {
        let input = bytes(args.get(2));
        pool::submit(scope, CallbackKind::Zlib, Some("run".to_owned()), callback, move || {
            Ok(run_all(&mut **lock(&stream), flush, &input, bytes_max))
        });
        return;
    }
    let view = View::of(args.get(2));
    let result = {
        let _mark = crate::marker::native_op(sync_name(&args.get(5).to_rust_string_lossy(scope)), "");
        run_all(&mut **lock(&stream), flush, view.as_ref().map_or(&[], View::bytes), bytes_max)
    };
    rv.set(pool::value_to_js(scope, result));
}

fn run_all(codec: &mut dyn Codec, flush: i32, input: &[u8], bytes_max: usize) -> Value {
    let mut output = vec![0; OUTPUT_BYTES_FIRST];
    let (mut taken, mut given) = (0, 0);
    loop {
        let room = output.len() - given;
        match codec.step(flush, &input[taken..], &mut output[given..]) {
            Ok(step) => {
                taken += step.taken;
                given += step.given;
                if given > bytes_max {
                    return Value::List(Vec::new());
                }
                if step.given < room {
                    break;
                }
            }
            Err(failure) => return failure.into_value(),
        }
        output.resize(output.len() + output.len().min(GROWTH_BYTES_MAX.max(output.len() / 4)), 0);
    }
    output.truncate(given);
    output.shrink_to_fit();
    Value::List(vec![Value::Bytes(output), Value::Int(taken as i64)])
}

/// What went wrong with `params` or `reset`, as an error triple; undefined if nothing.
fn told(scope: &mut v8::PinScope<'_, '_>, mut rv: v8::ReturnValue, result: Result<(), Failure>) {
    if let Err(failure) = result {
        rv.set(pool::value_to_js(scope, failure.into_value()));
    }
}

fn params<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(stream) = unwrap::<Stream>(args.get(0)) else { return };
    let result = lock(&stream.0).set_params(int(args.get(1)), int(args.get(2)));
    told(scope, rv, result);
}

fn reset<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, rv: v8::ReturnValue) {
    let Some(stream) = unwrap::<Stream>(args.get(0)) else { return };
    let result = lock(&stream.0).reset();
    told(scope, rv, result);
}

/// `crc32(data, value)` of a view or of a string's UTF-8
fn crc32<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let start = size(args.get(1)) as u32;
    if let Some(view) = View::of(args.get(0)) {
        return rv.set_uint32(deflate::crc32(start, view.bytes()));
    }
    let text = args.get(0).to_rust_string_lossy(scope);
    rv.set_uint32(deflate::crc32(start, text.as_bytes()));
}
