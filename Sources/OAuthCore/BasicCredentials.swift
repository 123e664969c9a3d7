internal import Secrets

/// HTTP Basic (RFC 7617) with both halves form-encoded first (RFC 6749, 2.3.1).
enum BasicCredentials {
    /// The value of the Authorization header.
    static func header(_ clientID: String, _ secret: borrowing SecretBytes) throws(SecretsError)
        -> SecretBytes
    {
        var pair = try SecretBuffer(limit: 64 << 10, reserving: 2 * secret.count + 128)
        try pair.append(clear: PercentEncoding.encode(clientID))
        try pair.append(clear: ":")
        var encoded = try SecretBuffer(limit: 32 << 10, reserving: 2 * secret.count)
        try secret.withBytes { (span) throws(SecretsError) in try PercentEncoding.encode(span, into: &encoded)
        }
        try pair.append(encoded.finish())
        var value = try SecretBuffer(limit: 96 << 10, reserving: pair.count * 4 / 3 + 16)
        try value.append(clear: "Basic ")
        try pair.finish().withBytes { (span) throws(SecretsError) in try Base64.encode(span, into: &value) }
        return value.finish()
    }
}
