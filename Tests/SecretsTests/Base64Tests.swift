import Secrets
import Testing

@Suite struct Base64Tests {
    /// Every six bits, against the alphabet written out.
    @Test func alphabets() throws {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        var bytes: [UInt8] = []
        for value in stride(from: 0, to: 64, by: 4) {
            let group = value << 18 | (value + 1) << 12 | (value + 2) << 6 | (value + 3)
            bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
        }
        #expect(Base64URL.encode(bytes) == letters + "-_")
        var buffer = try SecretBuffer(limit: 64)
        try Base64.encode(bytes.span.bytes, into: &buffer)
        let standard = String(decoding: buffer.finish().revealed(), as: UTF8.self)
        #expect(standard == letters + "+/")
    }

    @Test(arguments: 0...64) func secretsAreWrittenAsTheRestIs(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
        var buffer = try SecretBuffer(limit: 128)
        try Base64URL.encode(bytes.span.bytes, into: &buffer)
        let text = String(decoding: buffer.finish().revealed(), as: UTF8.self)
        #expect(text == Base64URL.encode(bytes))
        #expect(Base64URL.decode(text) == bytes)
    }

    /// One text to one value: padding, foreign characters, sizes and bits that encoding does not give.
    @Test(arguments: ["A", "AAAAA", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n", "Zm9é"])
    func refused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
