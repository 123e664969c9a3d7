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

    /// RFC 7009, 2.2 gives a success no body; a JSON object that tells of no error is taken for one too. A page that
    /// somebody in between wrote is none. No answer is `.unknown`.
    package static func judge(_ answer: borrowing HTTPAnswer) -> Verdict {
        switch answer.status {
        case 200..<300: tellsSuccess(answer) ? .revoked : .unknown
        case 404, 405, 410, 501: .notSupported
        case 400..<500 where ![408, 425, 429].contains(answer.status): .refused
        default: .unknown
        }
    }

    private static func tellsSuccess(_ answer: borrowing HTTPAnswer) -> Bool {
        do throws(OAuthError.AnswerFault) {
            return try AnswerJSON(answer).isNothing(.error, in: answer)
        } catch { return error == .empty }
    }
}
