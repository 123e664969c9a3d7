internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore

/// When a refresh that failed is tried again within the same command: only where its token is known to be unspent,
/// and the failure is one that passes.
enum RetryRule {
    /// Attempts for one connection, the first included.
    static let attempts = 3
    /// The longest that a provider's Retry-After is waited for, in seconds.
    static let longestWait: Int64 = 60

    enum Verdict: Equatable {
        case final
        /// Nothing was sent: the network or the host.
        case unreachable
        /// The provider asks for patience.
        case crowded
        /// No whole answer came, or one that says nothing of the token: final, and a reason to spare the others.
        case unknown
    }

    static func verdict(_ error: OperationError) -> Verdict {
        let error = error.cause
        switch error {
        case .network(.notSent(let reason)): return passes(reason) ? .unreachable : .final
        case .network(.outcomeUnknown), .interrupted: return .unknown
        default: break
        }
        guard case .oauth(let refusal) = error, refusal.kind == .transient else { return .final }
        guard refusal.leavesTokenUnspent else { return .unknown }
        return refusal.status == 429 || refusal.status == 503 ? .crowded : .final
    }

    /// A wrong certificate or a missing file is the same in a second.
    private static func passes(_ reason: TransportError.Reason) -> Bool {
        switch reason {
        case .resolve, .connect, .timeout, .cutOff, .proxy: true
        case .tls, .certificate, .trustAnchors, .tooLarge, .forbiddenURL, .malformedRequest,
            .outOfSecureMemory, .other:
            false
        }
    }

    /// Milliseconds to wait after so many attempts: 1 s, then 2 s, half of it by chance, so that several machines do
    /// not come back together; no less than the provider asked for.
    static func wait(after attempts: Int, asked: Int64?, random: (_ below: Int) -> Int) -> Int64 {
        let whole = 1000 << (attempts - 1)
        let backoff = Int64(whole / 2 + random(whole / 2 + 1))
        guard let asked else { return backoff }
        return max(backoff, asked * 1000 + Int64(random(501)))
    }
}
