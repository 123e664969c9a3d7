private import Glibc

/// SIGINT, SIGTERM and SIGHUP held back from this thread for as long as the value lives (SAFETY.md, Never lose a
/// token, step 4).
///
/// Taken before a refresh token is marked as about to be spent and given back when the answer is stored: a signal
/// in between waits, and takes its usual effect at the end. pthread_sigmask first loses none. SIGPIPE and SIGXFSZ
/// are ignored by main.
struct SignalHold: ~Copyable {
    private let before: sigset_t

    init() {
        var held = sigset_t()
        var previous = sigset_t()
        unsafe sigemptyset(&held)
        for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&held, number) }
        // Cannot fail: the first argument is one of the three that exist.
        unsafe pthread_sigmask(SIG_BLOCK, &held, &previous)
        before = previous
    }

    deinit {
        var mask = before
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
}
