internal import Secrets

/// Proof Key for Code Exchange, method S256 (RFC 7636).
enum PKCE {
    /// 43 characters: base64url of 32 random bytes (4.1).
    static func verifier() throws(SecretsError) -> SecretBytes { try RandomText.make() }

    /// base64url of SHA-256 of the verifier's characters (4.2). Not secret: it stands in the browser's URL.
    static func challenge(of verifier: borrowing SecretBytes) throws(SecretsError) -> String {
        let hash = try verifier.withBytes { (span) throws(SecretsError) in try SHA256.hash(span) }
        return Base64URL.encode(hash)
    }
}

/// What nobody can guess: 32 random bytes as 43 characters of base64url.
enum RandomText {
    static func make() throws(SecretsError) -> SecretBytes {
        let random = try Random.secret(32)
        var buffer = try SecretBuffer(limit: 43, reserving: 43)
        try random.withBytes { (span) throws(SecretsError) in try Base64URL.encode(span, into: &buffer) }
        return buffer.finish()
    }
}
