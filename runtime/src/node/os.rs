//! Facts about the machine and its user: the native half of `os`. What can fail in the system throws nothing here: it
//! returns a negative errno, from which `os.js` makes a `SystemError`.

pub mod constants;

use crate::node::binder::Binder;
use std::ffi::CStr;
use std::net::{Ipv4Addr, Ipv6Addr};

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

/// Enough for any entry of the user database that is not absurd.
const USER_RECORD_BYTES: usize = 64 * 1024;
const ENOENT: i32 = libc::ENOENT;

/// Sets the operations of `binding('os')` on `target`.
pub fn bind(to: &mut Binder<'_, '_, '_>) {
    use v8::MapFnTo;
    let operations: [(&str, v8::FunctionCallback); 12] = [
        ("getHostname", hostname.map_fn_to()),
        ("getOSInformation", os_information.map_fn_to()),
        ("getLoadAverage", load_average.map_fn_to()),
        ("getTotalMemory", total_memory.map_fn_to()),
        ("getFreeMemory", free_memory.map_fn_to()),
        ("getUptime", uptime.map_fn_to()),
        ("getCpus", cpus.map_fn_to()),
        ("getAvailableParallelism", available_parallelism.map_fn_to()),
        ("getInterfaces", interfaces.map_fn_to()),
        ("getUser", user.map_fn_to()),
        ("getPriority", get_priority.map_fn_to()),
        ("setPriority", set_priority.map_fn_to()),
    ];
    for (name, callback) in operations {
        to.raw_function(name, callback);
    }
    to.values(|scope, target| {
        let numbers = v8::Object::new(scope);
        constants::bind(scope, numbers);
        crate::node::set_value(scope, target, "constants", numbers.into());
    });
}

/// The errno of the last failed call, negative.
fn last_errno() -> i32 {
    -std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)
}

fn string<'s>(scope: &mut v8::PinScope<'s, '_>, text: &str) -> v8::Local<'s, v8::Value> {
    v8::String::new(scope, text).map_or_else(|| v8::String::empty(scope).into(), |text| text.into())
}

/// Returns an array of `values`, flat: `os.js` knows how many belong together.
fn answer<'s>(scope: &mut v8::PinScope<'s, '_>, rv: &mut Returned<'_>, values: &[v8::Local<'s, v8::Value>]) {
    rv.set(v8::Array::new_with_elements(scope, values).into());
}

fn system_name() -> Result<libc::utsname, i32> {
    // SAFETY: `utsname` is plain bytes, for which zero is valid, and the call fills it.
    unsafe {
        let mut name: libc::utsname = std::mem::zeroed();
        if libc::uname(&mut name) == 0 { Ok(name) } else { Err(last_errno()) }
    }
}

fn field(bytes: &[libc::c_char]) -> String {
    let bytes: Vec<u8> = bytes.iter().take_while(|byte| **byte != 0).map(|byte| *byte as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hostname(scope: &mut v8::PinScope<'_, '_>, _: Arguments<'_>, mut rv: Returned<'_>) {
    match system_name() {
        Ok(name) => rv.set(string(scope, &field(&name.nodename))),
        Err(errno) => rv.set_int32(errno),
    }
}

/// `[sysname, version, release, machine]`
fn os_information<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    match system_name() {
        Ok(name) => {
            let fields = [&name.sysname, &name.version, &name.release, &name.machine];
            let values = fields.map(|bytes| string(scope, &field(bytes)));
            answer(scope, &mut rv, &values);
        }
        Err(errno) => rv.set_int32(errno),
    }
}

fn load_average<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let mut averages = [0.0; 3];
    // SAFETY: the array has the three places that are asked for.
    unsafe { libc::getloadavg(averages.as_mut_ptr(), 3) };
    let values = averages.map(|average| v8::Number::new(scope, average).into());
    answer(scope, &mut rv, &values);
}

/// A line of `/proc/meminfo`, in bytes.
fn memory_line(name: &str) -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

fn pages(name: libc::c_int) -> f64 {
    // SAFETY: `sysconf` only reads.
    unsafe { libc::sysconf(name) as f64 * libc::sysconf(libc::_SC_PAGESIZE) as f64 }
}

fn total_memory(_: &mut v8::PinScope<'_, '_>, _: Arguments<'_>, mut rv: Returned<'_>) {
    rv.set_double(memory_line("MemTotal").unwrap_or_else(|| pages(libc::_SC_PHYS_PAGES)));
}

