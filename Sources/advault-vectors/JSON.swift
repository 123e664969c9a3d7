/// JSON to be read by people: two spaces, keys in the order they are given.
indirect enum JSON {
    case text(String)
    case number(Int)
    case list([JSON])
    case object([(String, JSON)])

    func written(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            let lines = items.map { inner + $0.written(indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { "\(inner)\(Self.quoted($0)): \($1.written(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// Everything outside printable ASCII is escaped, so that no editor normalises it.
    private static func quoted(_ text: String) -> String {
        let units = text.utf16.map { unit in
            switch unit {
            case 0x22: "\\\""
            case 0x5C: "\\\\"
            case 0x20...0x7E: String(UnicodeScalar(UInt8(unit)))
            default: "\\u" + Self.hexadecimal([UInt8(unit >> 8), UInt8(unit & 255)])
            }
        }
        return "\"" + units.joined() + "\""
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
