package import Secrets

/// Asks the provider about a token (RFC 7662).
package enum Introspection {
    /// - Throws: `.notOffered` where the profile has no `introspect_url`.
    package static func request(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        token: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        fatalError()
    }

    /// The same with a token that nobody has: proves the app's ID and secret before any consent.
    package static func appCheck(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?
    ) throws(OAuthError) -> HTTPRequest {
        fatalError()
    }

    package enum AppVerdict: Equatable, Sendable {
        case proven
        case wrongSecret(OAuthError.Refusal)
        case wrongClientID(OAuthError.Refusal)
    }

    /// 401 is a wrong secret, 400 a wrong ID; anything else that is no answer throws as transient.
    package static func judgeAppCheck(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> AppVerdict {
        fatalError()
    }
}

/// What the provider says about a token. Nothing here is secret.
package struct IntrospectionAnswer: Equatable, Sendable {
    package let active: Bool
    /// LinkedIn's "active", "expired" or "revoked".
    package let status: Status?
    package let scopes: [String]?
    /// Epoch seconds.
    package let createdAt: Int64?
    package let expiresAt: Int64?
    package let authorizedAt: Int64?

    package enum Status: String, Equatable, Sendable, CaseIterable { case active, expired, revoked }

    package static func read(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> IntrospectionAnswer {
        fatalError()
    }
}
