import COpenSSL
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

    /// libcrypto's own limit; 3.0 gives no reason for it.
    @Test func anInfoOverTheLimitIsRefused() throws {
        let key = try SecretBytes.of("key")
        let error = refusal { () throws(SecretsError) in
            _ = try HKDF.expandSHA512(key: key, info: [UInt8](repeating: 0, count: 40_000), count: 32)
        }
        guard case .libcrypto(.hkdf, _) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
    }

    /// RFC 7914 section 2 wants N < 2^(16·r). The reason is told once and does not stay in the queue.
    @Test func aFailureOfLibcryptoIsToldOnce() throws {
        let input = try SecretBytes.of("passphrase")
        let error = refusal { () throws(SecretsError) in
            _ = try Scrypt.derive(input, salt: [], logN: 16, r: 1, p: 1, count: 32)
        }
        let left = ERR_peek_error()
        guard case .libcrypto(.scrypt, let code) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(code != 0)
        #expect(left == 0)
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
