/// A redirect URI that an app may be registered with: absolute, https or http on loopback, no query, no fragment.
package struct RedirectURI: Equatable, Sendable {
    package enum Fault: Error, Equatable, Sendable {
        /// No scheme and host, or bytes that no URI has.
        case notAbsolute
        case fragment
        /// LinkedIn takes one at its authorization page and refuses it at the exchange.
        case query
        /// http to anything but 127.0.0.0/8, [::1] and localhost, or a scheme that is neither http nor https.
        case scheme
        case userInfo
        case port
        /// Not on 127.0.0.1 or [::1], and the provider takes no other; a name such as localhost is none of them.
        case notLiteral
    }

    /// As it was registered, byte for byte.
    package let text: String
    package let scheme: String
    /// Lowercase; IPv6 in brackets.
    package let host: String
    package let port: UInt16
    /// At least "/".
    package let path: String
    /// Whether our listener can serve it: http, on this machine.
    package let isLoopback: Bool

    package init(_ text: String) throws(Fault) {
        let parts: URLParts
        do { parts = try URLParts(text) } catch {
            switch error {
            case .malformed: throw .notAbsolute
            case .userInfo: throw .userInfo
            case .port: throw .port
            }
        }
        guard !parts.hasFragment else { throw .fragment }
        guard parts.query == nil else { throw .query }
        guard parts.scheme == "https" || (parts.scheme == "http" && parts.isLoopback) else { throw .scheme }
        self.text = text
        scheme = parts.scheme
        host = parts.host
        port = parts.port
        path = parts.path.isEmpty ? "/" : parts.path
        isLoopback = parts.scheme == "http" && parts.isLoopback
    }
}

extension ProviderProfile {
    /// Whether an app of this provider may have it.
    package func check(_ redirect: RedirectURI) throws(RedirectURI.Fault) {
        switch redirectHost {
        case .localhost: break
        case .literal:
            guard redirect.isLoopback, ["127.0.0.1", "[::1]"].contains(redirect.host) else {
                throw .notLiteral
            }
        }
    }
}
