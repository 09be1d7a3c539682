//! Messages between the transport and the framework. The framework's reader ends with the first message that is none, so
//! what is broken is taken out here and answered here, and the framework sees whole messages only.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc;

/// Bytes of one message.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of one line of a header.
const HEADER_BYTES_MAX: u64 = 4 * 1024;
/// Answers to broken messages that wait to be sent.
const COMPLAINTS_MAX: usize = 64;
/// Bytes between the transport and the framework.
const PIPE_BYTES: usize = 256 * 1024;

/// JSON-RPC's codes.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

enum Frame {
    Message(Vec<u8>),
    Broken(i32, String),
}

/// The framework's ends of the pipes, and the work that moves messages between them and the transport.
pub fn pipes(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> (DuplexStream, DuplexStream, impl Future<Output = ()>, impl Future<Output = ()>) {
    let (to_framework, framework_input) = tokio::io::duplex(PIPE_BYTES);
    let (framework_output, from_framework) = tokio::io::duplex(PIPE_BYTES);
    let (complain, complaints) = mpsc::channel(COMPLAINTS_MAX);
    let inbound = async move {
        // Either side's end is the end of the session.
        let _ = take_in(BufReader::new(input), to_framework, complain).await;
    };
    let outbound = async move {
        let _ = give_out(BufReader::new(from_framework), output, complaints).await;
    };
    (framework_input, framework_output, inbound, outbound)
}

async fn take_in(
    mut input: BufReader<impl AsyncRead + Unpin>,
    mut framework: DuplexStream,
    complain: mpsc::Sender<Vec<u8>>,
) -> io::Result<()> {
    while let Some(frame) = read_frame(&mut input).await? {
        match frame {
            Frame::Message(body) => match fault(&body) {
                None => framework.write_all(&framed(&body)).await?,
                Some((code, message)) => send_complaint(&complain, code, &message),
            },
            Frame::Broken(code, message) => send_complaint(&complain, code, &message),
        }
    }
    Ok(())
}

async fn give_out(
    mut framework: BufReader<DuplexStream>,
    mut output: impl AsyncWrite + Unpin,
    mut complaints: mpsc::Receiver<Vec<u8>>,
) -> io::Result<()> {
    loop {
        // A complaint goes between two messages; waiting for the first byte of the next can be given up.
        tokio::select! {
            Some(complaint) = complaints.recv() => output.write_all(&complaint).await?,
            more = framework.fill_buf() => {
                if more?.is_empty() {
                    return Ok(());
                }
                if let Some(Frame::Message(body)) = read_frame(&mut framework).await? {
                    output.write_all(&framed(&body)).await?;
                }
            }
        }
        output.flush().await?;
    }
}

/// A client that sends faults faster than it reads answers gets some of them.
fn send_complaint(complain: &mpsc::Sender<Vec<u8>>, code: i32, message: &str) {
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    let _ = complain.try_send(framed(body.to_string().as_bytes()));
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend_from_slice(body);
    frame
}

/// What the framework could not take.
fn fault(body: &[u8]) -> Option<(i32, String)> {
    let message: serde_json::Value = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(error) => return Some((PARSE_ERROR, format!("the message is no JSON: {error}"))),
    };
    let is_message = message["jsonrpc"] == "2.0"
        && (message["method"].is_string() || message.get("result").is_some() || message.get("error").is_some())
        && matches!(message.get("id"), None | Some(serde_json::Value::Number(_) | serde_json::Value::String(_)))
        && matches!(
            message.get("params"),
            None | Some(serde_json::Value::Object(_) | serde_json::Value::Array(_) | serde_json::Value::Null)
        );
    (!is_message).then(|| (INVALID_REQUEST, "the message is no JSON-RPC 2.0 message".to_owned()))
}

/// The next frame; nothing at the end. Lines that are no header are passed over until one is.
async fn read_frame(input: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<Frame>> {
    let mut length = None;
    let mut complaint = None;
    loop {
        let mut line = Vec::new();
        if (&mut *input).take(HEADER_BYTES_MAX).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        match line.split_once(':').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim())) {
            Some((name, value)) if name == "content-length" => match value.parse::<usize>() {
                Ok(bytes) => length = Some(bytes),
                Err(_) => complaint = Some(format!("Content-Length is no number: {value}")),
            },
            _ if line.is_empty() => match (length, complaint.take()) {
                (Some(bytes), _) if bytes > MESSAGE_BYTES_MAX => {
                    tokio::io::copy(&mut (&mut *input).take(bytes as u64), &mut tokio::io::sink()).await?;
                    let message = format!("{bytes} bytes are more than the limit of {MESSAGE_BYTES_MAX}");
                    return Ok(Some(Frame::Broken(INVALID_REQUEST, message)));
                }
                (Some(bytes), _) => {
                    let mut body = vec![0; bytes];
                    input.read_exact(&mut body).await?;
                    return Ok(Some(Frame::Message(body)));
                }
                (None, Some(message)) => return Ok(Some(Frame::Broken(PARSE_ERROR, message))),
                (None, None) => {}
            },
            // Other headers have no meaning here.
            _ => {}
        }
    }
}
