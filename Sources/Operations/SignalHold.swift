private import Glibc

/// SIGINT, SIGTERM and SIGHUP held back from this thread for as long as the value lives (SAFETY.md, Never lose a
/// token, step 4).
///
/// Taken before a refresh token is marked as about to be spent and given back when the answer is stored: a signal
/// in between waits, and takes its usual effect at the end. pthread_sigmask first loses none. SIGPIPE and SIGXFSZ
/// are ignored by main. Threads that libcurl starts meanwhile to look names up inherit the mask.
struct SignalHold: ~Copyable {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
    private let held: sigset_t
    private let before: sigset_t

    init() {
        var held = sigset_t()
        var previous = sigset_t()
        unsafe sigemptyset(&held)
        for number in Self.numbers where !Self.isIgnored(number) { unsafe sigaddset(&held, number) }
        // Cannot fail: the first argument is one of the three that exist.
        unsafe pthread_sigmask(SIG_BLOCK, &held, &previous)
        self.held = held
        before = previous
    }

    /// nohup ignores SIGHUP: held back, it would wait and look as if it meant us.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is the address 1.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Takes one signal that came meanwhile, so that it has no effect any more: for a caller that acts on it itself.
    borrowing func take() -> Int32? {
        var pending = sigset_t()
        unsafe sigpending(&pending)
        var held = held
        guard
            Self.numbers.contains(where: {
                unsafe sigismember(&held, $0) == 1 && sigismember(&pending, $0) == 1
            })
        else { return nil }
        var number: Int32 = 0
        // Does not wait: one is pending, and no other thread takes it.
        return unsafe sigwait(&held, &number) == 0 ? number : nil
    }

    /// Holds them for the length of the closure. Where that could not store what it received, those that came are taken
    /// off: they would end the process before a word is said of where the tokens are.
    static func during<R: ~Copyable>(
        _ body: () throws(OperationError) -> R
    ) throws(OperationError) -> R {
        let hold = SignalHold()
        do throws(OperationError) {
            return try withExtendedLifetime(hold) { (_) throws(OperationError) in try body() }
        } catch {
            if case .notStored = error { while hold.take() != nil {} }
            throw error
        }
    }

    /// The same where the command ends with the words on what was done: those that came are taken off in any case, since
    /// they would end the process before a word is said.
    static func untilTold<R: ~Copyable>(
        _ body: () throws(OperationError) -> R
    ) throws(OperationError) -> R {
        let hold = SignalHold()
        do throws(OperationError) {
            let result = try withExtendedLifetime(hold) { (_) throws(OperationError) in try body() }
            while hold.take() != nil {}
            return result
        } catch {
            while hold.take() != nil {}
            throw error
        }
    }

    deinit {
        var mask = before
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
}
