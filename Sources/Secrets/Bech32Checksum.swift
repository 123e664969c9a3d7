/// BIP 173's checksum: the remainder of a polynomial over GF(32), fed one group of five bits at a time.
struct Bech32Checksum {
    /// In groups, which are also characters.
    static let size = 6
    private static let generator: [UInt32] = [
        0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
    ]

    private var remainder: UInt32 = 1

    /// Starts with the prefix, in lower case.
    init(prefix: RawSpan) {
        for index in 0..<prefix.byteCount { add(prefix[byte: index] >> 5) }
        add(0)
        for index in 0..<prefix.byteCount { add(prefix[byte: index] & 31) }
    }

    mutating func add(_ group: UInt8) {
        let top = remainder >> 25
        remainder = (remainder & 0x1ff_ffff) << 5 ^ UInt32(group)
        // A mask and not a branch: the groups may be a key's.
        for bit in 0..<5 { remainder ^= Self.generator[bit] & (0 &- (top >> UInt32(bit) & 1)) }
    }

    /// Whether the groups added, checksum included, are a whole text's.
    var isRight: Bool { remainder == 1 }

    /// The six groups that make it right.
    var groups: [UInt8] {
        var ending = self
        for _ in 0..<Self.size { ending.add(0) }
        let value = ending.remainder ^ 1
        return (0..<Self.size).map { UInt8(value >> UInt32(5 * (Self.size - 1 - $0)) & 31) }
    }
}
