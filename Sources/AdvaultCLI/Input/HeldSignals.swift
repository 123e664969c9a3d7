internal import Glibc

/// SIGINT, SIGTERM and SIGHUP held back from this thread until `release`.
///
/// Blocked, not handled: a handler could do nothing that a look at the pending set between two keys cannot, and
/// would need memory that signals and code share.
package struct HeldSignals: Sendable {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
    private let before: sigset_t

    package init() {
        var held = sigset_t()
        var previous = sigset_t()
        unsafe sigemptyset(&held)
        for number in HeldSignals.numbers { unsafe sigaddset(&held, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &held, &previous)
        before = previous
    }

    /// One that came meanwhile.
    package var pending: Int32? {
        var arrived = sigset_t()
        unsafe sigpending(&arrived)
        return HeldSignals.numbers.first { unsafe sigismember(&arrived, $0) == 1 }
    }

    /// Takes what is pending off. For a caller that reports a signal and ends the process with its status: else it
    /// would end by the signal before a word is said. A terminal that is lost sends a second one.
    package func discard() {
        var held = sigset_t()
        unsafe sigemptyset(&held)
        for number in HeldSignals.numbers { unsafe sigaddset(&held, number) }
        var noWait = timespec(tv_sec: 0, tv_nsec: 0)
        while unsafe sigtimedwait(&held, nil, &noWait) > 0 {}
    }

    /// As it was before. A signal that is pending takes its usual effect here.
    package func release() {
        var mask = before
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
}