/// What programs could still take, as the kernel reckons it; free pages where the kernel does not say.
fn free_memory(_: &mut v8::PinScope<'_, '_>, _: Arguments<'_>, mut rv: Returned<'_>) {
    #[cfg(target_os = "linux")]
    let fallback = || pages(libc::_SC_AVPHYS_PAGES);
    #[cfg(not(target_os = "linux"))]
    let fallback = || 0.0;
    rv.set_double(memory_line("MemAvailable").unwrap_or_else(fallback));
}

/// Seconds since the machine started.
fn uptime(_: &mut v8::PinScope<'_, '_>, _: Arguments<'_>, mut rv: Returned<'_>) {
    let text = std::fs::read_to_string("/proc/uptime").ok();
    let seconds = text.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    rv.set_double(seconds.unwrap_or_else(|| {
        // SAFETY: the call fills the time.
        let time = unsafe {
            let mut time: libc::timespec = std::mem::zeroed();
            libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time);
            time
        };
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }));
}

/// Seven values for each processor: model, speed in MHz, and milliseconds in user, nice, system, idle, interrupts.
fn cpus<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let values_of = |name: &str| -> Vec<String> {
        let lines = info.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned()).collect()
    };
    let (models, speeds) = (values_of("model name"), values_of("cpu MHz"));
    // SAFETY: `sysconf` only reads.
    let tick_ms = 1000.0 / unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    let is_processor = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    let mut values: Vec<v8::Local<v8::Value>> = Vec::new();
    for (index, line) in stat.lines().filter(is_processor).enumerate() {
        let times: Vec<f64> = line.split_whitespace().skip(1).filter_map(|ticks| ticks.parse().ok()).collect();
        let time = |place: usize| (times.get(place).copied().unwrap_or(0.0) * tick_ms).trunc();
        let speed = current_speed_mhz(line).or_else(|| speeds.get(index)?.parse().ok()).unwrap_or(0.0);
        values.push(string(scope, models.get(index).map_or("unknown", |model| model)));
        // The kernel's columns are user, nice, system, idle, iowait, irq.
        for number in [speed.trunc(), time(0), time(1), time(2), time(3), time(5)] {
            values.push(v8::Number::new(scope, number).into());
        }
    }
    answer(scope, &mut rv, &values);
}

/// The present frequency of the processor whose line of `/proc/stat` this is, where the kernel has it.
fn current_speed_mhz(line: &str) -> Option<f64> {
    let name = line.split_whitespace().next()?;
    let path = format!("/sys/devices/system/cpu/{name}/cpufreq/scaling_cur_freq");
    let kilohertz: f64 = std::fs::read_to_string(path).ok()?.trim().parse().ok()?;
    Some(kilohertz / 1000.0)
}

fn available_parallelism(_: &mut v8::PinScope<'_, '_>, _: Arguments<'_>, mut rv: Returned<'_>) {
    rv.set_uint32(std::thread::available_parallelism().map_or(1, |count| count.get() as u32));
}

/// Seven values for each address: name, address, netmask, family, MAC address, whether it is internal, scope id (-1 for
/// IPv4). An errno if the system has no list.
fn interfaces<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let mut list: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: the call sets `list`, which is freed below.
    if unsafe { libc::getifaddrs(&mut list) } != 0 {
        return rv.set_int32(last_errno());
    }
    let mut values: Vec<v8::Local<v8::Value>> = Vec::new();
    let mut entry = list;
    while !entry.is_null() {
        // SAFETY: entries are valid until the list is freed.
        let interface = unsafe { &*entry };
        entry = interface.ifa_next;
        let wanted = (libc::IFF_UP | libc::IFF_RUNNING) as u32;
        if interface.ifa_flags & wanted != wanted {
            continue;
        }
        let Some((address, family, scope_id)) = socket_address(interface.ifa_addr) else { continue };
        let netmask = socket_address(interface.ifa_netmask).map_or(String::new(), |(mask, ..)| mask);
        // SAFETY: names are C strings.
        let name = unsafe { CStr::from_ptr(interface.ifa_name) }.to_string_lossy().into_owned();
        let mac = mac_of(list, interface.ifa_name);
        let internal = interface.ifa_flags & libc::IFF_LOOPBACK as u32 != 0;
        for text in [name.as_str(), &address, &netmask, family, &mac] {
            values.push(string(scope, text));
        }
        values.push(v8::Boolean::new(scope, internal).into());
        values.push(v8::Number::new(scope, scope_id).into());
    }
    // SAFETY: the list came from `getifaddrs` and is not used again.
    unsafe { libc::freeifaddrs(list) };
    answer(scope, &mut rv, &values);
}

