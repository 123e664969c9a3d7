package import Secrets

/// Requests to the token endpoint (RFC 6749, 4.1.3 and 6). Secrets go percent-encoded straight into the body.
package enum TokenRequest {
    /// Trades the authorization code in.
    package static func exchange(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        redirectURI: RedirectURI,
        code: borrowing SecretBytes, verifier: borrowing SecretBytes?
    ) throws(OAuthError) -> HTTPRequest {
        let form: FormBody
        do { form = try exchangeForm(profile, redirectURI, code, verifier) } catch { throw .secrets(error) }
        return try ClientRequest.post(
            profile.tokenURL, profile: profile, clientID: clientID, clientSecret: clientSecret, form: form)
    }

    /// Spends a refresh token, or uses it, as the profile's refresh model says. Scopes are not sent but by
    /// `refresh_params`: left out, they stay what was granted.
    package static func refresh(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        refreshToken: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        let form: FormBody
        do { form = try refreshForm(profile, refreshToken) } catch { throw .secrets(error) }
        return try ClientRequest.post(
            profile.tokenURL, profile: profile, clientID: clientID, clientSecret: clientSecret, form: form)
    }

    private static func exchangeForm(
        _ profile: ProviderProfile, _ redirectURI: RedirectURI, _ code: borrowing SecretBytes,
        _ verifier: borrowing SecretBytes?
    ) throws(SecretsError) -> FormBody {
        var form = try FormBody()
        try form.add("grant_type", "authorization_code")
        try form.add("code", code)
        try form.add("redirect_uri", redirectURI.text)
        switch verifier {
        case .some(let verifier): try form.add("code_verifier", verifier)
        case .none: break
        }
        try form.add(profile.tokenParams)
        return form
    }

    private static func refreshForm(
        _ profile: ProviderProfile, _ refreshToken: borrowing SecretBytes
    ) throws(SecretsError) -> FormBody {
        var form = try FormBody()
        try form.add("grant_type", "refresh_token")
        try form.add("refresh_token", refreshToken)
        try form.add(profile.refreshParams)
        return form
    }
}
