private import Glibc
package import OAuthCore
package import Secrets

/// Waits on this machine for the browser to come back from the provider.
///
/// The browser is opened on a page of ours (`startURL`), which sets a cookie and leads to the provider. What
/// comes back is believed when it is that browser (the cookie), this user (the kernel's socket tables) and a
/// navigation to the exact path; then `accept` compares the state. SAFETY, "Who may try what".
package struct LoopbackListener: ~Copyable {
    /// What the owner of `state` says of a callback that passed every control here.
    package enum Verdict: Equatable, Sendable {
        /// It is the one that was waited for: answer with this page, stop waiting.
        case accepted(ClosingPage)
        /// Somebody else's: answer 400, keep waiting.
        case notOurs
    }

    /// What the browser shows at the end. Fixed words: nothing from outside is put into a page.
    package enum ClosingPage: Equatable, Sendable {
        /// The provider's answer arrived; the terminal says how it goes on.
        case received
        /// The person cancelled at the provider.
        case cancelled
        /// The provider reported an error; the terminal says which.
        case failed
    }

    /// Requests that are waited for at one time. The longest waiting one makes room for the next: 64 silent
    /// callers do not keep the genuine one out.
    private static let callersAtOnce = 64
    /// New callers between two looks at those who are there, so that none is pushed out unread.
    private static let callersAtATime = 16
    /// From the connection to the last byte of the request.
    private static let patience = Duration.seconds(5)

    /// Our own page: what the browser is opened on. Holds nothing secret; to another user it answers 400.
    package let startURL: String

    private let sockets: [LoopbackSocket]
    private let judge: CallbackJudge
    private var callers: [ListenerCaller] = []
    private let clock = SuspendingClock()

    /// Binds the redirect URI's port: on 127.0.0.1 and [::1] for `localhost`, else on the literal's address.
    ///
    /// Both, because a browser tries both: whoever held the other one would be sent the code.
    /// - Throws: `.portTaken`, `.notLoopback`, `.malformedAuthorizeURL`, `.secrets`, `.system`.
    package init(redirect: RedirectURI, authorizeURL: String) throws(ListenerError) {
        let judge = try CallbackJudge(redirect: redirect, authorizeURL: authorizeURL)
        let sockets = try Self.bind(redirect)
        self.judge = judge
        self.sockets = sockets
        startURL = judge.startURL
    }

    private static func bind(_ redirect: RedirectURI) throws(ListenerError) -> [LoopbackSocket] {
        var sockets: [LoopbackSocket] = []
        for address in try LoopbackAddress.all(of: redirect) {
            do {
                sockets.append(try .listening(on: address, port: redirect.port))
            } catch .system(EADDRNOTAVAIL) where !sockets.isEmpty {
                // A machine without IPv6: nobody else can be reached at [::1] either.
            } catch .system(EAFNOSUPPORT) where !sockets.isEmpty {
            }
        }
        return sockets
    }

    /// Waits until `accept` takes a callback, at most `seconds`. Signals keep their action; the clock is
    /// CLOCK_MONOTONIC.
    ///
    /// - Parameter accept: gets the raw query, without "?", of a callback that passed every control here.
    /// - Throws: `.timedOut`, `.system`.
    package mutating func wait(
        seconds: Int, accept: (borrowing SecretBytes) -> Verdict
    ) throws(ListenerError) {
        let end = clock.now.advanced(by: .seconds(seconds))
        while clock.now < end {
            let patienceEnds = callers.map(\.deadline).min() ?? end
            let ready = try readable(until: min(end, patienceEnds))
            for caller in ready where serve(caller, accept) { return }
            let now = clock.now
            callers.removeAll { $0.deadline <= now }
            welcome(until: now.advanced(by: Self.patience))
        }
        throw .timedOut(seconds: seconds)
    }

    /// Sleeps until somebody calls, a caller writes, or it is time.
    private func readable(until end: SuspendingClock.Instant) throws(ListenerError) -> [ListenerCaller] {
        let descriptors = sockets.map(\.descriptor) + callers.map(\.socket.descriptor)
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let left = clock.now.duration(to: end)
        // Rounded up: rounding down would turn the last millisecond into a busy loop.
        let milliseconds = max(
            0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
        let count = unsafe poll(&polled, nfds_t(polled.count), Int32(clamping: milliseconds))
        guard count >= 0 || errno == EINTR else { throw .system(errno) }
        guard count > 0 else { return [] }
        return zip(callers, polled.dropFirst(sockets.count)).filter { $1.revents != 0 }.map(\.0)
    }

    private mutating func welcome(until deadline: SuspendingClock.Instant) {
        for socket in sockets {
            for _ in 0..<Self.callersAtATime {
                guard let caller = socket.accepted() else { break }
                if callers.count == Self.callersAtOnce { callers.removeFirst() }
                if let caller = ListenerCaller(caller, deadline: deadline) { callers.append(caller) }
            }
        }
    }

    /// - Returns: whether this was the one that was waited for.
    private mutating func serve(
        _ caller: ListenerCaller, _ accept: (borrowing SecretBytes) -> Verdict
    ) -> Bool {
        let progress = caller.read()
        if case .waiting = progress { return false }
        callers.removeAll { $0 === caller }
        guard case .whole = progress else {
            caller.answer(ListenerPage.refusal)
            return false
        }
        let reply = judge.reply(to: caller, accept)
        caller.answer(reply.text)
        return reply.ends
    }
}
