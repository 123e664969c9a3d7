/// base64 with padding (RFC 4648 section 4), as HTTP Basic writes it.
package enum Base64 {
    package static func encode(
        _ bytes: RawSpan, into buffer: inout SecretBuffer
    ) throws(SecretsError) {
        try Base64Alphabet.standard.encode(bytes) { (character) throws(SecretsError) in
            try buffer.append(character)
        }
        for _ in 0..<(3 - bytes.byteCount % 3) % 3 { try buffer.append(UInt8(ascii: "=")) }
    }
}
