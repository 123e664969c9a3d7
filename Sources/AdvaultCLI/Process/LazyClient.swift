internal import HTTPTransport
internal import OAuthCore

/// The HTTP client, made at the first request: a command that sends nothing does not start libcurl.
final class LazyClient {
    private let trust: TrustAnchors
    private lazy var client = HTTPClient(trust: trust, userAgent: Version.userAgent)

    init(_ trust: TrustAnchors) { self.trust = trust }

    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer {
        try client.send(request)
    }
}
