//! System calls on sockets, with positive errnos as errors. Sockets made here are non-blocking and close on exec.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::io::Errno;
use rustix::net::{SendFlags, SocketFlags};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use crate::node::net::errno;

/// `listenTcp` flag: no IPv4 on an IPv6 listener.
const IPV6_ONLY: u32 = 1;
/// `listenTcp` flag: several processes may listen.
const REUSE_PORT: u32 = 2;

/// An address as `getsockname` and `getpeername` give it.
pub struct Name {
    pub address: String,
    pub port_and_family: Option<(u16, &'static str)>,
}

fn code(error: io::Error) -> i32 {
    errno(&error)
}

fn address(host: &str, port: u16) -> Result<SocketAddr, i32> {
    let (host, scope) = host.split_once('%').unwrap_or((host, ""));
    let ip: IpAddr = host.parse().map_err(|_| libc::EINVAL)?;
    Ok(match (ip, scope.parse::<u32>()) {
        (IpAddr::V6(ip), Ok(scope)) => std::net::SocketAddrV6::new(ip, port, 0, scope).into(),
        _ => SocketAddr::new(ip, port),
    })
}

fn make(domain: Domain) -> Result<Socket, i32> {
    let socket = Socket::new(domain, Type::STREAM, None).map_err(code)?;
    socket.set_nonblocking(true).map_err(code)?;
    Ok(socket)
}

pub fn listen_tcp(host: &str, port: u16, backlog: i32, flags: u32) -> Result<OwnedFd, i32> {
    let address = address(host, port)?;
    let socket = make(Domain::for_address(address))?;
    socket.set_reuse_address(true).map_err(code)?;
    if address.is_ipv6() {
        socket.set_only_v6(flags & IPV6_ONLY != 0).map_err(code)?;
    }
    if flags & REUSE_PORT != 0 {
        socket.set_reuse_port(true).map_err(code)?;
    }
    socket.bind(&address.into()).map_err(code)?;
    socket.listen(backlog).map_err(code)?;
    Ok(socket.into())
}

fn unix_address(path: &str) -> Result<SockAddr, i32> {
    SockAddr::unix(path).map_err(|_| libc::EINVAL)
}

pub fn listen_unix(path: &str, backlog: i32) -> Result<OwnedFd, i32> {
    let socket = make(Domain::UNIX)?;
    socket.bind(&unix_address(path)?).map_err(code)?;
    socket.listen(backlog).map_err(code)?;
    Ok(socket.into())
}

fn connect(socket: Socket, address: &SockAddr) -> Result<OwnedFd, i32> {
    match socket.connect(address) {
        Ok(()) => Ok(socket.into()),
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(socket.into()),
        Err(error) => Err(code(error)),
    }
}

pub fn connect_tcp(host: &str, port: u16, local_host: &str, local_port: u16) -> Result<OwnedFd, i32> {
    let remote = address(host, port)?;
    let socket = make(Domain::for_address(remote))?;
    if !local_host.is_empty() || local_port != 0 {
        let any = if remote.is_ipv6() { "::" } else { "0.0.0.0" };
        let local = address(if local_host.is_empty() { any } else { local_host }, local_port)?;
        socket.set_reuse_address(true).map_err(code)?;
        socket.bind(&local.into()).map_err(code)?;
    }
    connect(socket, &remote.into())
}

pub fn connect_unix(path: &str) -> Result<OwnedFd, i32> {
    connect(make(Domain::UNIX)?, &unix_address(path)?)
}

/// Takes over a descriptor that the process was given (stdio, a passed socket).
pub fn adopt(fd: RawFd) -> Result<OwnedFd, i32> {
    // SAFETY: fcntl only reads the descriptor's flags; a bad descriptor is reported by it.
    if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
        return Err(libc::EBADF);
    }
    // SAFETY: the descriptor was just found open, and the caller gives it up.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    SockRef::from(&fd).set_nonblocking(true).map_err(code)?;
    Ok(fd)
}

pub fn accept(listener: RawFd) -> io::Result<OwnedFd> {
    Ok(rustix::net::accept_with(borrow(listener), SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?)
}

pub fn send(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    match rustix::net::send(borrow(fd), bytes, SendFlags::NOSIGNAL) {
        // A pipe or a terminal takes write and not send.
        Err(Errno::NOTSOCK) => Ok(rustix::io::write(borrow(fd), bytes)?),
        sent => Ok(sent?),
    }
}

pub fn receive(fd: RawFd, room: &mut [u8]) -> io::Result<usize> {
    Ok(rustix::io::read(borrow(fd), room)?)
}

fn borrow<'a>(fd: RawFd) -> BorrowedFd<'a> {
    // SAFETY: callers pass the descriptor of a handle that they hold while the borrow lives.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

fn result(outcome: io::Result<()>) -> i32 {
    outcome.err().map_or(0, code)
}

/// Sends FIN; 0 or an errno.
pub fn shutdown(fd: RawFd) -> i32 {
    result(SockRef::from(&borrow(fd)).shutdown(std::net::Shutdown::Write))
}

/// The pending error of a socket, 0 for none.
pub fn take_error(fd: RawFd) -> i32 {
    match SockRef::from(&borrow(fd)).take_error() {
        Ok(None) => 0,
        Ok(Some(error)) | Err(error) => code(error),
    }
}

/// Makes the coming close send RST.
pub fn linger_zero(fd: RawFd) -> i32 {
    result(SockRef::from(&borrow(fd)).set_linger(Some(std::time::Duration::ZERO)))
}

pub fn set_no_delay(fd: RawFd, on: bool) -> i32 {
    result(SockRef::from(&borrow(fd)).set_tcp_nodelay(on))
}

pub fn set_keep_alive(fd: RawFd, on: bool, delay_seconds: i32) -> i32 {
    let fd = borrow(fd);
    let socket = SockRef::from(&fd);
    let set = socket.set_keepalive(on).and_then(|()| {
        if !on || delay_seconds <= 0 {
            return Ok(());
        }
        let time = std::time::Duration::from_secs(delay_seconds as u64);
        socket.set_tcp_keepalive(&socket2::TcpKeepalive::new().with_time(time))
    });
    result(set)
}

fn to_name(address: &SockAddr) -> Name {
    match address.as_socket() {
        Some(SocketAddr::V4(a)) => Name { address: a.ip().to_string(), port_and_family: Some((a.port(), "IPv4")) },
        Some(SocketAddr::V6(a)) => Name { address: a.ip().to_string(), port_and_family: Some((a.port(), "IPv6")) },
        None => Name {
            address: address.as_pathname().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default(),
            port_and_family: None,
        },
    }
}

pub fn local_name(fd: RawFd) -> Result<Name, i32> {
    SockRef::from(&borrow(fd)).local_addr().map(|a| to_name(&a)).map_err(code)
}

pub fn peer_name(fd: RawFd) -> Result<Name, i32> {
    SockRef::from(&borrow(fd)).peer_addr().map(|a| to_name(&a)).map_err(code)
}
