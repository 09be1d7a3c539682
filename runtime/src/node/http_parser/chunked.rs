//! The chunked transfer coding (RFC 9112 §7.1), decoded incrementally. The state is three numbers that the caller
//! keeps with the message, so that nothing lives here between two reads. Stops where the trailer section begins.

use std::ops::Range;

use super::fault::Fault;

/// All chunk extensions of a message together; they carry no data, so a stream of them is an attack.
const EXTENSIONS_MAX: u64 = 16 * 1024;
const CHUNK_SIZE_MAX: u64 = (1 << 53) - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    SizeStart = 0,
    Size = 1,
    Extension = 2,
    SizeLineFeed = 3,
    Data = 4,
    DataReturn = 5,
    DataLineFeed = 6,
    Trailers = 7,
}

#[derive(Clone, Copy, Debug)]
pub struct State {
    step: Step,
    remaining: u64,
    extension_bytes: u64,
}

impl State {
    pub fn from_numbers(numbers: [f64; 3]) -> Self {
        const STEPS: [Step; 8] = [
            Step::SizeStart,
            Step::Size,
            Step::Extension,
            Step::SizeLineFeed,
            Step::Data,
            Step::DataReturn,
            Step::DataLineFeed,
            Step::Trailers,
        ];
        let step = STEPS.get(numbers[0] as usize).copied().unwrap_or(Step::SizeStart);
        Self { step, remaining: numbers[1] as u64, extension_bytes: numbers[2] as u64 }
    }

    pub fn to_numbers(self) -> [f64; 3] {
        [f64::from(self.step as u8), self.remaining as f64, self.extension_bytes as f64]
    }

    /// Decodes `bytes` and hands each run of data to `data`. Returns how many bytes were consumed.
    pub fn decode(&mut self, bytes: &[u8], mut data: impl FnMut(Range<usize>)) -> Result<usize, Fault> {
        let mut at = 0;
        while at < bytes.len() && self.step != Step::Trailers {
            if self.step == Step::Data {
                let run = (bytes.len() - at).min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
                data(at..at + run);
                at += run;
                self.remaining -= run as u64;
                if self.remaining == 0 {
                    self.step = Step::DataReturn;
                }
                continue;
            }
            self.control(bytes[at])?;
            at += 1;
        }
        Ok(at)
    }

    pub fn at_trailers(&self) -> bool {
        self.step == Step::Trailers
    }

    fn control(&mut self, byte: u8) -> Result<(), Fault> {
        self.step = match self.step {
            Step::SizeStart => {
                self.remaining = u64::from(hex(byte).ok_or(Fault::InvalidChunkSize)?);
                Step::Size
            }
            Step::Size => match (byte, hex(byte)) {
                (_, Some(digit)) => {
                    self.remaining = self.remaining * 16 + u64::from(digit);
                    if self.remaining > CHUNK_SIZE_MAX {
                        return Err(Fault::InvalidChunkSize);
                    }
                    Step::Size
                }
                (b';', _) => Step::Extension,
                (b'\r', _) => Step::SizeLineFeed,
                _ => return Err(Fault::InvalidChunkSize),
            },
            Step::Extension => {
                self.extension_bytes += 1;
                if self.extension_bytes > EXTENSIONS_MAX {
                    return Err(Fault::ChunkExtensionsOverflow);
                }
                match byte {
                    b'\r' => Step::SizeLineFeed,
                    b'\t' | b' '..=b'~' | 0x80..=0xff => Step::Extension,
                    _ => return Err(Fault::InvalidChunkSize),
                }
            }
            Step::SizeLineFeed if byte == b'\n' && self.remaining == 0 => Step::Trailers,
            Step::SizeLineFeed if byte == b'\n' => Step::Data,
            Step::DataReturn if byte == b'\r' => Step::DataLineFeed,
            Step::DataReturn => return Err(Fault::CarriageReturnExpected),
            Step::DataLineFeed if byte == b'\n' => Step::SizeStart,
            Step::SizeLineFeed | Step::DataLineFeed => return Err(Fault::LineFeedExpected),
            Step::Data | Step::Trailers => unreachable!("data and trailers are no control bytes"),
        };
        Ok(())
    }
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
