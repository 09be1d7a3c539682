//! Sockets and names: the kernel reports, the poll phase calls.

use super::{Behaviour, Row, row, with_promise};

pub const TABLE: &[Row] = &[
    row(
        "http.createServer",
        Behaviour::Kernel,
        "A server; the request handler runs in the poll phase, once for each request whose head is complete.",
    ),
    row(
        "http.request",
        Behaviour::Kernel,
        "Sends a request; the response handler runs in the poll phase. Host names are looked up on the thread pool.",
    ),
    row("http.get", Behaviour::Kernel, "Sends a GET request; the response handler runs in the poll phase."),
    row("https.createServer", Behaviour::Kernel, "A server over TLS; handshakes compute on the loop's thread."),
    row("https.request", Behaviour::Kernel, "Sends a request over TLS."),
    row("https.get", Behaviour::Kernel, "Sends a GET request over TLS."),
    row("http2.createServer", Behaviour::Kernel, "An HTTP/2 server."),
    row("http2.createSecureServer", Behaviour::Kernel, "An HTTP/2 server over TLS."),
    row("http2.connect", Behaviour::Kernel, "An HTTP/2 client."),
    row("net.createServer", Behaviour::Kernel, "A TCP server; the connection handler runs in the poll phase."),
    row("net.connect", Behaviour::Kernel, "Connects a socket; host names are looked up on the thread pool."),
    row("net.createConnection", Behaviour::Kernel, "Connects a socket; host names are looked up on the thread pool."),
    row("tls.connect", Behaviour::Kernel, "Connects a socket with TLS."),
    row("tls.createServer", Behaviour::Kernel, "A TLS server; handshakes compute on the loop's thread."),
    row("dgram.createSocket", Behaviour::Kernel, "A UDP socket; messages arrive in the poll phase."),
    with_promise(
        "dns.lookup",
        Behaviour::Pool,
        "Asks the system's resolver, which blocks a pool thread: slow answers hold up `fs` and `crypto` too. `dns.resolve` does not.",
    ),
    row("dns.lookupService", Behaviour::Pool, "Asks the system's resolver for a name, on a pool thread."),
    with_promise("dns.resolve", Behaviour::Kernel, "Asks a DNS server over the network; no thread is held."),
    with_promise("dns.resolve4", Behaviour::Kernel, "Asks a DNS server for IPv4 addresses."),
    with_promise("dns.resolve6", Behaviour::Kernel, "Asks a DNS server for IPv6 addresses."),
    row("dns.reverse", Behaviour::Kernel, "Asks a DNS server for names."),
    row(
        "fetch",
        Behaviour::Kernel,
        "Sends a request; what follows its `await` runs as a microtask after a callback in the poll phase.",
    ),
    row("readline.createInterface", Behaviour::Kernel, "Lines of a stream, as they arrive."),
    with_promise(
        "stream.pipeline",
        Behaviour::Plain,
        "Joins streams and ends them together; their own callbacks do the work.",
    ),
];
