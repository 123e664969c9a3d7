package import Secrets

/// What the token endpoint gave, checked whole before any of it is handed out (RFC 6749, 5.1).
package struct TokenAnswer: ~Copyable, Sendable {
    /// A field whose value is not believed without a word to the operator.
    package enum Field: String, Equatable, Sendable, CaseIterable {
        case accessLifetime, refreshLifetime, scope, tokenType
    }

    /// 1 to 7,000 bytes of 0x20–0x7E.
    package let accessToken: SecretBytes
    /// nil: none came; keep the old one.
    package let refreshToken: SecretBytes?
    /// Seconds; nil: unknown, or not believed.
    package let expiresIn: Int64?
    /// Seconds; nil: unknown, or not believed.
    package let refreshExpiresIn: Int64?
    /// nil: not said, so what was asked for (RFC 6749, 5.1).
    package let scopes: [String]?
    /// What is not believed, and to be said.
    package let implausible: [Field]

    /// - Throws: `.refused` for an error answer, `.unreadable` for one that cannot be believed.
    package static func read(
        _ answer: borrowing HTTPAnswer, profile: ProviderProfile
    ) throws(OAuthError) -> TokenAnswer {
        let json = try AnswerReading.success(answer, profile: profile)
        let access = try token("access_token", json, answer)
        let refresh = try token("refresh_token", json, answer)
        let (lifetime, consent) = (profile.quirks?.lifetimes ?? .usual).judge(
            access: Lifetime.read(profile.accessLifetimeField, json, answer),
            refresh: Lifetime.read(profile.refreshLifetimeField, json, answer))
        let (scopes, scopesFit) = ScopeList.read(json, answer)
        let isBearer =
            json.text(.tokenType, limit: 100, in: answer).map { $0.lowercased() == "bearer" } ?? true
        let marks: [(Field, Bool)] = [
            (.accessLifetime, lifetime.isPlausible), (.refreshLifetime, consent.isPlausible),
            (.scope, scopesFit),
            (.tokenType, isBearer),
        ]
        switch consume access {
        case .some(let access):
            return TokenAnswer(
                accessToken: access, refreshToken: refresh, expiresIn: lifetime.seconds,
                refreshExpiresIn: consent.seconds, scopes: scopes,
                implausible: marks.filter { !$0.1 }.map(\.0))
        case .none: throw .unreadable(status: answer.status, .missingField)
        }
    }

    private static func token(
        _ name: String, _ json: AnswerJSON, _ answer: borrowing HTTPAnswer
    ) throws(OAuthError) -> SecretBytes? {
        do { return try json.secret(name, in: answer) } catch {
            switch error {
            case .token: throw .unreadable(status: answer.status, .token)
            case .secrets(let error): throw .secrets(error)
            }
        }
    }
}
