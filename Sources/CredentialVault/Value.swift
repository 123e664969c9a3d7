/// One column's value, in the storage classes that format 1 uses.
enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    static func optional(_ number: Int64?) -> Value { number.map(Value.integer) ?? .null }
    static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
    static func optional(_ bytes: [UInt8]?) -> Value { bytes.map(Value.blob) ?? .null }
}

extension String {
    /// Text is compared byte for byte (FORMAT.md, Notation); `==` would take NFC and NFD for equal.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
