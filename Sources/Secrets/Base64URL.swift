/// base64url without padding (RFC 4648 section 5), as OAuth writes it.
package enum Base64URL {
    /// For what is not secret: a table is quicker, and where it is read shows in the caches.
    package static func encode(_ bytes: [UInt8]) -> String {
        let characters = Self.characters
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var start = 0
        while start + 3 <= bytes.count {
            let group = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            text.append(characters[group >> 18])
            text.append(characters[group >> 12 & 63])
            text.append(characters[group >> 6 & 63])
            text.append(characters[group & 63])
            start += 3
        }
        let rest = Array(bytes[start...])
        unsafe Base64Alphabet.urlSafe.encode(rest.span.bytes) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let characters = (0..<64).map { Base64Alphabet.urlSafe.character(of: $0) }

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
