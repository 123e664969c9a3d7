/// `ctx` of FORMAT.md, Notation: what binds a ciphertext, a digest or a signature to its place.
///
/// "advault/v1/" ‖ label ‖ 0x00 ‖ each field: 0x00 when NULL, else 0x01 ‖ u32 length ‖ bytes; an integer is
/// eight bytes long. Encode only: nothing parses it, so two field lists can never be read as one another.
struct BoundContext {
    private(set) var bytes: [UInt8]

    init(_ label: Label) {
        bytes = Array("advault/v1/".utf8) + Array(label.rawValue.utf8) + [0]
    }

    init(_ label: Label, _ fields: Value...) {
        self.init(label)
        for field in fields { append(field) }
    }

    mutating func append(_ field: Value) {
        switch field {
        case .null: bytes.append(0)
        case .integer(let number): append(size: 8) { withBigEndian(UInt64(bitPattern: number), append: &$0) }
        case .text(let text): append(size: text.utf8.count) { $0.append(contentsOf: text.utf8) }
        case .blob(let blob): append(size: blob.count) { $0.append(contentsOf: blob) }
        }
    }

    private mutating func append(size: Int, _ body: (inout [UInt8]) -> Void) {
        bytes.append(1)
        // Fields are at most 1 MiB (the length limit of the database), so the size fits 32 bits.
        withBigEndian(UInt32(size), append: &bytes)
        body(&bytes)
    }
}

/// Appends an integer's bytes, most significant first.
func withBigEndian<T: FixedWidthInteger>(_ number: T, append bytes: inout [UInt8]) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> T(shift)))
    }
}
