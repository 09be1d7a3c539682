//! `binding('udp')`: datagram sockets. A datagram enters JavaScript as a callback of kind `message`.
//!
//! Contract: every operation answers at once, with its value or a negative errno; what the kernel has no room for is not
//! sent, and `onWritable` tells when to try again.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};
use std::os::fd::AsRawFd;

use mio::unix::SourceFd;
use mio::{Interest, Token};
use rondo_protocol::CallbackKind;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::core::core;
use crate::doorway::{self, Entry};
use crate::node::binder::Binder;
use crate::node::set_value;
use crate::pool::{Value, value_to_js};
use crate::records::Cause;

mod options;

/// Tokens of datagram sockets begin here, above those of children.
pub const TOKENS: usize = 1 << 41;
/// The largest datagram.
const DATAGRAM_BYTES_MAX: usize = 65536;
/// Datagrams that one socket hands over before the others have their turn.
const DATAGRAMS_PER_TURN: usize = 64;

/// `bind`'s flags, as libuv numbers them.
const IPV6_ONLY: i32 = 1;
const REUSE_ADDRESS: i32 = 4;
const REUSE_PORT: i32 = 8;

struct Udp {
    socket: Socket,
    refed: bool,
    is_receiving: bool,
    on_message: v8::Global<v8::Function>,
    on_writable: v8::Global<v8::Function>,
    cause: Cause,
    /// The async context in which the socket was made.
    context: v8::Global<v8::Value>,
}

thread_local! {
    static SOCKETS: RefCell<BTreeMap<usize, Udp>> = const { RefCell::new(BTreeMap::new()) };
    static NEXT: Cell<usize> = const { Cell::new(1) };
    /// Sockets that may have more to read.
    static READABLE: RefCell<VecDeque<usize>> = const { RefCell::new(VecDeque::new()) };
    static WRITABLE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("open", open);
    to.function("bind", bind_to);
    to.function("connect", connect);
    to.function("disconnect", disconnect);
    to.function("send", send);
    to.function("name", name);
    to.function("receive", receive);
    to.function("close", close);
    to.function("setRef", set_ref);
    to.function("fd", fd);
    options::bind(to);
    to.values(|scope, target| {
        for (name, value) in [("IPV6_ONLY", IPV6_ONLY), ("REUSE_ADDRESS", REUSE_ADDRESS), ("REUSE_PORT", REUSE_PORT)] {
            let value = v8::Integer::new(scope, value);
            set_value(scope, target, name, value.into());
        }
    });
}

fn int(args: &Arguments<'_>, index: i32) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0, |number| number.value() as i32)
}

fn errno_of(error: &io::Error) -> i32 {
    match error.kind() {
        ErrorKind::InvalidInput => -libc::EINVAL,
        _ => -error.raw_os_error().unwrap_or(libc::EINVAL),
    }
}

/// Runs `work` on the socket that the first argument numbers; the result is its value or a negative errno.
fn with_socket(args: &Arguments<'_>, work: impl FnOnce(&mut Udp) -> io::Result<i32>) -> i32 {
    SOCKETS.with_borrow_mut(|sockets| {
        let Some(udp) = sockets.get_mut(&(int(args, 0) as usize)) else { return -libc::EBADF };
        work(udp).unwrap_or_else(|error| errno_of(&error))
    })
}

/// The address that `text` writes, with its zone where it has one.
fn address_of(text: &str, port: u16) -> io::Result<SocketAddr> {
    let unreadable = || io::Error::from_raw_os_error(libc::EINVAL);
    let (ip, zone) = text.split_once('%').unwrap_or((text, ""));
    match ip.parse::<IpAddr>().map_err(|_| unreadable())? {
        IpAddr::V6(ip) => Ok(SocketAddrV6::new(ip, port, 0, options::index_of(zone)?).into()),
        ip => Ok(SocketAddr::new(ip, port)),
    }
}

