/// One column's value. Text is bytes, so that it can be what is not UTF-8.
enum Cell: Equatable {
    case null
    case integer(Int64)
    case text([UInt8])
    case blob([UInt8])

    var blob: [UInt8] { if case .blob(let bytes) = self { bytes } else { [] } }
    var text: String {
        if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
    var integer: Int64 { if case .integer(let number) = self { number } else { 0 } }

    /// The first bit the other way round.
    var flipped: Cell {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number ^ 1)
        case .text(let bytes): .text([bytes[0] ^ 1] + bytes.dropFirst())
        case .blob(let bytes): .blob([bytes[0] ^ 1] + bytes.dropFirst())
        }
    }
}

extension Cell: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(Array(value.utf8)) }
    init(nilLiteral: ()) { self = .null }
    init(_ text: String) { self = .text(Array(text.utf8)) }
}

/// `ctx` (SECURITY.md, Building blocks), written here a second time: the kit takes nothing from the module that it
/// is for, so that an error of the one does not become the expectation of the other.
struct Context {
    private(set) var bytes: [UInt8]

    init(_ label: String, _ fields: Cell...) {
        bytes = Array("advault/v1/\(label)".utf8) + [0]
        for field in fields { append(field) }
    }

    mutating func append(_ field: Cell) {
        switch field {
        case .null: bytes.append(0)
        case .integer(let number): bytes += [1] + bigEndian(UInt32(8)) + bigEndian(UInt64(bitPattern: number))
        case .text(let content), .blob(let content): bytes += [1] + bigEndian(UInt32(content.count)) + content
        }
    }
}

func bigEndian<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
    stride(from: T.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> T($0)) }
}
