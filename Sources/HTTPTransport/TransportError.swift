/// Why there is no answer. It sorts failures by one question: can the other side have acted on the request?
package enum TransportError: Error, Equatable, Sendable {
    /// Not a byte of the request left this process, or of one with a body not a byte of that: what it carried is
    /// unspent.
    case notSent(Reason)
    /// The request, or a part of it, may have left, and no whole answer came. Every doubt ends here.
    case outcomeUnknown(Reason)

    package enum Reason: Equatable, Sendable {
        /// The host's name has no address.
        case resolve
        /// Nobody answers at that address.
        case connect
        /// The TLS handshake failed: an old version, no common cipher, no TLS at all.
        case tls
        /// The server's certificate is not signed by a trusted authority or is another host's.
        case certificate
        /// The certificate authorities that were named (`TrustAnchors`) cannot be read.
        case trustAnchors
        /// A time limit of `HTTPLimits` was reached.
        case timeout
        /// The connection ended in the middle of the request or the answer.
        case cutOff
        /// The answer is over 64 KiB.
        case tooLarge
        /// The proxy of the environment cannot be reached or refused.
        case proxy
        /// The URL is not https (or http on loopback), or carries a user name.
        case forbiddenURL
        /// The header lines or the authorization hold bytes that would break the request apart.
        case malformedRequest
        /// No block of the secure heap for the answer.
        case outOfSecureMemory
        /// Another result of libcurl, by its CURLcode.
        case other(Int32)
    }

    package var reason: Reason {
        switch self {
        case .notSent(let reason), .outcomeUnknown(let reason): reason
        }
    }
}
