/// JSON that is not secret: provider files, settings, `--json`. Objects keep the order of their members.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Strict RFC 8259; at most 64 KiB, depth 8, no duplicate names, integers only.
    package static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue { fatalError() }

    /// One line, members in their order, only what must be escaped is.
    package func encoded() -> String { fatalError() }

    /// RFC 8785: members sorted by UTF-16, no white space. Integers must lie within ±(2^53 − 1).
    package func canonical() -> [UInt8] { fatalError() }
}
