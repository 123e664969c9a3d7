package import OAuthCore

/// Why what was pasted is not this attempt's final address. The code in the right one is still good.
package enum PasteMistake: Equatable, Sendable {
    case fault(OAuthError.PasteFault)
    /// Its state is not ours: another attempt's, or cut off.
    case otherState

    /// nil for what the provider's answer itself says.
    init?(_ error: OAuthError) {
        switch error {
        case .pasted(let fault): self = .fault(fault)
        case .stateMismatch: self = .otherState
        case .refused, .issuerMismatch, .callback, .unreadable, .redirectURI, .endpoint, .clientSecretMissing,
            .notOffered, .secrets:
            return nil
        }
    }
}
