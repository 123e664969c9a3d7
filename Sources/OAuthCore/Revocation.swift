package import Secrets

/// Tells the provider to end a grant (RFC 7009).
package enum Revocation {
    /// - Throws: `.notOffered` where the profile has no `revoke_url`.
    package static func request(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        token: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        fatalError()
    }

    package enum Verdict: String, Equatable, Sendable { case revoked, refused, notSupported, unknown }

    package static func judge(_ answer: borrowing HTTPAnswer) -> Verdict { fatalError() }
}
