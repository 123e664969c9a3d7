import Secrets
import Testing

@Suite struct CobblestoneTests {
    private let context = Array("test context".utf8)

    private func key(_ byte: UInt8 = 0x42) throws -> SecretBytes {
        try SecretBytes.of([UInt8](repeating: byte, count: 32))
    }

    private func message(_ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
    }

    private func refused(_ head: [UInt8], _ body: [UInt8]) throws -> SecretsError? {
        let key = try key()
        return refusal { () throws(SecretsError) in
            _ = try Cobblestone.open(head: head, body: body, key: key, context: context)
        }
    }

    @Test(arguments: [0, 1, 512, 16_383, 16_384, 16_385, 32_768, 50_000])
    func roundTrip(size: Int) throws {
        let message = message(size)
        let sealed = try Cobblestone.seal(SecretBytes.of(message), key: key(), context: context)
        #expect(sealed.head.count == Cobblestone.headSize)
        #expect(sealed.body.count == size + (size / 16_384 + 1) * 16)
        let opened = try Cobblestone.open(head: sealed.head, body: sealed.body, key: key(), context: context)
        #expect(opened.revealed() == message)
    }

    @Test func everySealingHasItsOwnSalt() throws {
        let first = try Cobblestone.seal(SecretBytes.of([1]), key: key(), context: context)
        let second = try Cobblestone.seal(SecretBytes.of([1]), key: key(), context: context)
        #expect(first.head != second.head)
        #expect(first.body != second.body)
    }

    @Test func everyBitOfTheHeadIsCommittedTo() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(64)), key: key(), context: context)
        for bit in 0..<sealed.head.count * 8 {
            var head = sealed.head
            head[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try refused(head, sealed.body) == .commitmentMismatch, "bit \(bit)")
        }
    }

    @Test func everyBitOfTheBodyIsAuthenticated() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(64)), key: key(), context: context)
        for bit in 0..<sealed.body.count * 8 {
            var body = sealed.body
            body[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try refused(sealed.head, body) == .authenticationFailed(.cobblestone), "bit \(bit)")
        }
    }

    @Test func anotherKeyOrContextIsRefusedByTheHead() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(64)), key: key(), context: context)
        let right = try key()
        let wrong = try key(0x43)
        let otherKey = refusal { () throws(SecretsError) in
            _ = try Cobblestone.open(head: sealed.head, body: sealed.body, key: wrong, context: context)
        }
        #expect(otherKey == .commitmentMismatch)
        for other in [[], context + [0], Array(context.dropLast())] {
            let error = refusal { () throws(SecretsError) in
                _ = try Cobblestone.open(head: sealed.head, body: sealed.body, key: right, context: other)
            }
            #expect(error == .commitmentMismatch)
        }
    }

    @Test(arguments: [0, 16, 31, 33, 64]) func keysOfAnotherSizeAreMalformed(size: Int) throws {
        let key = try SecretBytes.of([UInt8](repeating: 1, count: size))
        let message = try SecretBytes.of([1])
        let error = refusal { () throws(SecretsError) in
            _ = try Cobblestone.seal(message, key: key, context: context)
        }
        #expect(error == .malformed(.cobblestone))
    }

    @Test func everyTruncationIsRefused() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(40)), key: key(), context: context)
        for size in sealed.body.indices {
            let error = try refused(sealed.head, Array(sealed.body.prefix(size)))
            #expect(error == (size < 16 ? .malformed(.cobblestone) : .authenticationFailed(.cobblestone)))
        }
        for size in sealed.head.indices {
            #expect(try refused(Array(sealed.head.prefix(size)), sealed.body) == .malformed(.cobblestone))
        }
    }

    @Test func chunksCannotBeDroppedAppendedOrSwapped() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(40_000)), key: key(), context: context)
        let chunk = 16_400
        let (a, b) = (Array(sealed.body[..<chunk]), Array(sealed.body[chunk..<2 * chunk]))
        let end = Array(sealed.body[(2 * chunk)...])
        // Without the short chunk the sizes already say so.
        #expect(try refused(sealed.head, a + b) == .malformed(.cobblestone))
        for body in [a + end, b + a + end, a + a + end, a + b + b + end, a + b + end + [0], end] {
            #expect(try refused(sealed.head, body) == .authenticationFailed(.cobblestone))
        }
    }

    /// A message larger than the secure heap, lent by the chunk.
    @Test func streaming() throws {
        let sealed = try Cobblestone.seal(SecretBytes.of(message(100_000)), key: key(), context: context)
        var opened: [UInt8] = []
        var sizes: [Int] = []
        try Cobblestone.open(head: sealed.head, body: sealed.body, key: key(), context: context) { chunk in
            sizes.append(chunk.byteCount)
            chunk.withUnsafeBytes { opened += $0 }
        }
        #expect(opened == message(100_000))
        #expect(sizes == [16_384, 16_384, 16_384, 16_384, 16_384, 16_384, 1_696])
    }

    /// Contexts are bound in the vault's own: names, scopes and tags make them long.
    @Test func aLongContext() throws {
        let context = [UInt8](repeating: 0x61, count: 20_000)
        let sealed = try Cobblestone.seal(SecretBytes.of([1, 2, 3]), key: key(), context: context)
        let opened = try Cobblestone.open(head: sealed.head, body: sealed.body, key: key(), context: context)
        #expect(opened.revealed() == [1, 2, 3])
    }
}