/// `open(family, onMessage(bytes | errno, address, port, family), onWritable())` -> number
fn open<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let function = |index| v8::Local::<v8::Function>::try_from(args.get(index)).expect("core modules pass functions");
    let (on_message, on_writable) = (function(1), function(2));
    let domain = if int(&args, 0) == 6 { Domain::IPV6 } else { Domain::IPV4 };
    let made = Socket::new(domain, Type::DGRAM.nonblocking().cloexec(), Some(Protocol::UDP));
    let socket = match made {
        Ok(socket) => socket,
        Err(error) => return rv.set_int32(errno_of(&error)),
    };
    let number = NEXT.replace(NEXT.get() + 1);
    let registered = core().event_loop.registry().and_then(|registry| {
        let interest = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut SourceFd(&socket.as_raw_fd()), Token(TOKENS + number), interest)
    });
    if let Err(error) = registered {
        return rv.set_int32(errno_of(&error));
    }
    let (on_message, on_writable) = (v8::Global::new(scope, on_message), v8::Global::new(scope, on_writable));
    let cause = core().doorway.cause();
    let context = scope.get_continuation_preserved_embedder_data();
    let context = v8::Global::new(scope, context);
    let udp = Udp { socket, refed: false, is_receiving: false, on_message, on_writable, cause, context };
    SOCKETS.with_borrow_mut(|sockets| sockets.insert(number, udp));
    rv.set_int32(number as i32);
}

/// `bind(number, address, port, flags)` -> 0
fn bind_to(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let address = args.get(1).to_rust_string_lossy(scope);
    let flags = int(&args, 3);
    rv.set_int32(with_socket(&args, |udp| {
        let address = address_of(&address, int(&args, 2) as u16)?;
        if flags & IPV6_ONLY != 0 {
            udp.socket.set_only_v6(true)?;
        }
        if flags & REUSE_ADDRESS != 0 {
            udp.socket.set_reuse_address(true)?;
        }
        if flags & REUSE_PORT != 0 {
            udp.socket.set_reuse_port(true)?;
        }
        udp.socket.bind(&address.into())?;
        Ok(0)
    }));
}

/// `connect(number, address, port)` -> 0
fn connect(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let address = args.get(1).to_rust_string_lossy(scope);
    rv.set_int32(with_socket(&args, |udp| {
        udp.socket.connect(&address_of(&address, int(&args, 2) as u16)?.into())?;
        Ok(0)
    }));
}

/// `disconnect(number)` -> 0
fn disconnect(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    rv.set_int32(with_socket(&args, |udp| {
        // SAFETY: an all-zero sockaddr is of the family AF_UNSPEC, which takes a connection back.
        let nobody: libc::sockaddr = unsafe { std::mem::zeroed() };
        // SAFETY: the pointer is to a live sockaddr of the length that is told.
        let done = unsafe {
            libc::connect(udp.socket.as_raw_fd(), &raw const nobody, size_of::<libc::sockaddr>() as libc::socklen_t)
        };
        if done == 0 { Ok(0) } else { Err(io::Error::last_os_error()) }
    }));
}

/// `send(number, bytes, address | undefined, port)` -> bytes sent; without an address to where the socket is connected
fn send(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let view = v8::Local::<v8::ArrayBufferView>::try_from(args.get(1)).expect("core modules pass bytes");
    let mut bytes = vec![0; view.byte_length()];
    view.copy_contents(&mut bytes);
    let address = (!args.get(2).is_undefined()).then(|| args.get(2).to_rust_string_lossy(scope));
    rv.set_int32(with_socket(&args, |udp| {
        let sent = match &address {
            Some(address) => udp.socket.send_to(&bytes, &address_of(address, int(&args, 3) as u16)?.into())?,
            None => udp.socket.send(&bytes)?,
        };
        Ok(sent as i32)
    }));
}

/// `name(number, ofPeer)` -> `[address, family, port]` or a negative errno
fn name<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let mut found = None;
    let errno = with_socket(&args, |udp| {
        let address = if args.get(1).is_true() { udp.socket.peer_addr()? } else { udp.socket.local_addr()? };
        found = Some(address);
        Ok(0)
    });
    match found.as_ref().and_then(described) {
        Some((address, family, port)) => {
            let list = vec![Value::Str(address), Value::Int(family), Value::Int(port)];
            rv.set(value_to_js(scope, Value::List(list)));
        }
        None => rv.set_int32(if errno < 0 { errno } else { -libc::EINVAL }),
    }
}

/// Address, family and port as JavaScript has them.
fn described(address: &SockAddr) -> Option<(String, i64, i64)> {
    match address.as_socket()? {
        SocketAddr::V4(address) => Some((address.ip().to_string(), 4, address.port().into())),
        SocketAddr::V6(address) => {
            let zone = options::name_of(address.scope_id()).map(|zone| format!("%{zone}")).unwrap_or_default();
            Some((format!("{}{zone}", address.ip()), 6, address.port().into()))
        }
    }
}

/// `receive(number)`: from now on datagrams are handed over, and the socket keeps the loop alive.
fn receive(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let number = int(&args, 0) as usize;
    rv.set_int32(with_socket(&args, |udp| {
        udp.is_receiving = true;
        READABLE.with_borrow_mut(|waiting| waiting.push_back(number));
        Ok(0)
    }));
}

