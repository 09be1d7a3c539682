//! The rarer questions about the process: resource usage, identity, memory limits, its title.

use crate::node::binder::Binder;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("resourceUsage", resource_usage);
    to.function("threadCpuUsage", thread_cpu_usage);
    to.function("setId", set_id);
    to.function("getGroups", get_groups);
    to.function("setGroups", set_groups);
    to.function("memoryLimits", memory_limits);
    to.function("setTitle", set_title);
}

fn int(args: &v8::FunctionCallbackArguments, index: i32) -> i64 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(-1, |number| number.value() as i64)
}

fn errno() -> i32 {
    -std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EPERM)
}

fn usage(of: libc::c_int) -> libc::rusage {
    // SAFETY: an all-zero rusage is valid, and getrusage fills it.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(of, &raw mut usage);
        usage
    }
}

fn micros(time: libc::timeval) -> f64 {
    time.tv_sec as f64 * 1e6 + time.tv_usec as f64
}

/// The sixteen numbers of getrusage, in Node's order.
fn resource_usage<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let u = usage(libc::RUSAGE_SELF);
    let counts = [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ];
    let mut values = vec![micros(u.ru_utime), micros(u.ru_stime)];
    values.extend(counts.iter().map(|count| *count as f64));
    rv.set(super::numbers(scope, &values));
}

fn thread_cpu_usage<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    _: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let usage = usage(libc::RUSAGE_THREAD);
    rv.set(super::numbers(scope, &[micros(usage.ru_utime), micros(usage.ru_stime)]));
}

/// `setId(which, id | name)` -> 0, a negative errno, or 1 when the name is unknown; which: 0 uid, 1 euid, 2 gid, 3 egid
fn set_id<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let which = int(&args, 0);
    let id = if args.get(1).is_string() {
        let name = args.get(1).to_rust_string_lossy(scope);
        let file = if which < 2 { "/etc/passwd" } else { "/etc/group" };
        match find_id(file, &name) {
            Some(id) => id,
            None => return rv.set_int32(1),
        }
    } else {
        int(&args, 1) as u32
    };
    // SAFETY: these calls take plain numbers.
    let failed = unsafe {
        match which {
            0 => libc::setuid(id),
            1 => libc::seteuid(id),
            2 => libc::setgid(id),
            _ => libc::setegid(id),
        }
    };
    rv.set_int32(if failed == 0 { 0 } else { errno() });
}

/// The id in the third field of the line that begins with `name:`.
fn find_id(file: &str, name: &str) -> Option<u32> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}

fn get_groups<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    // SAFETY: the first call only counts; the second writes at most as many as the vector has.
    let groups = unsafe {
        let count = libc::getgroups(0, std::ptr::null_mut()).max(0);
        let mut groups = vec![0; count as usize];
        let written = libc::getgroups(count, groups.as_mut_ptr());
        groups.truncate(written.max(0) as usize);
        groups
    };
    let mut values: Vec<f64> = groups.into_iter().map(f64::from).collect();
    // SAFETY: takes nothing and cannot fail.
    let own = f64::from(unsafe { libc::getegid() });
    if !values.contains(&own) {
        values.push(own);
    }
    rv.set(super::numbers(scope, &values));
}

/// `setGroups(ids)` -> 0 or a negative errno
fn set_groups<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let Ok(array) = v8::Local::<v8::Array>::try_from(args.get(0)) else { return };
    let ids: Vec<libc::gid_t> =
        (0..array.length()).filter_map(|i| array.get_index(scope, i)?.uint32_value(scope)).collect();
    // SAFETY: pointer and length come from one vector.
    let failed = unsafe { libc::setgroups(ids.len(), ids.as_ptr()) };
    rv.set_int32(if failed == 0 { 0 } else { errno() });
}

/// `memoryLimits()` -> `[what the control group allows or 0, what is available]` in bytes
fn memory_limits<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let number = |path: &str| std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<f64>().ok());
    let limit = number("/sys/fs/cgroup/memory.max").or_else(|| number("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    let used = number("/sys/fs/cgroup/memory.current").unwrap_or(0.0);
    let available = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
        line.split_ascii_whitespace().nth(1)?.parse::<f64>().ok()
    });
    let available = available.unwrap_or(0.0) * 1024.0;
    let limit = limit.unwrap_or(0.0);
    let free = if limit > 0.0 { available.min(limit - used) } else { available };
    rv.set(super::numbers(scope, &[limit, free.max(0.0)]));
}

/// `setTitle(text)`: the name that `ps` and `top` show for the thread.
fn set_title<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let title = args.get(0).to_rust_string_lossy(scope);
    if let Ok(title) = std::ffi::CString::new(title) {
        // SAFETY: the pointer is to a NUL-terminated text; the kernel copies at most 15 bytes of it.
        unsafe { libc::prctl(libc::PR_SET_NAME, title.as_ptr()) };
    }
}
