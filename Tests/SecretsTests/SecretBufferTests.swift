import Secrets
import Testing

@Suite struct SecretBufferTests {
    @Test func growsAndKeepsWhatWasWritten() throws {
        var buffer = try SecretBuffer(limit: 10_000, reserving: 1)
        var expected: [UInt8] = []
        for index in 0..<3_000 {
            let byte = UInt8(truncatingIfNeeded: index &* 7)
            try buffer.append(byte)
            expected.append(byte)
        }
        try buffer.append(clear: "token=")
        let chunk = [UInt8](repeating: 0x7A, count: 700)
        try buffer.append(chunk.span.bytes)
        let secret = try SecretBytes.of("secret")
        try buffer.append(secret)
        expected += Array("token=".utf8) + chunk + Array("secret".utf8)
        let count = buffer.count
        #expect(count == expected.count)
        let lent = buffer.withBytes { $0.withUnsafeBytes { Array($0) } }
        #expect(lent == expected)
        #expect(buffer.finish().revealed() == expected)
    }

    @Test func refusesToGrowOverItsLimitAndStaysWhole() throws {
        var buffer = try SecretBuffer(limit: 8)
        try buffer.append(clear: "12345")
        let long = [UInt8](repeating: 0, count: 4)
        var error: SecretsError?
        do throws(SecretsError) { try buffer.append(long.span.bytes) } catch let refused { error = refused }
        #expect(error == .overLimit(bytes: 8))
        try buffer.append(clear: "678")
        error = nil
        do throws(SecretsError) { try buffer.append(0) } catch let refused { error = refused }
        #expect(error == .overLimit(bytes: 8))
        #expect(buffer.finish().revealed() == Array("12345678".utf8))
    }

    @Test func forgetsFromTheEnd() throws {
        var buffer = try SecretBuffer(limit: 8)
        try buffer.append(clear: "abc")
        buffer.removeLast()
        try buffer.append(UInt8(ascii: "d"))
        let lent = buffer.withBytes { $0.withUnsafeBytes { Array($0) } }
        #expect(lent == Array("abd".utf8))
        buffer.removeAll()
        buffer.removeLast()
        let count = buffer.count
        #expect(count == 0)
        let size = buffer.finish().count
        #expect(size == 0)
    }

    @Test func nothingCanBeWrittenWhereNothingMay() throws {
        var buffer = try SecretBuffer(limit: 0)
        var error: SecretsError?
        do throws(SecretsError) { try buffer.append(1) } catch let refused { error = refused }
        #expect(error == .overLimit(bytes: 0))
        #expect(buffer.finish().revealed() == [])
    }
}
