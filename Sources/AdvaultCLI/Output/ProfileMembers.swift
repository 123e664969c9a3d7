internal import OAuthCore

extension ProviderProfile {
    /// The keys of a provider file (DESIGN.md, Provider file), in its order.
    var members: [JSONValue.Member] {
        [
            .init("name", .string(name)), .init("authorize_url", .string(authorizeURL.text)),
            .init("token_url", .string(tokenURL.text)), .init("introspect_url", .text(introspectURL?.text)),
            .init("revoke_url", .text(revokeURL?.text)), .init("issuer", .text(issuer)),
            .init("consent_page", .text(consentPage?.text)),
            .init("documentation", .text(documentation?.text)),
            .init("client_auth", .string(clientAuth.rawValue)), .init("pkce", .string(pkce.rawValue)),
            .init("redirect_host", .string(redirectHost.rawValue)),
            .init("scopes", .texts(scopes)), .init("scope_separator", .string(scopeSeparator)),
            .init("authorize_params", .object(authorizeParams.map { .init($0.name, .string($0.value)) })),
            .init("token_params", .object(tokenParams.map { .init($0.name, .string($0.value)) })),
            .init("refresh_params", .object(refreshParams.map { .init($0.name, .string($0.value)) })),
            .init("refresh", .string(refresh.rawValue)),
            .init("refresh_grace_s", .integer(refreshGraceSeconds)),
            .init("headers", .object(headers.map { .init($0.name, .string($0.value)) })),
            .init("access_lifetime_field", .string(accessLifetimeField)),
            .init("refresh_lifetime_field", .string(refreshLifetimeField)),
            .init("tests", .array(tests.map(\.json))),
        ]
    }

    /// Every address that a secret may be sent to.
    var destinations: [String] {
        [tokenURL.text] + [introspectURL, revokeURL].compactMap { $0?.text } + tests.map(\.url.text)
    }
}

extension ProviderProfile.Test {
    fileprivate var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("url", .string(url.text)), .init("scope", .text(scope)),
        ])
    }
}

extension JSONValue {
    /// Nothing to show.
    var isEmpty: Bool {
        switch self {
        case .null, .array([]), .object([]): true
        case .bool, .integer, .string, .array, .object: false
        }
    }

    /// For people: a text as it is, what has parts as JSON.
    var words: String {
        switch self {
        case .string(let text): Printable.quoted(text, limit: 1000)
        case .null, .bool, .integer, .array, .object: Printable.bare(encoded(), limit: 4000)
        }
    }
}
