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

    /// `"name":value` of each, with commas between them.
    static func append(_ members: some Sequence<(String, Value)>, to json: inout [UInt8]) {
        var isFirst = true
        for (name, value) in members {
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            json += "\"\(name)\":".utf8
            append(value, to: &json)
        }
    }

    /// A number, null, or a string: text with `"`, `\` and U+0001…U+001F escaped (as \", \\ and \u00xx), a blob in
    /// base64url.
    private static func append(_ value: Value, to json: inout [UInt8]) {
        switch value {
        case .null: json += "null".utf8
        case .integer(let number): json += String(number).utf8
        case .blob(let bytes):
            json.append(UInt8(ascii: "\""))
            json += Base64URL.encode(bytes).utf8
            json.append(UInt8(ascii: "\""))
        case .text(let text):
            json.append(UInt8(ascii: "\""))
            for byte in text.utf8 { appendEscaped(byte, to: &json) }
            json.append(UInt8(ascii: "\""))
        }
    }

    private static func appendEscaped(_ byte: UInt8, to json: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
        case 0x00...0x1F: json += "\\u00\(Hexadecimal.encode([byte]))".utf8
        default: json.append(byte)
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
