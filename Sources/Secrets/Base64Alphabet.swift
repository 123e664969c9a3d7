/// The two alphabets of RFC 4648, as arithmetic: a table read at a secret place would show it in the caches.
enum Base64Alphabet {
    /// Section 4: `+` and `/`.
    case standard
    /// Section 5: `-` and `_`.
    case urlSafe

    private var last: (UInt8, UInt8) {
        switch self {
        case .standard: (UInt8(ascii: "+"), UInt8(ascii: "/"))
        case .urlSafe: (UInt8(ascii: "-"), UInt8(ascii: "_"))
        }
    }

    /// The character of six bits.
    func character(of value: UInt8) -> UInt8 {
        let value = Int32(value)
        let (c62, c63) = (Int32(last.0), Int32(last.1))
        // Each term is the distance to the next range's characters, taken when the value is beyond the limit.
        var character = value + 0x41
        character += Self.over(value, 25) & (0x61 - 0x41 - 26)
        character += Self.over(value, 51) & (0x30 - 0x61 - 26)
        character += Self.over(value, 61) & (c62 - 0x30 - 10)
        character += Self.over(value, 62) & (c63 - c62 - 1)
        return UInt8(truncatingIfNeeded: character)
    }

    /// The six bits of a character; nil outside the alphabet. For what is not secret.
    func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case last.0: 62
        case last.1: 63
        default: nil
        }
    }

    /// Gives the characters of `bytes` one after another, without padding.
    func encode<E: Error>(_ bytes: RawSpan, to give: (UInt8) throws(E) -> Void) throws(E) {
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let left = min(3, bytes.byteCount - start)
            var group: UInt32 = 0
            for index in 0..<left { group |= UInt32(bytes[byte: start + index]) << UInt32(16 - 8 * index) }
            for index in 0...left {
                try give(character(of: UInt8(group >> UInt32(18 - 6 * index) & 63)))
            }
        }
    }

    /// All ones when `value` is greater than `limit`, else zero; both under 64.
    private static func over(_ value: Int32, _ limit: Int32) -> Int32 { (limit - value) >> 31 }
}
