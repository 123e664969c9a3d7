internal import OAuthCore

extension OAuthError {
    /// The provider answered with an error, so it did not trade the token in. What came with success and cannot be
    /// read may be the new token. A 5xx without the provider's own `error` (RFC 6749, 5.2) may be a gateway's, or a
    /// server's that failed after it had spent the token; a 502 or 504 is a gateway's whatever it holds.
    var leavesTokenUnspent: Bool {
        if status == 502 || status == 504 { return false }
        switch self {
        case .unreadable(_, .errorInside): return true
        case .unreadable(let status, _): return Self.isRefusal(status)
        case .refused(let refusal) where refusal.word == nil:
            return refusal.status.map(Self.isRefusal) ?? true
        case .secrets: return false
        case .refused, .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing, .notOffered:
            return true
        }
    }

    /// Whether a status alone, without a word of the provider's, says that the request was turned down before anything
    /// was done. 408, and 460 and 499 of load balancers, end a request that somebody had begun to work on.
    private static func isRefusal(_ status: Int) -> Bool {
        (400..<500).contains(status) && ![408, 460, 499].contains(status)
    }
}
