package import Secrets

/// Requests to the token endpoint (RFC 6749, 4.1.3 and 6). Secrets go percent-encoded straight into the body.
package enum TokenRequest {
    /// Trades the authorization code in.
    package static func exchange(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        redirectURI: RedirectURI,
        code: borrowing SecretBytes, verifier: borrowing SecretBytes?
    ) throws(OAuthError) -> HTTPRequest {
        fatalError()
    }

    /// - Parameter scopes: the connection's; sent only where the profile's `refresh_params` name `scope`.
    package static func refresh(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        refreshToken: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        fatalError()
    }
}
