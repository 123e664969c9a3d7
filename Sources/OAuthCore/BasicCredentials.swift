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
        try pair.finish().withBytes { (span) throws(SecretsError) in try base64(span, into: &value) }
        return value.finish()
    }

    /// RFC 4648, 4, with padding.
    private static func base64(_ span: RawSpan, into buffer: inout SecretBuffer) throws(SecretsError) {
        var at = 0
        while at < span.byteCount {
            let size = min(3, span.byteCount - at)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < size ? UInt32(span[byte: at + offset]) : 0) }
            for position in 0..<4 {
                let sextet = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * position)) & 63
                try buffer.append(position <= size ? character(sextet) : 0x3D)
            }
            at += 3
        }
    }

    /// By arithmetic, not by a table: the index into a table would be secret.
    private static func character(_ sextet: UInt8) -> UInt8 {
        switch sextet {
        case 0..<26: 0x41 + sextet
        case 26..<52: 0x61 + sextet - 26
        case 52..<62: 0x30 + sextet - 52
        case 62: 0x2B
        default: 0x2F
        }
    }
}
