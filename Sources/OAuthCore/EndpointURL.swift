/// An address that secrets may be sent to: https, or http on loopback. A query is allowed, a fragment is not.
package struct EndpointURL: Equatable, Hashable, Sendable {
    package enum Fault: Error, Equatable, Sendable {
        case notAbsolute, fragment, userInfo, port
        /// http to anything but 127.0.0.0/8, [::1] and localhost, or a scheme that is neither http nor https.
        case notHTTPS
    }

    package let text: String
    /// In lower case, without the port.
    package let host: String

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
        guard parts.scheme == "https" || (parts.scheme == "http" && parts.isLoopback) else { throw .notHTTPS }
        self.text = text
        host = parts.host
    }
}
