//! Brotli, both ways.

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderParameter as Parameter, BrotliEncoderStateStruct};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::{Codec, Failure, Step};

/// A parameter that was not given.
const UNSET: u32 = u32::MAX;
const OPERATION_FINISH: i32 = 2;
const DECODER_LARGE_WINDOW: usize = 1;
const Z_BUF_ERROR: i32 = -5;

/// Node's numbers are the positions.
const PARAMETERS: [Option<Parameter>; 7] = [
    Some(Parameter::BROTLI_PARAM_MODE),
    Some(Parameter::BROTLI_PARAM_QUALITY),
    Some(Parameter::BROTLI_PARAM_LGWIN),
    Some(Parameter::BROTLI_PARAM_LGBLOCK),
    Some(Parameter::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING),
    Some(Parameter::BROTLI_PARAM_SIZE_HINT),
    Some(Parameter::BROTLI_PARAM_LARGE_WINDOW),
];

pub struct Encoder {
    state: BrotliEncoderStateStruct<StandardAlloc>,
    params: Vec<u32>,
}

impl Encoder {
    /// `None` when a parameter is refused.
    pub fn new(params: Vec<u32>) -> Option<Encoder> {
        let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
        for (number, value) in params.iter().enumerate().filter(|(_, value)| **value != UNSET) {
            let Some(parameter) = PARAMETERS.get(number).copied().flatten() else { continue };
            if !state.set_parameter(parameter, *value) {
                return None;
            }
        }
        Some(Encoder { state, params })
    }
}

impl Codec for Encoder {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        let operation = match flush {
            0 => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            OPERATION_FINISH => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
        };
        let (mut input_left, mut taken) = (input.len(), 0);
        let (mut output_left, mut given) = (output.len(), 0);
        let worked = self.state.compress_stream(
            operation,
            &mut input_left,
            input,
            &mut taken,
            &mut output_left,
            output,
            &mut given,
            &mut None,
            &mut |_, _, _, _| (),
        );
        if worked {
            return Ok(Step { taken, given });
        }
        Err(Failure::new("Compression failed", -1, "ERR_BROTLI_COMPRESSION_FAILED"))
    }

    fn reset(&mut self) -> Result<(), Failure> {
        let params = std::mem::take(&mut self.params);
        match Encoder::new(params) {
            Some(fresh) => *self = fresh,
            None => {
                return Err(Failure::new("Could not initialize Brotli instance", -1, "ERR_ZLIB_INITIALIZATION_FAILED"));
            }
        }
        Ok(())
    }
}

pub struct Decoder {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    has_large_window: bool,
}

impl Decoder {
    pub fn new(params: &[u32]) -> Decoder {
        let has_large_window = params.get(DECODER_LARGE_WINDOW).is_some_and(|value| *value != UNSET && *value != 0);
        Decoder { state: fresh_state(has_large_window), has_large_window }
    }
}

fn fresh_state(has_large_window: bool) -> Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>> {
    let alloc = StandardAlloc::default;
    let mut state = Box::new(BrotliState::new(alloc(), alloc(), alloc()));
    state.large_window = has_large_window;
    state
}

impl Codec for Decoder {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        let (mut input_left, mut taken) = (input.len(), 0);
        let (mut output_left, mut given, mut total) = (output.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut input_left,
            &mut taken,
            input,
            &mut output_left,
            &mut given,
            output,
            &mut total,
            &mut self.state,
        );
        match result {
            BrotliResult::ResultFailure => {
                let (number, name) = error_of(&self.state);
                Err(Failure::new("Decompression failed", number, format!("ERR_{name}")))
            }
            BrotliResult::NeedsMoreInput if flush == OPERATION_FINISH => {
                Err(Failure::new("unexpected end of file", Z_BUF_ERROR, "Z_BUF_ERROR"))
            }
            _ => Ok(Step { taken, given }),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.state = fresh_state(self.has_large_window);
        Ok(())
    }
}

/// The decoder's error as Node names it: `_ERROR_FORMAT_…`.
fn error_of(state: &BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>) -> (i32, String) {
    let debug = format!("{:?}", state.error_code);
    let name = debug.strip_prefix("BROTLI_DECODER").unwrap_or(&debug).to_owned();
    (state.error_code as i32, name)
}
