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

    /// As it was before. A signal that is still pending takes its usual effect here, unless it was reported: the
    /// caller that saw one ends the process with that signal's status, so it is taken off first.
    package func release() {
        var arrived = sigset_t()
        unsafe sigemptyset(&arrived)
        for number in HeldSignals.numbers { unsafe sigaddset(&arrived, number) }
        var noWait = timespec(tv_sec: 0, tv_nsec: 0)
        if pending != nil { _ = unsafe sigtimedwait(&arrived, nil, &noWait) }
        var mask = before
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
}
