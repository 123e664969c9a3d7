/// The inside of JSON strings: checked while parsing, resolved when handed out.
enum JSONText {
    /// Checks the escape that begins here, half surrogate pairs included, and steps over it.
    static func skipEscape(_ start: Int, _ span: RawSpan) throws(JSONFault) -> Int {
        guard start + 1 < span.byteCount else { throw .cutOff }
        guard span[byte: start + 1] == 0x75 else {
            guard resolve(span[byte: start + 1]) != nil else { throw .syntax(at: start) }
            return start + 2
        }
        let first = try unit(start, span)
        guard first & 0xF800 == 0xD800 else { return start + 6 }
        guard first < 0xDC00 else { throw .encoding(at: start) }
        guard start + 7 < span.byteCount else { throw .cutOff }
        guard span[byte: start + 6] == 0x5C, span[byte: start + 7] == 0x75 else { throw .encoding(at: start) }
        guard try unit(start + 6, span) & 0xFC00 == 0xDC00 else { throw .encoding(at: start) }
        return start + 12
    }

    /// Checks the character of two to four bytes that begins here and steps over it (RFC 3629, 4).
    static func skipUTF8(_ start: Int, _ span: RawSpan) throws(JSONFault) -> Int {
        let lead = span[byte: start]
        let size: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: size = 2
        case 0xE0: (size, second) = (3, 0xA0...0xBF)
        case 0xED: (size, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: size = 3
        case 0xF0: (size, second) = (4, 0x90...0xBF)
        case 0xF4: (size, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: size = 4
        default: throw .encoding(at: start)
        }
        guard start + size <= span.byteCount else { throw .cutOff }
        guard second.contains(span[byte: start + 1]) else { throw .encoding(at: start) }
        for offset in (start + 1)..<(start + size) where span[byte: offset] & 0xC0 != 0x80 {
            throw .encoding(at: start)
        }
        return start + size
    }

    /// Hands a string's bytes out one by one, escapes resolved. The node was checked by the parser.
    static func forEachByte<E: Error>(
        of node: JSONIndex.Node, _ span: RawSpan, _ body: (UInt8) throws(E) -> Void
    ) throws(E) {
        var at = node.range.lowerBound
        while at < node.range.upperBound {
            let byte = span[byte: at]
            guard byte == 0x5C else {
                try body(byte)
                at += 1
                continue
            }
            if let plain = resolve(span[byte: at + 1]) {
                try body(plain)
                at += 2
                continue
            }
            let (scalar, size) = self.scalar(at, span)
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { try body(byte) }
            at += size
        }
    }

    /// A copy of what is not secret: names, and the fields that `ClearField` lists.
    static func bytes(of node: JSONIndex.Node, _ span: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(node.range.count)
        forEachByte(of: node, span) { bytes.append($0) }
        return bytes
    }

    private static func resolve(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 0x22, 0x2F, 0x5C: letter
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: nil
        }
    }

    /// The four digits of `\uXXXX`.
    private static func unit(_ start: Int, _ span: RawSpan) throws(JSONFault) -> UInt32 {
        guard start + 6 <= span.byteCount else { throw .cutOff }
        var value: UInt32 = 0
        for offset in (start + 2)..<(start + 6) {
            guard let digit = Hexadecimal.value(of: span[byte: offset]) else { throw .syntax(at: offset) }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func scalar(_ start: Int, _ span: RawSpan) -> (Unicode.Scalar, size: Int) {
        // The parser has let through nothing else, so neither replacement can be reached.
        let first = (try? unit(start, span)) ?? 0xFFFD
        guard first & 0xF800 == 0xD800 else { return (Unicode.Scalar(first) ?? "\u{FFFD}", 6) }
        let second = (try? unit(start + 6, span)) ?? 0xFFFD
        let code = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
        return (Unicode.Scalar(code) ?? "\u{FFFD}", 12)
    }
}
