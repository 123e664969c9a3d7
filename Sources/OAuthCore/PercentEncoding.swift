internal import Secrets

/// RFC 3986, 2.1: every byte but the unreserved ones is escaped, a space included.
///
/// This is also valid application/x-www-form-urlencoded, whose decoders take %20 for a space.
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            for part in escape(byte) { encoded.unicodeScalars.append(Unicode.Scalar(part)) }
        }
        return encoded
    }

    static func encode(_ span: RawSpan, into buffer: inout SecretBuffer) throws(SecretsError) {
        for offset in 0..<span.byteCount {
            let byte = span[byte: offset]
            if isUnreserved(byte) { try buffer.append(byte) } else { try append(escaped: byte, to: &buffer) }
        }
    }

    /// One byte of a form at `offset` and how many bytes it took; nil for "%" without two digits.
    /// "+" is a space (WHATWG URL, 5.1).
    static func decode(_ span: RawSpan, at offset: Int, end: Int) -> (byte: UInt8, size: Int)? {
        let byte = span[byte: offset]
        guard byte != 0x2B else { return (0x20, 1) }
        guard byte == 0x25 else { return (byte, 1) }
        guard offset + 2 < end, let high = Hexadecimal.value(of: span[byte: offset + 1]),
            let low = Hexadecimal.value(of: span[byte: offset + 2])
        else { return nil }
        return (high << 4 | low, 3)
    }

    private static func append(escaped byte: UInt8, to buffer: inout SecretBuffer) throws(SecretsError) {
        try buffer.append(0x25)
        try buffer.append(Hexadecimal.digit(byte >> 4))
        try buffer.append(Hexadecimal.digit(byte & 15))
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        isUnreserved(byte) ? [byte] : [0x25, Hexadecimal.digit(byte >> 4), Hexadecimal.digit(byte & 15)]
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
