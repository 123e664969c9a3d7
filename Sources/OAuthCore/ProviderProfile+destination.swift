package import Secrets

extension ProviderProfile {
    /// What an app's row pins (FORMAT.md, `profile`): SHA-256 of the canonical JSON of everything that decides where
    /// secrets go: name, issuer, client_auth and every address that is sent one, those of the tests included.
    /// 32 bytes. Pages for people (`consent_page`, `documentation`) get no secret of ours and are left out.
    package func destinationDigest() throws(SecretsError) -> [UInt8] {
        try SHA256.hash(destination.canonical())
    }

    var destination: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("authorize_url", .string(authorizeURL.text)),
            .init("token_url", .string(tokenURL.text)), .init("client_auth", .string(clientAuth.rawValue)),
            .init("tests", .array(tests.map { .string($0.url.text) })),
        ]
        let optional = [
            ("introspect_url", introspectURL?.text), ("revoke_url", revokeURL?.text), ("issuer", issuer),
        ]
        for (key, text) in optional { if let text { members.append(.init(key, .string(text))) } }
        return .object(members)
    }
}
