//! `binding('process')`: the process itself — arguments, environment, clocks, memory, exit, standard streams.

use crate::cli::Given;
use crate::core::core;
use crate::node::binder::Binder;
use crate::node::{set_value, strings_to_js, throw};

mod system;

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.values(facts);
    to.at_start(|scope, target| {
        command_line(scope, target);
        let path = std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        let path = v8::String::new(scope, &path).expect("short");
        set_value(scope, target, "execPath", path.into());
        let pid = v8::Integer::new_from_unsigned(scope, std::process::id());
        set_value(scope, target, "pid", pid.into());
    });
    to.function("ppid", |_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
        rv.set_uint32(std::os::unix::process::parent_id());
    });
    system::bind(to);
    to.function(
        "environmentFlags",
        |scope: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue| {
            rv.set(strings_to_js(scope, crate::cli::environment_flags()));
        },
    );
    to.function("getEnv", get_env);
    to.function("setEnv", set_env);
    to.function("envKeys", env_keys);
    to.function("cwd", cwd);
    to.function("chdir", chdir);
    to.function("exit", exit);
    to.function("abort", |_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, _: v8::ReturnValue| {
        std::process::abort();
    });
    to.function("hrtime", hrtime);
    to.function("timeOrigin", time_origin);
    to.function("uptime", uptime);
    to.function("memoryUsage", memory_usage);
    to.function("cpuUsage", cpu_usage);
    to.function("kill", kill);
    to.function("umask", umask);
    to.function("ids", ids);
    to.function("writeSync", write_sync);
    to.function("readStandardInput", read_standard_input);
    to.function("fdKind", fd_kind);
    to.function("terminalSize", terminal_size);
    to.function("setRawMode", set_raw_mode);
}

/// What was so when this program was built.
fn facts(scope: &mut v8::PinScope<'_, '_>, target: v8::Local<'_, v8::Object>) {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let platform = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let version = env!("CARGO_PKG_VERSION");
    let v8_version = v8::V8::get_version();
    for (name, value) in [("version", version), ("v8Version", v8_version), ("arch", arch), ("platform", platform)] {
        let value = v8::String::new(scope, value).expect("short");
        set_value(scope, target, name, value.into());
    }
}

fn command_line(scope: &mut v8::PinScope<'_, '_>, target: v8::Local<'_, v8::Object>) {
    let argv = strings_to_js(scope, &core().options.argv);
    set_value(scope, target, "argv", argv);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: the C library's own constant text, which ends with a zero.
        let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
        let version = v8::String::new(scope, &version.to_string_lossy()).expect("short");
        set_value(scope, target, "glibcVersion", version.into());
    }
    let argv0 = std::env::args_os().next().unwrap_or_default();
    let argv0 = strings_to_js(scope, [argv0.to_string_lossy()]);
    set_value(scope, target, "argv0", argv0);
    let exec_argv = strings_to_js(scope, &core().options.exec_argv);
    set_value(scope, target, "execArgv", exec_argv);
    let given = v8::Object::new(scope);
    for (name, value) in &core().options.given {
        let value: v8::Local<v8::Value> = match value {
            Given::On => v8::Boolean::new(scope, true).into(),
            Given::Off => v8::Boolean::new(scope, false).into(),
            Given::Text(text) => v8::String::new(scope, text).expect("the command line is short").into(),
            Given::Texts(list) => strings_to_js(scope, list),
        };
        set_value(scope, given, name, value);
    }
    set_value(scope, target, "given", given.into());
    let repl = v8::Boolean::new(scope, core().options.repl);
    set_value(scope, target, "repl", repl.into());
}

fn string(scope: &mut v8::PinScope, args: &v8::FunctionCallbackArguments, index: i32) -> String {
    args.get(index).to_rust_string_lossy(scope)
}

fn number(args: &v8::FunctionCallbackArguments, index: i32) -> f64 {
    v8::Local::<v8::Number>::try_from(args.get(index)).map_or(0.0, |number| number.value())
}

fn numbers<'s>(scope: &mut v8::PinScope<'s, '_>, values: &[f64]) -> v8::Local<'s, v8::Value> {
    let values: Vec<v8::Local<v8::Value>> = values.iter().map(|v| v8::Number::new(scope, *v).into()).collect();
    v8::Array::new_with_elements(scope, &values).into()
}

fn get_env<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let name = string(scope, &args, 0);
    if let Some(value) = std::env::var_os(name) {
        rv.set(v8::String::new(scope, &value.to_string_lossy()).expect("fits a string").into());
    }
}

