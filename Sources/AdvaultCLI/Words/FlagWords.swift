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
        return "the provider's answer gives \(names.joined(separator: " and ")), which is not plausible"
    }
}
