package import OAuthCore
internal import Secrets
private import Synchronization

/// Sends requests of the core by libcurl and waits for the answers.
///
/// https, or http to this machine; certificates are always verified; no redirect is followed; an answer is at
/// most 64 KiB. Calls from several threads take turns: libcurl's connections belong to one thread at a time.
package final class HTTPClient: Sendable {
    private let trust: TrustAnchors
    private let userAgent: String
    private let limits: HTTPLimits
    private let connections: Mutex<ConnectionPool>
    private let now: Patience.Clock

    /// - Parameters:
    ///   - userAgent: the value of the User-Agent header, visible ASCII.
    ///   - now: what the time of a POST is measured by.
    package init(
        trust: TrustAnchors = .system, userAgent: String, limits: HTTPLimits = .standard,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        TransportMemory.install()
        self.trust = trust
        self.userAgent = userAgent
        self.limits = limits
        connections = Mutex(ConnectionPool())
        self.now = now
    }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// A POST is handed to the network at most once. It is given its whole time, however long nothing comes; an answer
    /// that came is taken though its time is over.
    /// - Throws: `.notSent` when no byte of it left, `.outcomeUnknown` in every other case.
    package func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer {
        guard HeaderLines.isValue(userAgent.utf8) else { throw .notSent(.malformedRequest) }
        let endpoint = try Endpoint(request.url)
        let headers = try HeaderLines(request)
        var exchange = try Exchange(mayRepeat: request.method == .get)
        let status = try connections.withLock { (pool) throws(TransportError) in
            var handle = try EasyHandle()
            handle.secure(limits: limits, trust: trust)
            handle.aim(at: endpoint, userAgent: userAgent)
            handle.write(method: request.method, headers: headers)
            switch request.method {
            case .get: handle.keepTime(limits: limits, connections: pool)
            case .post: handle.useOwnConnection()
            }
            let patience = Patience(.milliseconds(limits.totalMilliseconds), by: now)
            return try handle.perform(request, into: &exchange, patience: patience)
        }
        return exchange.answer(status: status)
    }
}