unsafe extern "C" {
    /// Reads the time zone from the environment anew.
    fn tzset();
}

/// `setEnv(name, value | undefined)`
fn set_env<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, _: v8::ReturnValue) {
    let name = string(scope, &args, 0);
    if name.is_empty() || name.contains(['=', '\0']) {
        return;
    }
    // SAFETY: all of ours goes through `std::env`, which locks; a worker has a copy in JavaScript unless it shares ours.
    unsafe {
        if args.get(1).is_undefined() {
            std::env::remove_var(&name);
        } else {
            std::env::set_var(&name, string(scope, &args, 1).replace('\0', ""));
        }
    }
    if name == "TZ" {
        // SAFETY: as for the environment itself, which this reads; the declaration is that of time.h.
        unsafe { tzset() };
        scope.date_time_configuration_change_notification(v8::TimeZoneDetection::Redetect);
    }
}

fn env_keys<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    rv.set(strings_to_js(scope, std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned())));
}

fn cwd<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    match std::env::current_dir() {
        Ok(path) => rv.set(v8::String::new(scope, &path.to_string_lossy()).expect("short").into()),
        Err(error) => {
            throw(scope, "ENOENT", &format!("ENOENT: the current working directory is gone, uv_cwd ({error})"))
        }
    }
}

/// `chdir(path)` -> 0 or a negative errno
fn chdir<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let path = string(scope, &args, 0);
    rv.set_int32(std::env::set_current_dir(path).err().map_or(0, |e| -e.raw_os_error().unwrap_or(libc::EIO)));
}

fn exit(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, _: v8::ReturnValue) {
    crate::node::net::flush_written();
    if crate::node::worker::stop_this(number(&args, 0) as i32) {
        return;
    }
    crate::realm::end(number(&args, 0) as i32);
}

fn clock() -> std::time::Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    std::time::Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// `hrtime()` -> nanoseconds of the monotonic clock as `[seconds, nanoseconds]`
fn hrtime<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let now = clock();
    rv.set(numbers(scope, &[now.as_secs() as f64, f64::from(now.subsec_nanos())]));
}

/// `[monotonic ms at start, Unix ms at start]`
fn time_origin<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let up = crate::realm::started().elapsed();
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let origin = [(clock() - up).as_secs_f64() * 1e3, (unix - up).as_secs_f64() * 1e3];
    rv.set(numbers(scope, &origin));
}

fn uptime(_: &mut v8::PinScope, _: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    rv.set_double(crate::realm::started().elapsed().as_secs_f64());
}

/// `[rss, heapTotal, heapUsed, external, arrayBuffers]` in bytes
fn memory_usage<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0);
    let heap = scope.get_heap_statistics();
    let external = heap.external_memory() as f64;
    rv.set(numbers(
        scope,
        &[pages * 4096.0, heap.total_heap_size() as f64, heap.used_heap_size() as f64, external, external],
    ));
}

/// `[user, system]` in microseconds
fn cpu_usage<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    // SAFETY: an all-zero rusage is valid, and getrusage fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let micros = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    rv.set(numbers(scope, &[micros(usage.ru_utime), micros(usage.ru_stime)]));
}

/// `kill(pid, signal)` -> 0 or a negative errno
fn kill(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    // SAFETY: kill takes plain numbers.
    let failed = unsafe { libc::kill(number(&args, 0) as i32, number(&args, 1) as i32) } != 0;
    rv.set_int32(if failed { -std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EPERM) } else { 0 });
}

/// `umask(mask | undefined)` -> the old mask
fn umask(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    // SAFETY: umask cannot fail; reading it needs setting it and setting it back.
    let old = unsafe {
        let old = libc::umask(if args.get(0).is_undefined() { 0 } else { number(&args, 0) as u32 });
        if args.get(0).is_undefined() {
            libc::umask(old);
        }
        old
    };
    rv.set_uint32(old);
}

/// `[uid, euid, gid, egid]`
fn ids<'s>(scope: &mut v8::PinScope<'s, '_>, _: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    // SAFETY: these calls take nothing and cannot fail.
    let ids = unsafe { [libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()] };
    rv.set(numbers(scope, &ids.map(f64::from)));
}

fn stream_name(fd: i32) -> &'static str {
    match fd {
        1 => "standard output",
        2 => "standard error",
        _ => "",
    }
}

