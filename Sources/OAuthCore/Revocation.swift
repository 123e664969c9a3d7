package import Secrets

/// Tells the provider to end a grant (RFC 7009).
package enum Revocation {
    /// - Throws: `.notOffered` where the profile has no `revoke_url`.
    package static func request(
        profile: ProviderProfile, clientID: String, clientSecret: borrowing SecretBytes?,
        token: borrowing SecretBytes
    ) throws(OAuthError) -> HTTPRequest {
        guard let url = profile.revokeURL else { throw .notOffered }
        let form: FormBody
        do { form = try FormBody.beginning("token", token) } catch { throw .secrets(error) }
        return try ClientRequest.post(
            url, profile: profile, clientID: clientID, clientSecret: clientSecret, form: form)
    }

    package enum Verdict: String, Equatable, Sendable {
        case revoked, refused
        case notSupported = "not-supported"
        case unknown
    }

    /// By status alone: RFC 7009 gives a success no body. No answer is `.unknown`.
    package static func judge(_ answer: borrowing HTTPAnswer) -> Verdict {
        switch answer.status {
        case 200..<300: .revoked
        case 404, 405, 410, 501: .notSupported
        case 400..<500 where ![408, 425, 429].contains(answer.status): .refused
        default: .unknown
        }
    }
}
