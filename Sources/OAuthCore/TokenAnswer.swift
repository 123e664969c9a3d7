package import Secrets

/// What the token endpoint gave, checked whole before any of it is handed out (RFC 6749, 5.1).
package struct TokenAnswer: ~Copyable, Sendable {
    /// A field whose value is not believed without a word to the operator.
    package enum Field: String, Equatable, Sendable, CaseIterable {
        case accessLifetime, refreshLifetime, scope, tokenType
    }

    /// 1 to 7,000 bytes of 0x20–0x7E.
    package let accessToken: SecretBytes
    /// nil: none came; keep the old one.
    package let refreshToken: SecretBytes?
    /// Seconds; nil: unknown.
    package let expiresIn: Int64?
    /// Seconds; nil: unknown.
    package let refreshExpiresIn: Int64?
    /// nil: not said, so what was asked for (RFC 6749, 5.1).
    package let scopes: [String]?
    /// What to flag; a lifetime that is kept may stand here too.
    package let implausible: [Field]

    /// - Throws: `.refused` for an error answer, `.unreadable` for one that cannot be believed.
    package static func read(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> TokenAnswer {
        fatalError()
    }
}