/// `writeSync(fd, string | bytes)` -> 0 or a negative errno: writes all of it, waiting when the descriptor is full.
fn write_sync<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let bytes = match v8::Local::<v8::ArrayBufferView>::try_from(args.get(1)) {
        Ok(view) => {
            let mut bytes = vec![0; view.byte_length()];
            view.copy_contents(&mut bytes);
            bytes
        }
        Err(_) => string(scope, &args, 1).into_bytes(),
    };
    let fd = number(&args, 0) as i32;
    crate::profile::status::before_output(fd, &bytes);
    let _mark = crate::marker::native_op("write", stream_name(fd));
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        // SAFETY: pointer and length come from one slice.
        let written = unsafe { libc::write(fd, rest.as_ptr().cast(), rest.len()) };
        if written >= 0 {
            rest = &rest[written as usize..];
            continue;
        }
        match std::io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EAGAIN) => {
                let mut poll = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
                // SAFETY: one live pollfd.
                unsafe { libc::poll(&raw mut poll, 1, -1) };
            }
            code => return rv.set_int32(-code.unwrap_or(libc::EIO)),
        }
    }
    rv.set_int32(0);
}

/// `readStandardInput()` -> all of it as text, or a negative errno
fn read_standard_input<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    _: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let _mark = crate::marker::native_op("read", "standard input");
    let mut bytes = Vec::new();
    match std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes) {
        Ok(_) => {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            rv.set(v8::String::new(scope, text).expect("a program fits a string").into());
        }
        Err(error) => rv.set_int32(-error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

/// `fdKind(fd)` -> 'TTY', 'FILE', 'PIPE', 'TCP', 'UNKNOWN' or 'CLOSED'
fn fd_kind<'s>(scope: &mut v8::PinScope<'s, '_>, args: v8::FunctionCallbackArguments<'s>, mut rv: v8::ReturnValue) {
    let fd = number(&args, 0) as i32;
    // SAFETY: an all-zero stat is valid, and fstat fills it or fails.
    let mode = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &raw mut stat) == 0 { Some(stat.st_mode & libc::S_IFMT) } else { None }
    };
    // SAFETY: isatty only asks about the number.
    let terminal = unsafe { libc::isatty(fd) } == 1;
    let kind = match mode {
        None => "CLOSED",
        _ if terminal => "TTY",
        Some(libc::S_IFREG | libc::S_IFCHR) => "FILE",
        Some(libc::S_IFIFO) => "PIPE",
        Some(libc::S_IFSOCK) => "PIPE",
        _ => "UNKNOWN",
    };
    rv.set(v8::String::new(scope, kind).expect("short").into());
}

/// `terminalSize(fd)` -> `[columns, rows]`, or undefined when it is no terminal
fn terminal_size<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    args: v8::FunctionCallbackArguments<'s>,
    mut rv: v8::ReturnValue,
) {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the pointer is to a live winsize.
    if unsafe { libc::ioctl(number(&args, 0) as i32, libc::TIOCGWINSZ, &raw mut size) } == 0 {
        rv.set(numbers(scope, &[f64::from(size.ws_col), f64::from(size.ws_row)]));
    }
}

thread_local! {
    /// The terminal's settings before raw mode, put back when it ends.
    static COOKED: std::cell::Cell<Option<libc::termios>> = const { std::cell::Cell::new(None) };
}

/// `setRawMode(fd, on)` -> 0 or a negative errno
fn set_raw_mode(_: &mut v8::PinScope, args: v8::FunctionCallbackArguments, mut rv: v8::ReturnValue) {
    let fd = number(&args, 0) as i32;
    // SAFETY: an all-zero termios is valid, and each call fills or reads a live one.
    let failed = unsafe {
        let mut settings: libc::termios = std::mem::zeroed();
        if libc::tcgetattr(fd, &raw mut settings) != 0 {
            true
        } else if args.get(1).is_true() {
            if COOKED.get().is_none() {
                COOKED.set(Some(settings));
            }
            libc::cfmakeraw(&raw mut settings);
            settings.c_oflag |= libc::OPOST;
            libc::tcsetattr(fd, libc::TCSADRAIN, &raw const settings) != 0
        } else {
            COOKED.take().is_some_and(|cooked| libc::tcsetattr(fd, libc::TCSADRAIN, &raw const cooked) != 0)
        }
    };
    rv.set_int32(if failed { -std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO) } else { 0 });
}

/// Puts the terminal back as it was, at the end of the process.
pub fn restore_terminal() {
    if let Some(cooked) = COOKED.take() {
        // SAFETY: the settings came from tcgetattr.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &raw const cooked) };
    }
}
