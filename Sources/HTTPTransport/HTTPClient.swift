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

    /// - Parameter userAgent: the value of the User-Agent header, visible ASCII.
    package init(trust: TrustAnchors = .system, userAgent: String, limits: HTTPLimits = .standard) {
        TransportMemory.install()
        self.trust = trust
        self.userAgent = userAgent
        self.limits = limits
        connections = Mutex(ConnectionPool())
    }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// A POST is handed to the network at most once.
    /// - Throws: `.notSent` when no byte of it left, `.outcomeUnknown` in every other case.
    package func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer {
        guard HeaderLines.isValue(userAgent.utf8) else { throw .notSent(.malformedRequest) }
        let endpoint = try Endpoint(request.url)
        let headers = try HeaderLines(request)
        var exchange = try Exchange(mayRepeat: request.method == .get)
        let status = try connections.withLock { (pool) throws(TransportError) in
            var handle = try EasyHandle()
            handle.secure(limits: limits, trust: trust)
            handle.sendAlone(limits: limits, connections: pool)
            handle.aim(at: endpoint, userAgent: userAgent)
            handle.write(method: request.method, headers: headers)
            if request.method == .post { handle.useOwnConnection() }
            return try handle.perform(request, into: &exchange)
        }
        return exchange.answer(status: status)
    }
}
