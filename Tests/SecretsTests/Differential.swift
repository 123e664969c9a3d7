import Foundation
import Secrets
import Testing

/// S2, the Swift half of Tests/Differential/secrets.py: opens what the other implementation sealed, and seals
/// the same messages for it to open.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["ADVAULT_DIFFERENTIAL"] != nil,
        "ADVAULT_DIFFERENTIAL names no folder: run Tests/Differential/secrets.py"))
struct Differential {
    /// Fields of u32 size ‖ bytes, one after another.
    private struct Fields {
        let bytes: [UInt8]
        var place = 0

        mutating func next() -> [UInt8]? {
            guard place < bytes.count else { return nil }
            let size = Int(bytes[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            defer { place += 4 + size }
            return Array(bytes[place + 4..<place + 4 + size])
        }

        mutating func required() throws -> [UInt8] {
            let field = next()
            return try #require(field)
        }
    }

    @Test func bothWays() throws {
        let folder = URL(
            fileURLWithPath: try #require(ProcessInfo.processInfo.environment["ADVAULT_DIFFERENTIAL"]))
        var fields = Fields(bytes: Array(try Data(contentsOf: folder.appendingPathComponent("theirs"))))
        var answers = Data()
        func answer(_ field: [UInt8]) {
            withUnsafeBytes(of: UInt32(field.count).bigEndian) { answers.append(contentsOf: $0) }
            answers.append(contentsOf: field)
        }
        while let kind = fields.next() {
            let secret = try SecretBytes.of(try fields.required())
            let context = try fields.required()
            let message = try fields.required()
            let (first, second) = (try fields.required(), try fields.required())
            if kind == Array("C".utf8) {
                let opened = try Cobblestone.open(head: first, body: second, key: secret, context: context)
                try require(opened, is: message)
                let sealed = try Cobblestone.seal(opened, key: secret, context: context)
                answer(sealed.head)
                answer(sealed.body)
            } else {
                let identity = try Identity(secret: secret)
                try #require(identity.publicKey == first)
                let opened = try HPKE.open(second, with: identity, info: context)
                try require(opened, is: message)
                answer(try HPKE.seal(opened, to: first, info: context))
                answer([])
            }
        }
        try answers.write(to: folder.appendingPathComponent("ours"))
    }

    private func require(_ opened: borrowing SecretBytes, is message: [UInt8]) throws {
        let same = opened.revealed() == message
        try #require(same)
    }
}
