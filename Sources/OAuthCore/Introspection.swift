package import Secrets

/// Asks the provider about a token (RFC 7662).
package enum Introspection {
    /// - Throws: `.notOffered` where the profile has no `introspect_url`.
    package static func request(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        token: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        guard let url = profile.introspectURL else { throw .notOffered }
        let form: FormBody
        do { form = try FormBody.beginning("token", token) } catch { throw .secrets(error) }
        return try ClientRequest.post(
            url, profile: profile, clientID: clientID, clientSecret: clientSecret, form: form)
    }

    /// The same with a token that nobody has: proves the app's ID and secret before any consent.
    package static func appCheck(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?
    ) throws(OAuthError) -> HTTPRequest {
        let dummy: SecretBytes
        do { dummy = try unsafe SecretBytes(copying: Array("advault-app-check".utf8).span.bytes) } catch {
            throw .secrets(error)
        }
        return try request(profile: profile, clientID: clientID, clientSecret: clientSecret, token: dummy)
    }

    package enum AppVerdict: Equatable, Sendable {
        case proven
        case wrongSecret(OAuthError.Refusal)
        case wrongClientID(OAuthError.Refusal)
    }

    /// 401 is a wrong secret, 400 a wrong ID; anything else that is no answer throws.
    package static func judgeAppCheck(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> AppVerdict {
        do {
            _ = try IntrospectionAnswer.read(answer, profile: profile)
            return .proven
        } catch {
            switch error {
            case .refused(let refusal) where refusal.status == 401 && refusal.kind == .app:
                return .wrongSecret(refusal)
            case .refused(let refusal) where refusal.status == 400 && refusal.kind == .app:
                return .wrongClientID(refusal)
            case .refused, .stateMismatch, .issuerMismatch, .callback, .pasted, .unreadable, .redirectURI,
                .endpoint, .clientSecretMissing, .notOffered, .secrets:
                throw error
            }
        }
    }
}
