//! Zstandard, both ways, over the library's own interface: Node's parameters are its numbers.

use zstd_safe::zstd_sys as zs;

use super::{Codec, Failure, Step};

const UNSET: u32 = u32::MAX;
const FLUSH_END: i32 = 2;
const Z_BUF_ERROR: i32 = -5;

pub struct Setup {
    /// By zstd's numbers.
    pub params: Vec<u32>,
    pub dictionary: Vec<u8>,
    pub pledged_bytes: Option<u64>,
}

pub struct Compressor {
    context: *mut zs::ZSTD_CCtx,
    setup: Setup,
}

// SAFETY: the context is owned and has no thread of its own.
unsafe impl Send for Compressor {}

impl Compressor {
    pub fn new(setup: Setup) -> Result<Compressor, Failure> {
        // SAFETY: allocates; null is checked.
        let context = unsafe { zs::ZSTD_createCCtx() };
        if context.is_null() {
            return Err(out_of_memory());
        }
        let mut compressor = Compressor { context, setup };
        compressor.prepare()?;
        Ok(compressor)
    }

    fn prepare(&mut self) -> Result<(), Failure> {
        let context = self.context;
        for (number, value) in given(&self.setup.params) {
            let Some(parameter) = compression_parameter(number) else { continue };
            // SAFETY: the context is live.
            check(unsafe { zs::ZSTD_CCtx_setParameter(context, parameter, value) }).map_err(|_| refused())?;
        }
        if let Some(bytes) = self.setup.pledged_bytes {
            // SAFETY: the context is live.
            check(unsafe { zs::ZSTD_CCtx_setPledgedSrcSize(context, bytes) })?;
        }
        let dictionary = &self.setup.dictionary;
        if !dictionary.is_empty() {
            // SAFETY: the dictionary is copied during the call.
            check(unsafe { zs::ZSTD_CCtx_loadDictionary(context, dictionary.as_ptr().cast(), dictionary.len()) })?;
        }
        Ok(())
    }
}

impl Codec for Compressor {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        let directive = match flush {
            0 => zs::ZSTD_EndDirective::ZSTD_e_continue,
            1 => zs::ZSTD_EndDirective::ZSTD_e_flush,
            _ => zs::ZSTD_EndDirective::ZSTD_e_end,
        };
        let mut source = zs::ZSTD_inBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        let mut target = zs::ZSTD_outBuffer { dst: output.as_mut_ptr().cast(), size: output.len(), pos: 0 };
        // SAFETY: both buffers are the slices above, the context is live.
        check(unsafe { zs::ZSTD_compressStream2(self.context, &mut target, &mut source, directive) })?;
        Ok(Step { taken: source.pos, given: target.pos })
    }

    fn reset(&mut self) -> Result<(), Failure> {
        // SAFETY: the context is live.
        check(unsafe {
            zs::ZSTD_CCtx_reset(self.context, zs::ZSTD_ResetDirective::ZSTD_reset_session_and_parameters)
        })?;
        self.prepare()
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: created in `new`, freed once.
        unsafe { zs::ZSTD_freeCCtx(self.context) };
    }
}

pub struct Decompressor {
    context: *mut zs::ZSTD_DCtx,
    setup: Setup,
    /// Whether the last frame that began has ended.
    is_complete: bool,
}

// SAFETY: the context is owned and has no thread of its own.
unsafe impl Send for Decompressor {}

impl Decompressor {
    pub fn new(setup: Setup) -> Result<Decompressor, Failure> {
        // SAFETY: allocates; null is checked.
        let context = unsafe { zs::ZSTD_createDCtx() };
        if context.is_null() {
            return Err(out_of_memory());
        }
        let mut decompressor = Decompressor { context, setup, is_complete: false };
        decompressor.prepare()?;
        Ok(decompressor)
    }

