package import OAuthCore

/// Sends requests of the core by libcurl and waits for the answers.
package final class HTTPClient: Sendable {
    private let trust: TrustAnchors
    private let userAgent: String
    private let limits: HTTPLimits

    package init(trust: TrustAnchors = .system, userAgent: String, limits: HTTPLimits = .standard) {
        TransportMemory.install()
        self.trust = trust
        self.userAgent = userAgent
        self.limits = limits
    }

    package func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPAnswer {
        throw .notSent(.other(0))
    }
}
