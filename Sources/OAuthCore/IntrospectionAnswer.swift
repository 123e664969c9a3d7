/// What the provider says about a token (RFC 7662, 2.2). Nothing here is secret.
package struct IntrospectionAnswer: Equatable, Sendable {
    package enum Status: String, Equatable, Sendable, CaseIterable { case active, expired, revoked }

    package let active: Bool
    /// LinkedIn's word beside `active`; nil where none came, or another.
    package let status: Status?
    package let scopes: [String]?
    /// Epoch seconds; nil: not said.
    package let createdAt: Int64?
    /// `expires_at`, or the `exp` of RFC 7662.
    package let expiresAt: Int64?
    package let authorizedAt: Int64?

    /// - Throws: `.refused` of kind app for 400 and 401: the credentials in question are the app's, whatever the
    ///   body says, and never the member's grant.
    package static func read(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> IntrospectionAnswer {
        let json: AnswerJSON
        do { json = try AnswerReading.success(answer, profile: profile) } catch { throw asApp(error) }
        guard let active = json.flag(.active, in: answer) else {
            throw .unreadable(status: answer.status, .missingField)
        }
        return IntrospectionAnswer(
            active: active,
            status: json.text(.status, limit: 100, in: answer).flatMap(Status.init),
            scopes: ScopeList.read(json, answer).scopes,
            createdAt: time("created_at", or: "iat", json, answer),
            expiresAt: time("expires_at", or: "exp", json, answer),
            authorizedAt: time("authorized_at", or: "auth_time", json, answer))
    }

    private static func time(
        _ name: String, or standard: String, _ json: AnswerJSON, _ answer: borrowing HTTPAnswer
    ) -> Int64? {
        guard let time = json.integer(name, in: answer) ?? json.integer(standard, in: answer), time > 0 else {
            return nil
        }
        return time
    }

    private static func asApp(_ error: OAuthError) -> OAuthError {
        switch error {
        case .refused(let refusal) where [400, 401].contains(refusal.status) && refusal.kind != .app:
            .refused(
                OAuthError.Refusal(
                    kind: .app, code: .invalidClient, status: refusal.status, word: refusal.word,
                    description: refusal.description))
        case .refused, .stateMismatch, .issuerMismatch, .callback, .pasted, .unreadable, .redirectURI,
            .endpoint,
            .clientSecretMissing, .notOffered, .secrets:
            error
        }
    }
}