/// An IP address as text, its family, and its scope id, -1 for IPv4.
fn socket_address(address: *const libc::sockaddr) -> Option<(String, &'static str, f64)> {
    // SAFETY: the family tells how long the address is; it is read without asking for its alignment.
    unsafe {
        match i32::from(address.as_ref()?.sa_family) {
            libc::AF_INET => {
                let address = address.cast::<libc::sockaddr_in>().read_unaligned();
                Some((Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)).to_string(), "IPv4", -1.0))
            }
            libc::AF_INET6 => {
                let address = address.cast::<libc::sockaddr_in6>().read_unaligned();
                let text = Ipv6Addr::from(address.sin6_addr.s6_addr).to_string();
                Some((text, "IPv6", f64::from(address.sin6_scope_id)))
            }
            _ => None,
        }
    }
}

/// The hardware address of the interface `name`: a link-layer entry of the same list.
fn mac_of(list: *const libc::ifaddrs, name: *const libc::c_char) -> String {
    let mut bytes = [0; 6];
    let mut entry = list;
    // SAFETY: entries and names are valid until the list is freed.
    while let Some(interface) = unsafe { entry.as_ref() } {
        entry = interface.ifa_next;
        // SAFETY: as above; a link-layer address has the type that its family says.
        unsafe {
            let Some(address) = interface.ifa_addr.as_ref() else { continue };
            if i32::from(address.sa_family) == libc::AF_PACKET && libc::strcmp(interface.ifa_name, name) == 0 {
                let link = interface.ifa_addr.cast::<libc::sockaddr_ll>().read_unaligned();
                bytes.copy_from_slice(&link.sll_addr[..6]);
            }
        }
    }
    bytes.map(|byte| format!("{byte:02x}")).join(":")
}

/// `[uid, gid, username, homedir, shell]` of the user this process runs as.
fn user<'s>(scope: &mut v8::PinScope<'s, '_>, _: Arguments<'s>, mut rv: Returned<'_>) {
    let mut buffer = vec![0; USER_RECORD_BYTES];
    // SAFETY: the record's strings point into `buffer`, which outlives their use here.
    unsafe {
        let mut record: libc::passwd = std::mem::zeroed();
        let mut found: *mut libc::passwd = std::ptr::null_mut();
        let error = libc::getpwuid_r(libc::geteuid(), &mut record, buffer.as_mut_ptr(), buffer.len(), &mut found);
        if error != 0 || found.is_null() {
            return rv.set_int32(-if error != 0 { error } else { ENOENT });
        }
        let ids = [record.pw_uid, record.pw_gid].map(|id| v8::Number::new(scope, f64::from(id)).into());
        let texts = [record.pw_name, record.pw_dir, record.pw_shell].map(|text| match text.is_null() {
            true => v8::null(scope).into(),
            false => bytes(scope, CStr::from_ptr(text).to_bytes()),
        });
        answer(scope, &mut rv, &[ids[0], ids[1], texts[0], texts[1], texts[2]]);
    }
}

/// Names need not be UTF-8, so they pass as bytes.
fn bytes<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> v8::Local<'s, v8::Value> {
    let store = v8::ArrayBuffer::new_backing_store_from_vec(bytes.to_vec()).make_shared();
    let buffer = v8::ArrayBuffer::with_backing_store(scope, &store);
    v8::Uint8Array::new(scope, buffer, 0, bytes.len()).expect("the buffer has this length").into()
}

fn integer(value: v8::Local<'_, v8::Value>) -> i32 {
    v8::Local::<v8::Number>::try_from(value).map_or(0, |number| number.value() as i32)
}

/// `getPriority(pid)`: `[priority]`, or an errno; -1 is a priority too.
fn get_priority<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    // SAFETY: errno is this thread's own.
    let (priority, errno) = unsafe {
        *libc::__errno_location() = 0;
        let priority = libc::getpriority(libc::PRIO_PROCESS, integer(args.get(0)) as libc::id_t);
        (priority, *libc::__errno_location())
    };
    if errno != 0 {
        return rv.set_int32(-errno);
    }
    let priority = v8::Integer::new(scope, priority).into();
    answer(scope, &mut rv, &[priority]);
}

/// `setPriority(pid, priority)`: 0 or an errno.
fn set_priority(_: &mut v8::PinScope<'_, '_>, args: Arguments<'_>, mut rv: Returned<'_>) {
    let pid = integer(args.get(0)) as libc::id_t;
    // SAFETY: the call takes numbers only.
    let result = unsafe { libc::setpriority(libc::PRIO_PROCESS, pid, integer(args.get(1))) };
    rv.set_int32(if result == 0 { 0 } else { last_errno() });
}