fn count(change: isize) {
    let references = &core().event_loop.references;
    references.set(references.get().checked_add_signed(change).expect("each socket is counted once"));
}

/// `setRef(number, on)`: whether the socket keeps the loop alive.
fn set_ref(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let wanted = args.get(1).is_true();
    rv.set_int32(with_socket(&args, |udp| {
        if udp.refed != wanted {
            udp.refed = wanted;
            count(if wanted { 1 } else { -1 });
        }
        Ok(0)
    }));
}

fn fd(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    rv.set_int32(with_socket(&args, |udp| Ok(udp.socket.as_raw_fd())));
}

fn close(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, _: Returned<'_>) {
    let closed = SOCKETS.with_borrow_mut(|sockets| sockets.remove(&(int(&args, 0) as usize)));
    let Some(udp) = closed else { return };
    if let Ok(registry) = core().event_loop.registry() {
        // A descriptor that is closed next leaves the poll by itself.
        let _ = registry.deregister(&mut SourceFd(&udp.socket.as_raw_fd()));
    }
    if udp.refed {
        count(-1);
    }
}

/// The kernel says something of a socket.
pub fn note_readiness(event: &mio::event::Event) {
    let number = event.token().0 - TOKENS;
    if event.is_readable() || event.is_error() {
        READABLE.with_borrow_mut(|waiting| {
            if !waiting.contains(&number) {
                waiting.push_back(number);
            }
        });
    }
    if event.is_writable() {
        WRITABLE.with_borrow_mut(|waiting| waiting.push(number));
    }
}

/// Whether there may be datagrams that the kernel won't tell of again.
pub fn has_work() -> bool {
    READABLE.with_borrow(|waiting| !waiting.is_empty())
}

/// Hands over what has come in.
pub fn run_ready(scope: &mut v8::PinScope<'_, '_>) {
    for number in WRITABLE.take() {
        let found = SOCKETS.with_borrow(|sockets| sockets.get(&number).map(|udp| (udp.on_writable.clone(), udp.cause)));
        let Some((function, cause)) = found else { continue };
        v8::scope!(let scope, scope);
        let function = v8::Local::new(scope, function);
        let waits = v8::Local::<v8::Object>::from(function);
        let key = v8::String::new(scope, "waits").expect("short");
        if waits.get(scope, key.into()).is_some_and(|waits| waits.is_true()) {
            let receiver = v8::undefined(scope).into();
            doorway::enter(scope, Entry::new(CallbackKind::Message, 0, cause), function, receiver, &[]);
        }
    }
    for number in READABLE.take() {
        let mut left = DATAGRAMS_PER_TURN;
        while left > 0 && hand_over(scope, number) {
            left -= 1;
        }
        if left == 0 {
            READABLE.with_borrow_mut(|waiting| waiting.push_back(number));
        }
    }
}

/// Hands over one datagram or one fault; false when there is no more.
fn hand_over(scope: &mut v8::PinScope<'_, '_>, number: usize) -> bool {
    let mut buffer = [MaybeUninit::<u8>::uninit(); DATAGRAM_BYTES_MAX];
    let received = SOCKETS.with_borrow(|sockets| {
        let udp = sockets.get(&number).filter(|udp| udp.is_receiving)?;
        Some((udp.socket.recv_from(&mut buffer), udp.on_message.clone(), udp.context.clone(), udp.cause))
    });
    let Some((received, function, context, cause)) = received else { return false };
    let (content, from) = match received {
        Ok((length, from)) => {
            // SAFETY: the kernel has written the first `length` bytes.
            let bytes = unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length) };
            (Value::Bytes(bytes.to_vec()), described(&from))
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
        Err(error) if error.kind() == ErrorKind::Interrupted => return true,
        Err(error) => (Value::Int(errno_of(&error).into()), None),
    };
    v8::scope!(let scope, scope);
    let function = v8::Local::new(scope, function);
    let mut entry = Entry::new(CallbackKind::Message, 0, cause);
    let (address, family, port) = from.unwrap_or_default();
    entry.resource = Some(format!("datagram from {address}:{port}").into_boxed_str());
    let arguments = [content, Value::Str(address), Value::Int(port), Value::Int(family)];
    let arguments = arguments.map(|value| value_to_js(scope, value));
    let receiver = v8::undefined(scope).into();
    let context = v8::Local::new(scope, context);
    scope.set_continuation_preserved_embedder_data(context);
    doorway::enter(scope, entry, function, receiver, &arguments);
    scope.set_continuation_preserved_embedder_data(receiver);
    true
}
