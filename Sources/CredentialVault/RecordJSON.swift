private import Secrets

/// The JSON of a record that is one line of text (`RecordLine`): one spelling for each value, read from front to end.
struct RecordJSON {
    private let bytes: [UInt8]
    private var index = 0

    enum Kind {
        case integer, text, blob

        init(_ type: Schema.Column.Kind) {
            switch type {
            case .integer: self = .integer
            case .text: self = .text
            case .blob: self = .blob
            }
        }
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    // MARK: Writing

    /// A number, null, or a string: text with `"`, `\` and U+0001…U+001F escaped (as \", \\ and \u00xx), a blob in
    /// base64url.
    static func encode(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .integer(let number): String(number)
        case .blob(let bytes): "\"\(Base64URL.encode(bytes))\""
        case .text(let text): "\"" + text.unicodeScalars.map(escaped).joined() + "\""
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{0}"..."\u{1F}": "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
        default: String(scalar)
        }
    }

    // MARK: Reading

    /// Whether the text comes next; it is passed over then.
    mutating func skip(_ text: String) -> Bool {
        let expected = text.utf8
        guard bytes[index...].starts(with: expected) else { return false }
        index += expected.count
        return true
    }

    /// The next value; nil for what is not of the kind and not null.
    mutating func value(_ kind: Kind) -> Value? {
        if skip("null") { return .null }
        switch kind {
        case .integer: return integer().map(Value.integer)
        case .text: return text().map(Value.text)
        case .blob: return text().flatMap(Base64URL.decode).map(Value.blob)
        }
    }

    private mutating func integer() -> Int64? {
        let digits = bytes[index...].prefix(20).prefix { (0x30...0x39).contains($0) }
        index += digits.count
        return String(validating: digits, as: UTF8.self).flatMap { Int64($0) }
    }

    /// A string's text. Which characters had to be escaped is seen when it is written again.
    private mutating func text() -> String? {
        guard skip("\"") else { return nil }
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let byte = escape() else { return nil }
                text.append(byte)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> UInt8? {
        if skip("\"") { return UInt8(ascii: "\"") }
        if skip("\\") { return UInt8(ascii: "\\") }
        guard skip("u00"), index + 2 <= bytes.count,
            let digits = String(validating: bytes[index..<index + 2], as: UTF8.self)
        else { return nil }
        index += 2
        return Hexadecimal.decode(digits)?.first
    }
}
