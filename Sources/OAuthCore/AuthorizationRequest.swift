package import Secrets

/// What the browser is sent to, and what must come back (RFC 6749, 4.1.1).
package struct AuthorizationRequest: ~Copyable, Sendable {
    /// Holds `state` and the PKCE challenge, never the verifier.
    package let url: String
    /// 43 characters: base64url of 32 random bytes.
    package let state: SecretBytes
    /// 43 characters; nil where the profile has no PKCE.
    package let verifier: SecretBytes?

    /// - Parameter scopes: empty: the profile's own.
    package static func make(
        profile: ProviderProfile, clientID: String, redirectURI: RedirectURI, scopes: [String]
    ) throws(OAuthError) -> AuthorizationRequest {
        fatalError()
    }
}