    fn prepare(&mut self) -> Result<(), Failure> {
        for (number, value) in given(&self.setup.params) {
            if number == 100 {
                let parameter = zs::ZSTD_dParameter::ZSTD_d_windowLogMax;
                // SAFETY: the context is live.
                check(unsafe { zs::ZSTD_DCtx_setParameter(self.context, parameter, value) }).map_err(|_| refused())?;
            }
        }
        let dictionary = &self.setup.dictionary;
        if !dictionary.is_empty() {
            // SAFETY: the dictionary is copied during the call.
            check(unsafe { zs::ZSTD_DCtx_loadDictionary(self.context, dictionary.as_ptr().cast(), dictionary.len()) })?;
        }
        Ok(())
    }
}

impl Codec for Decompressor {
    fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Result<Step, Failure> {
        let mut source = zs::ZSTD_inBuffer { src: input.as_ptr().cast(), size: input.len(), pos: 0 };
        let mut target = zs::ZSTD_outBuffer { dst: output.as_mut_ptr().cast(), size: output.len(), pos: 0 };
        // SAFETY: both buffers are the slices above, the context is live.
        let wanted = check(unsafe { zs::ZSTD_decompressStream(self.context, &mut target, &mut source) })?;
        // Behind a frame's end the library already asks for the next one's head.
        self.is_complete = wanted == 0 || (self.is_complete && input.is_empty());
        if !self.is_complete && flush == FLUSH_END && source.pos == source.size && target.pos < target.size {
            return Err(Failure::new("unexpected end of file", Z_BUF_ERROR, "Z_BUF_ERROR"));
        }
        Ok(Step { taken: source.pos, given: target.pos })
    }

    fn reset(&mut self) -> Result<(), Failure> {
        // SAFETY: the context is live.
        check(unsafe {
            zs::ZSTD_DCtx_reset(self.context, zs::ZSTD_ResetDirective::ZSTD_reset_session_and_parameters)
        })?;
        self.prepare()
    }
}

impl Drop for Decompressor {
    fn drop(&mut self) {
        // SAFETY: created in `new`, freed once.
        unsafe { zs::ZSTD_freeDCtx(self.context) };
    }
}

fn given(params: &[u32]) -> impl Iterator<Item = (usize, i32)> {
    params.iter().enumerate().filter(|(_, value)| **value != UNSET).map(|(number, value)| (number, *value as i32))
}

fn refused() -> Failure {
    Failure::new("Setting parameter failed", 0, "ERR_ZLIB_INITIALIZATION_FAILED")
}

fn out_of_memory() -> Failure {
    Failure::new("Could not initialize zstd instance", -1, "ERR_ZLIB_INITIALIZATION_FAILED")
}

fn compression_parameter(number: usize) -> Option<zs::ZSTD_cParameter> {
    use zs::ZSTD_cParameter::*;
    Some(match number {
        100 => ZSTD_c_compressionLevel,
        101 => ZSTD_c_windowLog,
        102 => ZSTD_c_hashLog,
        103 => ZSTD_c_chainLog,
        104 => ZSTD_c_searchLog,
        105 => ZSTD_c_minMatch,
        106 => ZSTD_c_targetLength,
        107 => ZSTD_c_strategy,
        160 => ZSTD_c_enableLongDistanceMatching,
        161 => ZSTD_c_ldmHashLog,
        162 => ZSTD_c_ldmMinMatch,
        163 => ZSTD_c_ldmBucketSizeLog,
        164 => ZSTD_c_ldmHashRateLog,
        200 => ZSTD_c_contentSizeFlag,
        201 => ZSTD_c_checksumFlag,
        202 => ZSTD_c_dictIDFlag,
        400 => ZSTD_c_nbWorkers,
        401 => ZSTD_c_jobSize,
        402 => ZSTD_c_overlapLog,
        _ => return None,
    })
}

/// The library's result, or its error with the name it has in `zstd_errors.h`.
fn check(result: usize) -> Result<usize, Failure> {
    // SAFETY: pure functions of the number.
    let (is_error, code) = unsafe { (zs::ZSTD_isError(result), zs::ZSTD_getErrorCode(result)) };
    if is_error == 0 {
        return Ok(result);
    }
    // SAFETY: a static C string.
    let text = unsafe { std::ffi::CStr::from_ptr(zs::ZSTD_getErrorString(code)) }.to_string_lossy();
    Err(Failure::new(text, code as i32, format!("{code:?}")))
}
