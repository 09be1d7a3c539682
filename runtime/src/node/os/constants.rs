//! The numbers behind `os.constants`: errors, signals and flags of `dlopen`, as this platform has them.

/// A table of `libc`'s constants with their names.
macro_rules! named {
    ($($name:ident,)*) => { &[$((stringify!($name), libc::$name)),*] };
}

const ERRORS: &[(&str, i32)] = named! {
    E2BIG, EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, EBADMSG, EBUSY, ECANCELED,
    ECHILD, ECONNABORTED, ECONNREFUSED, ECONNRESET, EDEADLK, EDESTADDRREQ, EDOM, EDQUOT, EEXIST, EFAULT, EFBIG,
    EHOSTUNREACH, EIDRM, EILSEQ, EINPROGRESS, EINTR, EINVAL, EIO, EISCONN, EISDIR, ELOOP, EMFILE, EMLINK,
    EMSGSIZE, EMULTIHOP, ENAMETOOLONG, ENETDOWN, ENETRESET, ENETUNREACH, ENFILE, ENOBUFS, ENODATA, ENODEV, ENOENT,
    ENOEXEC, ENOLCK, ENOLINK, ENOMEM, ENOMSG, ENOPROTOOPT, ENOSPC, ENOSR, ENOSTR, ENOSYS, ENOTCONN, ENOTDIR,
    ENOTEMPTY, ENOTSOCK, ENOTSUP, ENOTTY, ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EPIPE, EPROTO, EPROTONOSUPPORT,
    EPROTOTYPE, ERANGE, EROFS, ESPIPE, ESRCH, ESTALE, ETIME, ETIMEDOUT, ETXTBSY, EWOULDBLOCK, EXDEV,
};

pub const SIGNALS: &[(&str, i32)] = named! {
    SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGIOT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2,
    SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGSTKFLT, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU,
    SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPOLL, SIGPWR, SIGSYS,
};

const DLOPEN: &[(&str, i32)] = named! {
    RTLD_LAZY, RTLD_NOW, RTLD_GLOBAL, RTLD_LOCAL, RTLD_DEEPBIND,
};

/// Sets `errno`, `signals` and `dlopen` on `target`, each an object of names and numbers.
pub fn bind<'s>(scope: &mut v8::PinScope<'s, '_>, target: v8::Local<'s, v8::Object>) {
    for (name, table) in [("errno", ERRORS), ("signals", SIGNALS), ("dlopen", DLOPEN)] {
        let prototype = v8::null(scope).into();
        let object = v8::Object::with_prototype_and_properties(scope, prototype, &[], &[]);
        for (constant, value) in table {
            let key = v8::String::new(scope, constant).expect("names are short");
            let value = v8::Integer::new(scope, *value);
            object.set(scope, key.into(), value.into()).expect("a fresh object takes properties");
        }
        let key = v8::String::new(scope, name).expect("names are short");
        target.set(scope, key.into(), object.into()).expect("a fresh object takes properties");
    }
}
