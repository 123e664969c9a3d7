/// base64url without padding (RFC 4648 section 5), as OAuth writes it.
package enum Base64URL {
    /// For what is not secret.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        unsafe Base64Alphabet.urlSafe.encode(bytes.span.bytes) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// For what is secret.
    package static func encode(
        _ bytes: RawSpan, into buffer: inout SecretBuffer
    ) throws(SecretsError) {
        try Base64Alphabet.urlSafe.encode(bytes) { (character) throws(SecretsError) in
            try buffer.append(character)
        }
    }

    /// nil for a character outside the alphabet, padding included, for a size that encoding cannot give, and
    /// for left over bits that are not zero: one text to one value. For what is not secret.
    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let value = Base64Alphabet.urlSafe.value(of: character) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            pending &= 1 << bits - 1
        }
        return bits < 6 && pending == 0 ? bytes : nil
    }
}
