internal import HTTPTransport
internal import OAuthCore
internal import Operations

/// The HTTP client, made at the first request: a command that sends nothing does not start libcurl.
final class LazyClient {
    private let trust: TrustAnchors
    private lazy var client = HTTPClient(trust: trust, userAgent: Version.userAgent)

    init(_ trust: TrustAnchors) { self.trust = trust }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer {
        try client.send(request)
    }

    /// Several requests at once, over connections of their own.
    func exchanges(connections: Int) -> Exchanges {
        let exchanges = HTTPExchanges(trust: trust, userAgent: Version.userAgent, connections: connections)
        return Exchanges(
            add: { (request, tag) throws(TransportError) in try exchanges.add(request, tag: tag) },
            next: { exchanges.next(milliseconds: $0) })
    }
}
