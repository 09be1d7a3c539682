//! `binding('dns')`: names to addresses and back, by the system's resolver on the pool.

use crate::node::binder::Binder;
use std::ffi::{CStr, CString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rondo_protocol::CallbackKind;

use crate::pool::{Outcome, Value, submit};

/// Room for a host name and for a service name, as `NI_MAXHOST` and `NI_MAXSERV` have it.
const HOST_BYTES: usize = 1025;
const SERVICE_BYTES: usize = 32;
/// libuv's number for each of the resolver's errors, beside the errnos.
const EAI_ERRORS: &[(i32, i32)] = &[
    (libc::EAI_AGAIN, 3001),
    (libc::EAI_BADFLAGS, 3002),
    (libc::EAI_FAIL, 3004),
    (libc::EAI_FAMILY, 3005),
    (libc::EAI_MEMORY, 3006),
    (libc::EAI_NODATA, 3007),
    (libc::EAI_NONAME, 3008),
    (libc::EAI_OVERFLOW, 3009),
    (libc::EAI_SERVICE, 3010),
    (libc::EAI_SOCKTYPE, 3011),
];

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("getaddrinfo", getaddrinfo);
    to.function("getnameinfo", getnameinfo);
}

fn number(args: &v8::FunctionCallbackArguments, index: i32) -> i32 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0, |number| number.value() as i32)
}

fn failure(code: i32) -> i32 {
    if code == libc::EAI_SYSTEM {
        return std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
    }
    EAI_ERRORS.iter().find(|(eai, _)| *eai == code).map_or(libc::EIO, |(_, uv)| *uv)
}

/// `getaddrinfo(host, family, flags, callback(errno, addresses))`, family 0, 4 or 6
fn getaddrinfo<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let host = args.get(0).to_rust_string_lossy(scope);
    let (family, flags) = (number(&args, 1), number(&args, 2));
    let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(3)) else { return };
    submit(scope, CallbackKind::Dns, Some(host.clone()), callback, move || look_up(&host, family, flags));
}

fn look_up(host: &str, family: i32, flags: i32) -> Outcome {
    let host = CString::new(host).map_err(|_| libc::EINVAL)?;
    // SAFETY: an all-zero addrinfo is the documented empty hint.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = flags;
    hints.ai_family = match family {
        4 => libc::AF_INET,
        6 => libc::AF_INET6,
        _ => libc::AF_UNSPEC,
    };
    let mut list = std::ptr::null_mut();
    // SAFETY: the name ends in NUL, and hints and list are live.
    let code = unsafe { libc::getaddrinfo(host.as_ptr(), std::ptr::null(), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(failure(code));
    }
    let mut addresses = Vec::new();
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: getaddrinfo returned a list that ends in null, each entry with an address of its family.
        unsafe {
            match (*entry).ai_family {
                libc::AF_INET => {
                    let address = (*entry).ai_addr.cast::<libc::sockaddr_in>();
                    addresses.push(IpAddr::from(Ipv4Addr::from(u32::from_be((*address).sin_addr.s_addr))));
                }
                libc::AF_INET6 => {
                    let address = (*entry).ai_addr.cast::<libc::sockaddr_in6>();
                    addresses.push(IpAddr::from(Ipv6Addr::from((*address).sin6_addr.s6_addr)));
                }
                _ => {}
            }
            entry = (*entry).ai_next;
        }
    }
    // SAFETY: the list came from getaddrinfo and is not used any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(Value::List(addresses.into_iter().map(|address| Value::Str(address.to_string())).collect()))
}

/// `getnameinfo(address, port, callback(errno, [host, service]))`
fn getnameinfo<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let address = args.get(0).to_rust_string_lossy(scope);
    let port = number(&args, 1) as u16;
    let Ok(callback) = v8::Local::<v8::Function>::try_from(args.get(2)) else { return };
    submit(scope, CallbackKind::Dns, Some(address.clone()), callback, move || name_of(&address, port));
}

fn name_of(address: &str, port: u16) -> Outcome {
    let address: IpAddr = address.parse().map_err(|_| libc::EINVAL)?;
    let address = socket2::SockAddr::from(std::net::SocketAddr::new(address, port));
    let (mut host, mut service) = ([0; HOST_BYTES], [0; SERVICE_BYTES]);
    // SAFETY: every pointer comes with the length of what it points to.
    let code = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            HOST_BYTES as u32,
            service.as_mut_ptr(),
            SERVICE_BYTES as u32,
            libc::NI_NAMEREQD,
        )
    };
    if code != 0 {
        return Err(failure(code));
    }
    // SAFETY: on success both buffers hold strings that end in NUL.
    let text = |bytes: &[libc::c_char]| unsafe { CStr::from_ptr(bytes.as_ptr()) }.to_string_lossy().into_owned();
    Ok(Value::List(vec![Value::Str(text(&host)), Value::Str(text(&service))]))
}
