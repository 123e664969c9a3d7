internal import Glibc
internal import Secrets

/// What the process does to itself before anything else may run (SAFETY.md, "the environment").
///
/// The order is the point: nothing secret is read before the process has stopped being dumpable, and no library
/// is used before the variables that it would act upon are gone.
package enum Hardening {
    /// Called by `main` first of all. Returns the secrets that stood in the environment, and what was changed.
    package static func begin() -> (EnvironmentSecrets, Inherited) {
        // Before anything is changed. Of the environment it notes where the entries stand, and reads none.
        let inherited = Inherited.look()
        ProcessMemory.keepOutOfDumps()
        resetSignals()
        umask(0o077)
        openMissingStreams()
        forgetVariables()
        // Before the secure heap: CRYPTO_set_mem_functions is refused once libcrypto has allocated anything.
        WipingAllocator.install()
        LibcryptoConfiguration.refuse()
        return (EnvironmentSecrets.takeFromEnvironment(), inherited)
    }

    private static let crashes = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT]
    private static let answered = [SIGPIPE, SIGXFSZ]
    /// Those whose effect is changed here. Nothing else in the program changes any.
    static let signals = crashes + answered + [SIGCHLD]

    /// Swift's backtracer prints memory when a process crashes; a crash must end it and say nothing.
    private static func resetSignals() {
        for number in crashes { signal(number, SIG_DFL) }
        // A closed pipe and a file size limit come back as EPIPE and EFBIG, where they can be answered.
        for number in answered { signal(number, SIG_IGN) }
        // Ignored by some parents, and then nobody could say how a key command ended.
        signal(SIGCHLD, SIG_DFL)
        // A parent's blocked signals are inherited: a supervisor that blocks SIGTERM could end us by SIGKILL alone.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    /// A closed standard stream would let the next file opened, the vault say, take its number and be printed to.
    private static func openMissingStreams() {
        for stream in Int32(0)...2 where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }

    /// Variables that make a library write keys to a file, load code, or put temporary files elsewhere.
    static let forgotten = [
        "SSLKEYLOGFILE", "OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES",
        "OPENSSL_TRACE", "OPENSSL_MALLOC_FAILURES", "OPENSSL_MALLOC_FD", "CTLOG_FILE", "RANDFILE",
        "CURL_HOME", "CURL_SSL_BACKEND", "CURL_ENTROPY", "CURL_DEBUG", "NETRC",
        "SQLITE_TMPDIR", "SWIFT_BACKTRACE",
    ]

    private static func forgetVariables() {
        for name in forgotten { unsafe unsetenv(name) }
    }
}
