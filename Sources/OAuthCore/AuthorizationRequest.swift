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
        do {
            let state = try RandomText.make()
            switch profile.pkce {
            case .none:
                let url = try address(profile, clientID, redirectURI, scopes, state, challenge: nil)
                return AuthorizationRequest(url: url, state: state, verifier: nil)
            case .s256:
                let verifier = try PKCE.verifier()
                let challenge = try PKCE.challenge(of: verifier)
                let url = try address(profile, clientID, redirectURI, scopes, state, challenge: challenge)
                return AuthorizationRequest(url: url, state: state, verifier: verifier)
            }
        } catch { throw .secrets(error) }
    }

    private static func address(
        _ profile: ProviderProfile, _ clientID: String, _ redirectURI: RedirectURI, _ scopes: [String],
        _ state: borrowing SecretBytes, challenge: String?
    ) throws(SecretsError) -> String {
        let wanted = scopes.isEmpty ? profile.scopes : scopes
        var parameters: [ProviderProfile.Parameter] = [
            .init("response_type", "code"), .init("client_id", clientID),
            .init("redirect_uri", redirectURI.text),
            .init("state", text(of: state)),
        ]
        if !wanted.isEmpty {
            parameters.append(.init("scope", wanted.joined(separator: profile.scopeSeparator)))
        }
        if let challenge {
            parameters += [.init("code_challenge", challenge), .init("code_challenge_method", "S256")]
        }
        let query = (parameters + profile.authorizeParams).map {
            PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value)
        }
        let url = profile.authorizeURL.text
        return url + (url.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    /// The browser must carry `state`, so here, and nowhere else, it becomes a String.
    private static func text(of state: borrowing SecretBytes) -> String {
        state.withBytes { span in
            var text = ""
            for offset in 0..<span.byteCount {
                text.unicodeScalars.append(Unicode.Scalar(span[byte: offset]))
            }
            return text
        }
    }
}
