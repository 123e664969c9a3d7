import Secrets
import Testing

@Suite struct SecretBytesTests {
    private enum Foreign: Error, Equatable { case refused, memory }

    @Test func copiesAndCompares() throws {
        let secret = try SecretBytes.of("one")
        let copy = try secret.copy()
        let other = try SecretBytes.of("two")
        let longer = try SecretBytes.of("one ")
        let empty = try SecretBytes.of("")
        let results = [
            secret.equals(copy), secret.equals(other), secret.equals(longer), empty.equals(secret),
            empty.equals(empty),
        ]
        #expect(results == [true, false, false, false, true])
        #expect(empty.revealed() == [])
    }

    @Test func whatIsNotFilledIsZero() throws {
        let secret = try SecretBytes(count: 64) { (out) throws(SecretsError) in out[3] = 9 }
        #expect(secret.revealed() == [0, 0, 0, 9] + [UInt8](repeating: 0, count: 60))
    }

    @Test func aRefusalWhileFillingComesThrough() {
        var error: Foreign?
        do throws(Foreign) {
            _ = try SecretBytes(
                count: 8, filling: { (_) throws(Foreign) in throw .refused }, orThrow: { _ in .memory })
        } catch let refused { error = refused }
        #expect(error == .refused)
    }

    @Test(arguments: [([UInt8](), [UInt8]()), ([1], [1]), ([1, 2, 3], [1, 2, 3])])
    func constantTimeEquals(a: [UInt8], b: [UInt8]) {
        #expect(ConstantTime.equal(a, b))
        #expect(!ConstantTime.equal(a, b + [0]))
        #expect(!ConstantTime.equal(a + [1], b + [2]))
    }
}
