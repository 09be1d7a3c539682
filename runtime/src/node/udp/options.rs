//! Options of datagram sockets: broadcast, lifetimes, buffers, multicast groups.

use std::ffi::{CStr, CString};

use super::*;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("setOption", set_option);
    to.function("bufferSize", buffer_size);
    to.function("member", member);
    to.function("sourceMember", source_member);
    to.function("setInterface", set_interface);
}

/// The index of a network interface by its name or number; 0 is none in particular.
pub fn index_of(zone: &str) -> io::Result<u32> {
    if zone.is_empty() {
        return Ok(0);
    }
    if let Ok(index) = zone.parse() {
        return Ok(index);
    }
    let name = CString::new(zone).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    // SAFETY: the name ends in NUL.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::from_raw_os_error(libc::EINVAL)),
        index => Ok(index),
    }
}

/// The name of the interface with an index.
pub fn name_of(index: u32) -> Option<String> {
    let mut name = [0; libc::IF_NAMESIZE];
    // SAFETY: the buffer has the length that the function asks for.
    let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr()) };
    // SAFETY: on success the buffer holds a string that ends in NUL.
    (index != 0 && !found.is_null()).then(|| unsafe { CStr::from_ptr(found) }.to_string_lossy().into_owned())
}

fn is_v6(socket: &Socket) -> bool {
    socket.local_addr().is_ok_and(|address| address.is_ipv6())
}

/// `setOption(number, name, value)` -> 0
fn set_option(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let name = args.get(1).to_rust_string_lossy(scope);
    let value = int(&args, 2) as u32;
    rv.set_int32(with_socket(&args, |udp| {
        let (socket, is_v6) = (&udp.socket, is_v6(&udp.socket));
        let is_lifetime = match name.as_str() {
            "ttl" => (1..=255).contains(&value),
            "multicastTtl" => value <= 255,
            _ => true,
        };
        if !is_lifetime {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        match name.as_str() {
            "broadcast" => socket.set_broadcast(value != 0)?,
            "ttl" if is_v6 => socket.set_unicast_hops_v6(value)?,
            "ttl" => socket.set_ttl_v4(value)?,
            "multicastTtl" if is_v6 => socket.set_multicast_hops_v6(value)?,
            "multicastTtl" => socket.set_multicast_ttl_v4(value)?,
            "multicastLoopback" if is_v6 => socket.set_multicast_loop_v6(value != 0)?,
            "multicastLoopback" => socket.set_multicast_loop_v4(value != 0)?,
            _ => return Err(io::Error::from_raw_os_error(libc::EINVAL)),
        }
        Ok(0)
    }));
}

/// `bufferSize(number, ofSending, size)` -> the size, as the kernel has it; 0 only asks
fn buffer_size(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let size = int(&args, 2) as usize;
    rv.set_int32(with_socket(&args, |udp| {
        let socket = &udp.socket;
        let is_sending = args.get(1).is_true();
        if size > 0 && is_sending {
            socket.set_send_buffer_size(size)?;
        } else if size > 0 {
            socket.set_recv_buffer_size(size)?;
        }
        let size = if is_sending { socket.send_buffer_size()? } else { socket.recv_buffer_size()? };
        Ok(size as i32)
    }));
}

fn parse<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// `member(number, joins, group, interface)` -> 0
fn member(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let (group, interface) = (args.get(2).to_rust_string_lossy(scope), args.get(3).to_rust_string_lossy(scope));
    let joins = args.get(1).is_true();
    rv.set_int32(with_socket(&args, |udp| {
        let socket = &udp.socket;
        match parse::<IpAddr>(&group)? {
            IpAddr::V4(group) => {
                let at = if interface.is_empty() { Ipv4Addr::UNSPECIFIED } else { parse(&interface)? };
                if joins { socket.join_multicast_v4(&group, &at)? } else { socket.leave_multicast_v4(&group, &at)? }
            }
            IpAddr::V6(group) => {
                let at = index_of(interface.split_once('%').map_or("", |(_, zone)| zone))?;
                if joins { socket.join_multicast_v6(&group, at)? } else { socket.leave_multicast_v6(&group, at)? }
            }
        }
        Ok(0)
    }));
}

/// `sourceMember(number, joins, source, group, interface)` -> 0; IPv4 only, as the library has it
fn source_member(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let [source, group, interface] = [2, 3, 4].map(|index| args.get(index).to_rust_string_lossy(scope));
    let joins = args.get(1).is_true();
    rv.set_int32(with_socket(&args, |udp| {
        let (source, group): (Ipv4Addr, Ipv4Addr) = (parse(&source)?, parse(&group)?);
        let at = if interface.is_empty() { Ipv4Addr::UNSPECIFIED } else { parse(&interface)? };
        if joins {
            udp.socket.join_ssm_v4(&source, &group, &at)?;
        } else {
            udp.socket.leave_ssm_v4(&source, &group, &at)?;
        }
        Ok(0)
    }));
}

/// `setInterface(number, address)` -> 0: where multicast goes out
fn set_interface(scope: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let address = args.get(1).to_rust_string_lossy(scope);
    rv.set_int32(with_socket(&args, |udp| {
        let (ip, zone) = address.split_once('%').unwrap_or((&address, ""));
        match parse::<IpAddr>(ip)? {
            IpAddr::V4(ip) if !is_v6(&udp.socket) => udp.socket.set_multicast_if_v4(&ip)?,
            IpAddr::V6(_) if is_v6(&udp.socket) => udp.socket.set_multicast_if_v6(index_of(zone)?)?,
            _ => return Err(io::Error::from_raw_os_error(libc::EINVAL)),
        }
        Ok(0)
    }));
}
