internal import OAuthCore

/// Fields of a token answer that are not believed.
enum FlagWords {
    static func words(_ fields: [TokenAnswer.Field]) -> String {
        let names = fields.map { field in
            switch field {
            case .accessLifetime: "the access token's lifetime"
            case .refreshLifetime: "the consent's lifetime"
            case .scope: "the scopes"
            case .tokenType: "the token's type"
            }
        }
        let (value, verdict) =
            names.count == 1 ? ("a value", "it is not believed") : ("values", "they are not believed")
        let said =
            "the provider's answer gives \(value) for \(names.joined(separator: " and ")) that cannot be right; "
            + verdict
        guard fields.contains(.accessLifetime) else { return said }
        return said + "; a token whose end is unknown is due a day after it was issued"
    }

    /// For `--json`.
    static func json(_ fields: [TokenAnswer.Field]) -> JSONValue {
        .texts(
            fields.map { field in
                switch field {
                case .accessLifetime: "access-lifetime"
                case .refreshLifetime: "refresh-lifetime"
                case .scope: "scopes"
                case .tokenType: "token-type"
                }
            })
    }
}
