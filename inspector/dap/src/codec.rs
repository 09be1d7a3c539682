//! Framing of the protocol: `Content-Length` headers and JSON.
//!
//! A message that is no JSON costs that message only. A stream whose frames can't be found any more ends.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// Bytes of one header line.
const HEADER_BYTES_MAX: u64 = 8 * 1024;
/// Bytes of one message: sources of scripts whole are far below.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What came.
#[derive(Debug, PartialEq)]
pub enum Incoming {
    Message(Value),
    /// It can't be read, and why; the next one can.
    Malformed(String),
    /// The stream is over; the reason is there unless it ended between messages.
    End(Option<String>),
}

pub struct Reader<R> {
    input: BufReader<R>,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub fn new(input: R) -> Reader<R> {
        Reader { input: BufReader::new(input) }
    }

    pub async fn next(&mut self) -> Incoming {
        let length = match self.header().await {
            Ok(length) => length,
            Err(incoming) => return incoming,
        };
        let mut body = vec![0; length];
        if let Err(error) = self.input.read_exact(&mut body).await {
            return Incoming::End(Some(format!("the stream ends inside a message: {error}")));
        }
        match serde_json::from_slice(&body) {
            Ok(message) => Incoming::Message(message),
            Err(error) => Incoming::Malformed(format!("a message is not JSON: {error}")),
        }
    }

    /// Reads to the empty line; the result is the length of what follows.
    async fn header(&mut self) -> Result<usize, Incoming> {
        let mut length = None;
        let mut lines = 0;
        loop {
            let line = self.line(lines > 0).await?;
            if line.is_empty() {
                // Stray line ends between messages are no header.
                if lines == 0 {
                    continue;
                }
                return length.ok_or_else(|| Incoming::Malformed("a header without Content-Length".to_owned()));
            }
            lines += 1;
            let Some((name, value)) = line.split_once(':') else { continue };
            if !name.trim().eq_ignore_ascii_case("content-length") {
                continue;
            }
            let number = value.trim().parse::<usize>();
            match number {
                Ok(number) if number <= MESSAGE_BYTES_MAX => length = Some(number),
                _ => return Err(Incoming::End(Some(format!("Content-Length: {} can't be read", value.trim())))),
            }
        }
    }

    async fn line(&mut self, inside: bool) -> Result<String, Incoming> {
        let mut line = Vec::new();
        let read = (&mut self.input).take(HEADER_BYTES_MAX).read_until(b'\n', &mut line).await;
        match read {
            Ok(0) if !inside => return Err(Incoming::End(None)),
            Ok(0) => return Err(Incoming::End(Some("the stream ends inside a header".to_owned()))),
            Ok(_) if line.ends_with(b"\n") => {}
            Ok(read) if read as u64 == HEADER_BYTES_MAX => {
                return Err(Incoming::End(Some(format!("a header line longer than {HEADER_BYTES_MAX} bytes"))));
            }
            Ok(_) => return Err(Incoming::End(Some("the stream ends inside a header".to_owned()))),
            Err(error) => return Err(Incoming::End(Some(error.to_string()))),
        }
        Ok(String::from_utf8_lossy(&line).trim().to_owned())
    }
}

/// A message with its header.
pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn check(input: &str, expected: &[Incoming]) {
        let mut reader = Reader::new(input.as_bytes());
        for one in expected {
            assert_eq!(&reader.next().await, one, "{input:?}");
        }
    }

    fn end(why: &str) -> Incoming {
        Incoming::End(Some(why.to_owned()))
    }

    #[tokio::test]
    async fn messages_come_whole_whatever_the_headers_look_like() {
        let message = json!({ "ä": "→" });
        let framed = String::from_utf8(frame(&message)).expect("text");
        check(&format!("{framed}{framed}"), &[Incoming::Message(message.clone()), Incoming::Message(message)]).await;
        check("content-length:2\r\nX: y\r\n\r\n{}", &[Incoming::Message(json!({})), Incoming::End(None)]).await;
        check("Content-Length: 2\n\n{}\n\n", &[Incoming::Message(json!({})), Incoming::End(None)]).await;
    }

    #[tokio::test]
    async fn what_is_no_message_costs_itself_only() {
        let good = Incoming::Message(json!(1));
        let broken =
            Incoming::Malformed("a message is not JSON: EOF while parsing an object at line 1 column 1".into());
        check("Content-Length: 1\r\n\r\n{Content-Length: 1\r\n\r\n1", &[broken, good]).await;
        let headless = Incoming::Malformed("a header without Content-Length".into());
        check("hello\r\n\r\nContent-Length: 1\r\n\r\n1", &[headless, Incoming::Message(json!(1))]).await;
    }

    #[tokio::test]
    async fn a_stream_without_frames_ends_with_its_reason() {
        check("Content-Length: x\r\n\r\n", &[end("Content-Length: x can't be read")]).await;
        check("Content-Length: 99999999999\r\n\r\n", &[end("Content-Length: 99999999999 can't be read")]).await;
        check("Content-Length: 5\r\n\r\n{}", &[end("the stream ends inside a message: early eof")]).await;
        check("Content-Le", &[end("the stream ends inside a header")]).await;
        check(&"x".repeat(9000), &[end("a header line longer than 8192 bytes")]).await;
    }
}
