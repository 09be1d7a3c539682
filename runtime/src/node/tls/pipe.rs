//! The two ends of the wire in memory.

use std::io::{self, Read, Write};

#[derive(Default)]
pub struct Pipe {
    input: Vec<u8>,
    input_at: usize,
    is_ended: bool,
    output: Vec<u8>,
}

impl Pipe {
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    pub fn end(&mut self) {
        self.is_ended = true;
    }

    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let waiting = &self.input[self.input_at..];
        if waiting.is_empty() {
            return if self.is_ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        let length = waiting.len().min(buffer.len());
        buffer[..length].copy_from_slice(&waiting[..length]);
        self.input_at += length;
        if self.input_at == self.input.len() {
            self.input.clear();
            self.input_at = 0;
        }
        Ok(length)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
