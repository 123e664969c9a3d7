private import CCurl
package import OAuthCore
private import Secrets

/// Several requests in flight at once over connections that are kept alive, on the caller's thread (libcurl's multi
/// interface).
///
/// What `HTTPClient` promises holds for each request: https or loopback, verified certificates, no redirect, 64 KiB.
/// A body is handed to libcurl byte by byte and no byte twice, so that libcurl, which repeats a request by itself
/// when a kept-alive connection turns out dead, cannot send a refresh token a second time.
package final class HTTPExchanges {
    private let trust: TrustAnchors
    private let userAgent: String
    private let limits: HTTPLimits
    private let others: TransferGroup
    private var transfers: [Transfer] = []

    /// - Parameters:
    ///   - userAgent: the value of the User-Agent header, visible ASCII.
    ///   - connections: how many connections there may be at one time, those that are kept alive included.
    package init(
        trust: TrustAnchors = .system, userAgent: String, limits: HTTPLimits = .standard, connections: Int
    ) {
        TransportMemory.install()
        self.trust = trust
        self.userAgent = userAgent
        self.limits = limits
        others = TransferGroup(connections: connections)
    }

    package var inFlight: Int { transfers.count }

    /// Puts a request under way. What comes of it is told by `next`, under its tag.
    ///
    /// - Throws: `.notSent`; then `next` tells nothing of it.
    package func add(_ request: consuming HTTPRequest, tag: Int) throws(TransportError) {
        guard HeaderLines.isValue(userAgent.utf8) else { throw .notSent(.malformedRequest) }
        let transfer = try Transfer(
            request, tag: tag, trust: trust, userAgent: userAgent, limits: limits)
        try transfer.begin(among: others)
        transfers.append(transfer)
    }

    /// Waits until one of the requests has ended, at most so many milliseconds.
    ///
    /// Answers that have come are taken before a time limit is looked at: a caller that was busy with something else
    /// for long finds them.
    /// - Returns: nil when none has ended.
    package func next(milliseconds: Int) -> FinishedExchange? {
        let until = ContinuousClock.now + .milliseconds(milliseconds)
        while !transfers.isEmpty {
            let goesOn = others.perform()
            if let (at, code) = others.ended(of: transfers) { return finish(at, code) }
            if !goesOn { return finish(0, CURLE_FAILED_INIT.rawValue) }
            let now = ContinuousClock.now
            if let at = transfers.firstIndex(where: { $0.deadline <= now }) {
                return finish(at, CURLE_OPERATION_TIMEDOUT.rawValue)
            }
            guard now < until else { return nil }
            others.wait(until: min(until, transfers.reduce(until) { min($0, $1.deadline) }))
        }
        return nil
    }

    private func finish(_ at: Int, _ code: CURLcodeNumber) -> FinishedExchange {
        let transfer = transfers.remove(at: at)
        return FinishedExchange(tag: transfer.tag, result: transfer.end(code))
    }
}

/// One request of `HTTPExchanges` that has ended.
package struct FinishedExchange: ~Copyable {
    package enum Result: ~Copyable {
        case answer(HTTPAnswer)
        case failed(TransportError)
    }

    package let tag: Int
    package let result: Result

    package init(tag: Int, result: consuming Result) {
        self.tag = tag
        self.result = result
    }

    package consuming func takeResult() -> Result { result }
}
