extension JSONValue {
    /// One line without white space, members in their order.
    package func encoded() -> String {
        var text = ""
        JSONWriter.write(self, sorted: false, to: &text)
        return text
    }

    /// RFC 8785: members sorted by UTF-16, no white space. Integers must lie within ±(2^53 − 1), beyond which
    /// ECMAScript's numbers are not exact; all that advault makes canonical is text.
    package func canonical() -> [UInt8] {
        var text = ""
        JSONWriter.write(self, sorted: true, to: &text)
        return Array(text.utf8)
    }
}

/// Writes JSON as RFC 8785, 3.2.2 prescribes its primitives.
enum JSONWriter {
    static func write(_ value: JSONValue, sorted: Bool, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let integer):
            precondition(!sorted || integer.magnitude < 1 << 53, "no canonical form: not exact in ECMAScript")
            text += String(integer)
        case .string(let string): write(string, to: &text)
        case .array(let values):
            text += "["
            for (position, value) in values.enumerated() {
                if position > 0 { text += "," }
                write(value, sorted: sorted, to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (position, member) in (sorted ? inOrder(members) : members).enumerated() {
                if position > 0 { text += "," }
                write(member.name, to: &text)
                text += ":"
                write(member.value, sorted: sorted, to: &text)
            }
            text += "}"
        }
    }

    private static func inOrder(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{08}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{0C}": text += "\\f"
            case "\r": text += "\\r"
            case "\0"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
