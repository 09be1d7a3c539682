//! Sockets and names: the kernel reports, the poll phase calls.

use super::{Api, Behaviour, api};

pub const TABLE: &[Api] = &[
    api(
        "http.createServer",
        Behaviour::Kernel,
        "A server; the request handler runs in the poll phase, once for each request whose head is complete.",
    ),
    api(
        "http.request",
        Behaviour::Kernel,
        "Sends a request; the response handler runs in the poll phase. Host names are looked up on the thread pool.",
    ),
    api("http.get", Behaviour::Kernel, "Sends a GET request; the response handler runs in the poll phase."),
    api("https.createServer", Behaviour::Kernel, "A server over TLS; handshakes compute on the loop's thread."),
    api("https.request", Behaviour::Kernel, "Sends a request over TLS."),
    api("https.get", Behaviour::Kernel, "Sends a GET request over TLS."),
    api("http2.createServer", Behaviour::Kernel, "An HTTP/2 server."),
    api("http2.createSecureServer", Behaviour::Kernel, "An HTTP/2 server over TLS."),
    api("http2.connect", Behaviour::Kernel, "An HTTP/2 client."),
    api("net.createServer", Behaviour::Kernel, "A TCP server; the connection handler runs in the poll phase."),
    api("net.connect", Behaviour::Kernel, "Connects a socket; host names are looked up on the thread pool."),
    api("net.createConnection", Behaviour::Kernel, "Connects a socket; host names are looked up on the thread pool."),
    api("tls.connect", Behaviour::Kernel, "Connects a socket with TLS."),
    api("tls.createServer", Behaviour::Kernel, "A TLS server; handshakes compute on the loop's thread."),
    api("dgram.createSocket", Behaviour::Kernel, "A UDP socket; messages arrive in the poll phase."),
    api(
        "dns.lookup",
        Behaviour::Pool,
        "Asks the system's resolver, which blocks a pool thread: slow answers hold up `fs` and `crypto` too. `dns.resolve` does not.",
    ),
    api(
        "dns/promises.lookup",
        Behaviour::Pool,
        "Asks the system's resolver, which blocks a pool thread: slow answers hold up `fs` and `crypto` too.",
    ),
    api("dns.lookupService", Behaviour::Pool, "Asks the system's resolver for a name, on a pool thread."),
    api("dns.resolve", Behaviour::Kernel, "Asks a DNS server over the network; no thread is held."),
    api("dns.resolve4", Behaviour::Kernel, "Asks a DNS server for IPv4 addresses."),
    api("dns.resolve6", Behaviour::Kernel, "Asks a DNS server for IPv6 addresses."),
    api("dns.reverse", Behaviour::Kernel, "Asks a DNS server for names."),
    api("dns/promises.resolve", Behaviour::Kernel, "Asks a DNS server over the network; no thread is held."),
    api("dns/promises.resolve4", Behaviour::Kernel, "Asks a DNS server for IPv4 addresses."),
    api("dns/promises.resolve6", Behaviour::Kernel, "Asks a DNS server for IPv6 addresses."),
    api(
        "fetch",
        Behaviour::Kernel,
        "Sends a request; what follows its `await` runs as a microtask after a callback in the poll phase.",
    ),
    api("readline.createInterface", Behaviour::Kernel, "Lines of a stream, as they arrive."),
    api("stream.pipeline", Behaviour::Plain, "Joins streams and ends them together; their own callbacks do the work."),
    api(
        "stream/promises.pipeline",
        Behaviour::Plain,
        "Joins streams and ends them together; their own callbacks do the work.",
    ),
];
