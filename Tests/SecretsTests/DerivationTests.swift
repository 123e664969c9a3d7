import Secrets
import Testing

@Suite struct DerivationTests {
    /// The cost that a vault's passphrase slots have by default: refused by libcrypto when maxmem is not passed.
    @Test func scryptOfTheVaultsCost() throws {
        let input = try SecretBytes.of("passphrase")
        let key = try Scrypt.derive(input, salt: Array("salt".utf8), logN: 17, r: 8, p: 1, count: 32)
        let size = key.count
        #expect(size == 32)
    }

    @Test(arguments: [
        (0, 8, 1, 32), (31, 8, 1, 32), (-1, 8, 1, 32), (10, 0, 1, 32), (10, 8, 0, 32), (10, 8, 1, 0),
        (10, 1 << 20, 1, 32), (10, 1 << 10, 1 << 10, 32), (10, Int.max, Int.max, 32),
    ])
    func scryptParametersOutsideAreMalformed(logN: Int, r: Int, p: Int, count: Int) throws {
        let input = try SecretBytes.of("passphrase")
        let error = refusal { () throws(SecretsError) in
            _ = try Scrypt.derive(input, salt: [], logN: logN, r: r, p: p, count: count)
        }
        #expect(error == .malformed(.scrypt))
    }

    @Test(arguments: [0, -1, 255 * 64 + 1]) func hkdfSizesOutsideAreMalformed(count: Int) throws {
        let key = try SecretBytes.of("key")
        let error = refusal { () throws(SecretsError) in
            _ = try HKDF.expandSHA512(key: key, info: [], count: count)
        }
        #expect(error == .malformed(.hkdf))
    }

    /// libcrypto's limit is a failure with its code, and leaves nothing in the queue for the next one.
    @Test func anInfoOverTheLimitIsRefused() throws {
        let key = try SecretBytes.of("key")
        let info = [UInt8](repeating: 0, count: 40_000)
        for _ in 0..<2 {
            let error = refusal { () throws(SecretsError) in
                _ = try HKDF.expandSHA512(key: key, info: info, count: 32)
            }
            let isOfHKDF: Bool
            if case .libcrypto(.hkdf, _) = error { isOfHKDF = true } else { isOfHKDF = false }
            #expect(isOfHKDF)
        }
    }

    @Test func hmacOfNothingUnderNothing() throws {
        let key = try SecretBytes.of([])
        let code = try HMACSHA256.authenticate([], key: key)
        #expect(hex(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func randomBytesDiffer() throws {
        #expect(try Random.bytes(32) != Random.bytes(32))
        let first = try Random.secret(32)
        let second = try Random.secret(32)
        let same = first.equals(second)
        #expect(!same)
        #expect(try Random.bytes(0) == [])
        #expect(refusal { () throws(SecretsError) in _ = try Random.bytes(-1) } == .random)
    }
}
