/// base64url without padding (RFC 4648 section 5), as OAuth writes it.
package enum Base64URL {
    /// For what is not secret: a table is quicker, and where it is read shows in the caches.
    package static func encode(_ bytes: [UInt8]) -> String {
        let characters = Self.characters
        let whole = bytes.count / 3
        var text = [UInt8](repeating: 0, count: whole * 4)
        for group in 0..<whole {
            let (from, to) = (group * 3, group * 4)
            let bits = Int(bytes[from]) << 16 | Int(bytes[from + 1]) << 8 | Int(bytes[from + 2])
            text[to] = characters[bits >> 18]
            text[to + 1] = characters[bits >> 12 & 63]
            text[to + 2] = characters[bits >> 6 & 63]
            text[to + 3] = characters[bits & 63]
        }
        let rest = Array(bytes[(whole * 3)...])
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
