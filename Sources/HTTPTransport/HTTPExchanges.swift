private import CCurl
package import OAuthCore
private import Secrets

/// Several requests in flight at once over connections that are kept alive, on the caller's thread (libcurl's multi
/// interface).
///
/// What `HTTPClient` promises holds for each request: https or loopback, verified certificates, no redirect, 64 KiB.
/// A body is handed to libcurl byte by byte and no byte twice, so that libcurl, which repeats a request by itself
/// when a kept-alive connection turns out dead, cannot send a refresh token a second time.
///
/// Answers are taken from the kernel one at a time: none of another request is read before the caller has had this
/// one from `next` and asks again. What a caller has not stored yet, a kill cannot lose with it.
package final class HTTPExchanges {
    private let trust: TrustAnchors
    private let userAgent: String
    private let limits: HTTPLimits
    private let connections: Int
    private var lines: [TransferLine] = []
    /// More than there are lines wait for one.
    private var waiting: [Transfer] = []
    private var transfers: [Transfer] = []
    /// Those that were judged, by URL.
    private var endpoints: [String: Endpoint] = [:]

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
        self.connections = connections
    }

    package var inFlight: Int { transfers.count }

    /// Puts a request under way. What comes of it is told by `next`, under its tag.
    ///
    /// - Throws: `.notSent`; then `next` tells nothing of it.
    package func add(_ request: consuming HTTPRequest, tag: Int) throws(TransportError) {
        guard HeaderLines.isValue(userAgent.utf8) else { throw .notSent(.malformedRequest) }
        let transfer = try Transfer(
            request, to: endpoint(request.url), tag: tag, trust: trust, userAgent: userAgent, limits: limits)
        if let line = idleLine(for: transfer) {
            try transfer.begin(on: line)
        } else {
            waiting.append(transfer)
        }
        transfers.append(transfer)
    }

    /// The requests of a batch go to few.
    private func endpoint(_ url: String) throws(TransportError) -> Endpoint {
        if let known = endpoints[url] { return known }
        let endpoint = try Endpoint(url)
        endpoints[url] = endpoint
        return endpoint
    }

    /// One whose connection may be to the same host, a new one, or whichever is idle.
    private func idleLine(for transfer: Transfer) -> TransferLine? {
        let idle = lines.filter { !$0.isBusy }
        if let line = idle.first(where: { $0.origin == transfer.origin }) { return line }
        guard lines.count >= connections else {
            lines.append(TransferLine())
            return lines.last
        }
        return idle.first
    }

    /// Waits until one of the requests has ended, at most so many milliseconds.
    ///
    /// Answers that have come are taken before a time limit is looked at: a caller that was busy with something else
    /// for long finds them.
    /// - Returns: nil when none has ended.
    package func next(milliseconds: Int) -> FinishedExchange? {
        let until = ContinuousClock.now + .milliseconds(milliseconds)
        while !transfers.isEmpty {
            // What was ready when another one ended is still.
            if !transfers.contains(where: \.isReady) {
                TransferLine.wait(lines, until: transfers.reduce(until) { min($0, $1.nextLook) })
            }
            // Those that began first are looked at first, so that no answer waits for ever behind others.
            for (at, transfer) in transfers.enumerated() where transfer.isReady {
                if let code = transfer.perform() { return finish(at, code) }
            }
            let now = ContinuousClock.now
            if let at = transfers.firstIndex(where: { $0.deadline <= now }) {
                TransferLine.wait(lines, until: now)
                let code = transfers[at].isReady ? transfers[at].perform() : nil
                return finish(at, code ?? CURLE_OPERATION_TIMEDOUT.rawValue)
            }
            guard now < until else { return nil }
        }
        return nil
    }

    private func finish(_ at: Int, _ code: CURLcodeNumber) -> FinishedExchange {
        let transfer = transfers.remove(at: at)
        let finished = FinishedExchange(tag: transfer.tag, result: transfer.end(code))
        waiting.removeAll { $0 === transfer }
        beginWaiting()
        return finished
    }

    private func beginWaiting() {
        while let next = waiting.first, let line = idleLine(for: next) {
            waiting.removeFirst()
            // Where libcurl refuses it, `perform` says so.
            try? next.begin(on: line)
        }
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
