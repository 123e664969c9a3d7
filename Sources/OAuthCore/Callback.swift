package import Secrets

/// The provider's answer that comes through the browser (RFC 6749, 4.1.2).
package enum Callback {
    /// Checks a raw query (without "?") and hands out the authorization code.
    ///
    /// `state` first, in constant time, before anything else is believed; then `iss`, then `error`, then `code`.
    /// - Throws: `.stateMismatch`: not ours, keep waiting. Everything else ends the wait.
    package static func check(
        query: borrowing SecretBytes, state: borrowing SecretBytes, profile: ProviderProfile
    ) throws(OAuthError) -> SecretBytes {
        fatalError()
    }

    /// The raw query of a final URL that a person pasted; white space around it and a fragment are dropped.
    package static func query(
        ofPasted text: borrowing SecretBytes, redirectURI: RedirectURI
    ) throws(OAuthError) -> SecretBytes {
        fatalError()
    }
}
