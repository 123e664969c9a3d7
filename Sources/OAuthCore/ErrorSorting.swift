/// Sorts a provider's "no" by status, error word and, where a provider uses one word for several things, by a
/// documented part of the description. What nobody documented is transient: nothing is given up for it.
enum ErrorSorting {
    /// RFC 6749, 5.2 and 4.1.2.1, and words that several large providers share.
    private static let rules: [ErrorRule] = [
        ErrorRule("invalid_grant", is: .reconnect, .invalidGrant),
        ErrorRule("invalid_client", is: .app, .invalidClient),
        ErrorRule("unauthorized_client", is: .app, .unauthorizedClient),
        ErrorRule("invalid_scope", is: .app, .scope),
        ErrorRule("redirect_uri_mismatch", is: .app, .redirectURI),
        ErrorRule("invalid_request", is: .ours, .invalidRequest),
        ErrorRule("unsupported_grant_type", is: .ours, .invalidRequest),
        ErrorRule("unsupported_response_type", is: .ours, .invalidRequest),
    ]

    /// Only a callback can carry these: a person said no.
    private static let cancelWords: Set<String> = [
        "access_denied", "user_cancelled_login", "user_cancelled_authorize",
    ]

    /// An error answer of the token, introspection or revocation endpoint.
    static func answer(
        status: Int, word: String?, description: String?, profile: ProviderProfile
    ) -> OAuthError.Refusal {
        let sorted =
            isTransient(status) ? nil : sort(word: word, description: description, status: status, profile)
        return refusal(
            sorted ?? (.transient, .transient), status: status, word: word, description: description)
    }

    static func callback(
        word: String?, description: String?, profile: ProviderProfile
    ) -> OAuthError.Refusal {
        let cancelled =
            word.map(cancelWords.contains) == true && word.flatMap { profile.errorClasses[$0] } == nil
        let sorted =
            cancelled
            ? (.cancelled, .cancelled) : sort(word: word, description: description, status: nil, profile)
        return refusal(sorted ?? (.transient, .transient), status: nil, word: word, description: description)
    }

    private static func sort(
        word: String?, description: String?, status: Int?, _ profile: ProviderProfile
    ) -> (OAuthError.Kind, OAuthError.Code)? {
        guard let word else { return nil }
        let rule = ((profile.quirks?.errorRules ?? []) + rules).first {
            $0.matches(word: word, description: description, status: status)
        }
        guard let kind = profile.errorClasses[word] else { return rule.map { ($0.kind, $0.code) } }
        // The file says what it means; the finer word is kept where a rule of that kind has one.
        return (kind, rule?.kind == kind ? rule?.code ?? usual(kind) : usual(kind))
    }

    private static func usual(_ kind: OAuthError.Kind) -> OAuthError.Code {
        switch kind {
        case .reconnect: .invalidGrant
        case .app: .unauthorizedClient
        case .transient: .transient
        case .cancelled: .cancelled
        case .ours: .invalidRequest
        }
    }

    /// The server's own trouble, whatever the body says.
    private static func isTransient(_ status: Int) -> Bool {
        !(400..<500).contains(status) || [408, 425, 429].contains(status)
    }

    private static func refusal(
        _ sorted: (OAuthError.Kind, OAuthError.Code), status: Int?, word: String?, description: String?
    ) -> OAuthError.Refusal {
        OAuthError.Refusal(
            kind: sorted.0, code: sorted.1, status: status, word: word.map { String($0.prefix(100)) },
            description: description.map { String(HTMLEntities.decode($0).prefix(1000)) })
    }
}

extension ErrorRule {
    func matches(word: String, description: String?, status: Int?) -> Bool {
        guard word == self.word else { return false }
        if let status, !statuses.isEmpty, !statuses.contains(status) { return false }
        guard let part = descriptionHolds else { return true }
        guard let description else { return false }
        return Self.folded(HTMLEntities.decode(description)).contains(Self.folded(part))
    }

    /// As bytes, so that no normalisation or locale decides.
    private static func folded(_ text: String) -> ByteText {
        ByteText(bytes: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }
}

private struct ByteText {
    let bytes: [UInt8]

    func contains(_ part: ByteText) -> Bool {
        guard part.bytes.count <= bytes.count else { return false }
        return (0...(bytes.count - part.bytes.count)).contains { bytes[$0...].starts(with: part.bytes) }
    }
}
