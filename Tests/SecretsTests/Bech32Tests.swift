import Secrets
import Testing

/// BIP 173's own strings.
@Suite struct Bech32Tests {
    @Test(arguments: [
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "11" + String(repeating: "q", count: 82) + "c8247j",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        "?1ezyfcl",
    ])
    func valid(text: String) throws {
        let decoded = try Bech32.decode(Array(text.utf8).span.bytes)
        let separator = try #require(text.lastIndex(of: "1"))
        let prefix = String(decoding: decoded.prefix.revealed(), as: UTF8.self)
        #expect(prefix == text[..<separator].lowercased())
        let groups = decoded.groups.count
        #expect(groups == text[separator...].count - 7)
    }

    typealias Fault = SecretsError.MachineKeyFault

    private static let notBech32: [[UInt8]] = [
        [0x20] + Array("1nwldj5".utf8),
        [0x7F] + Array("1axkwrx".utf8),
        [0x80] + Array("1eym55h".utf8),
        Array(
            "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx".utf8
        ),
        Array("pzry9x0s0muk".utf8),
        Array("1pzry9x0s0muk".utf8),
        Array("x1b4n0q5v".utf8),
        Array("li1dgmt3".utf8),
        Array("de1lg7wt".utf8) + [0xFF],
        Array("10a06t8".utf8),
        Array("1qzzfhee".utf8),
        [],
    ]

    @Test(arguments: notBech32) func refused(text: [UInt8]) {
        #expect(fault(of: text) == .notBech32)
    }

    /// The first is the BIP's: its checksum is that of the prefix in upper case. The others are in both cases.
    @Test(arguments: [("A1G7SGD8", Fault.checksum), ("A12uEL5L", .mixedCase), ("a12UEL5L", .mixedCase)])
    func wrong(text: String, expected: Fault) {
        #expect(fault(of: Array(text.utf8)) == expected)
    }

    private func fault(of text: [UInt8]) -> Fault? {
        switch refusal({ () throws(SecretsError) in _ = try Bech32.decode(text.span.bytes) }) {
        case .machineKeyText(let fault): fault
        default: nil
        }
    }

    /// The string of BIP 173's alphabet counts from 0 to 31: the groups are what they are called.
    @Test func groups() throws {
        let text = Array("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw".utf8)
        let groups = try Bech32.decode(text.span.bytes).groups.revealed()
        #expect(groups == Array(0..<32))
    }

    @Test(arguments: 0...40) func roundTrip(size: Int) throws {
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
        for uppercase in [false, true] {
            let text = try Bech32.encode(prefix: "test", data.span.bytes, uppercase: uppercase).revealed()
            let decoded = try Bech32.decode(text.span.bytes)
            let same: Bool
            switch try Bech32.bytes(of: decoded) {
            case .some(let bytes): same = bytes.revealed() == data
            case .none: same = false
            }
            #expect(same)
            let isUppercase = decoded.isUppercase
            #expect(isUppercase == uppercase)
        }
    }

    /// Padding that encoding does not give has no bytes: a whole group too many, or bits that are not zero.
    @Test func padding() throws {
        for groups: [UInt8] in [[0], [0, 0, 0], [0, 1], [0, 0, 0, 0, 0, 0]] {
            let text = Self.text(of: groups)
            let decoded = try Bech32.decode(text.span.bytes)
            let refused: Bool
            switch try Bech32.bytes(of: decoded) {
            case .some: refused = false
            case .none: refused = true
            }
            #expect(refused, "\(groups)")
        }
    }

    private static func text(of groups: [UInt8]) -> [UInt8] {
        let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
        var remainder: UInt32 = 1
        func add(_ group: UInt8) {
            let generator: [UInt32] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
            let top = remainder >> 25
            remainder = (remainder & 0x1ffffff) << 5 ^ UInt32(group)
            for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { remainder ^= generator[bit] }
        }
        for group in [97 >> 5, 0, 97 & 31] + groups + [0, 0, 0, 0, 0, 0] { add(group) }
        let sum = (0..<6).map { UInt8((remainder ^ 1) >> UInt32(5 * (5 - $0)) & 31) }
        return Array("a1".utf8) + (groups + sum).map { alphabet[Int($0)] }
    }
}
