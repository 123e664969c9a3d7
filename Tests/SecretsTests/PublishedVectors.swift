import COpenSSL
import Foundation
import Secrets
import Testing

/// S1: the vectors that others publish, through the wrappers that the vault uses.
@Suite(.needsVectors)
struct PublishedVectors {
    @Test func aesGCM() throws {
        let file = try VectorFolder.decode(
            Wycheproof<AEADGroup>.self, "wycheproof/aes_gcm_test.json")
        var tally = Tally("AES-GCM")
        var ours = Tally("AES-GCM of the vault's shape")
        for group in file.testGroups {
            for test in group.tests {
                let passed = run(test)
                tally.count(test.tcId, passed)
                if (group.keySize, group.ivSize, group.tagSize) == (256, 96, 128) {
                    ours.count(test.tcId, passed)
                }
            }
        }
        // Nonces of 2,056 bits, which libcrypto 3.0 refuses (it takes 1,024 at most).
        tally.expect(cases: 316, exceptions: [268, 272, 276])
        ours.expect(cases: 66)
    }

    private func run(_ test: AEADGroup.Case) -> Bool {
        let sealed = hex(test.ct + test.tag)
        let message = hex(test.msg)
        let opened = try? SecretBytes(count: message.count) { (out) throws(SecretsError) in
            let cipher = try AESGCM(key: hex(test.key).span.bytes)
            try cipher.open(sealed.span.bytes, nonce: hex(test.iv), additional: hex(test.aad), to: out)
        }.revealed()
        guard test.result == "valid" else { return opened == nil }
        let again = try? SecretBytes(count: sealed.count) { (out) throws(SecretsError) in
            let cipher = try AESGCM(key: hex(test.key).span.bytes)
            try cipher.seal(message.span.bytes, nonce: hex(test.iv), additional: hex(test.aad), to: out)
        }.revealed()
        return opened == message && again == sealed
    }

    @Test func cobblestone() throws {
        let file = try VectorFolder.decode(
            Wycheproof<CobblestoneGroup>.self, "wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json")
        var tally = Tally("Cobblestone-256")
        for test in file.testGroups.flatMap(\.tests) {
            tally.count(test.tcId, try run(test))
        }
        tally.expect(cases: 35)
    }

    private func run(_ test: CobblestoneGroup.Case) throws -> Bool {
        let sealed = Inflate.inflate(zlib: hex(test.ct))
        let head = Array(sealed.prefix(Cobblestone.headSize))
        let body = Array(sealed.dropFirst(Cobblestone.headSize))
        let key = try SecretBytes.of(hex(test.key))
        let context = hex(test.ctx)
        // 4 MiB do not fit the secure heap: chunk by chunk.
        var message: [UInt8] = []
        let error = refusal { () throws(SecretsError) in
            try Cobblestone.open(head: head, body: body, key: key, context: context) { chunk in
                chunk.withUnsafeBytes { message += $0 }
            }
        }
        guard test.result == "valid" else {
            // Nothing is lent that the vector does not call the longest valid beginning.
            let refusedByHead = error == .commitmentMismatch || error == .malformed(.cobblestone)
            return error != nil && message.count <= test.msgLength ?? 0
                && (!test.flags.contains("HeaderFailure") || refusedByHead)
        }
        guard error == nil, message.count == test.msgLength, hex(sha512(message)) == test.msgSha512 else {
            return false
        }
        guard message.count <= 64 << 10 else { return true }
        let whole = try Cobblestone.open(head: head, body: body, key: key, context: context)
        let again = try Cobblestone.seal(whole, key: key, context: context, salt: Array(head.prefix(24)))
        return whole.revealed() == message && again.head == head && again.body == body
    }

    private func sha512(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        precondition(EVP_Digest(message, message.count, &digest, nil, EVP_sha512(), nil) == 1)
        return digest
    }

    @Test func hkdfSHA256() throws {
        let file = try VectorFolder.decode(Wycheproof<HKDFGroup>.self, "wycheproof/hkdf_sha256_test.json")
        var tally = Tally("HKDF-SHA256")
        for test in file.testGroups.flatMap(\.tests) {
            tally.count(
                test.tcId,
                run(test) { (salt, input) throws(SecretsError) in
                    try HKDF.extractSHA256(salt: salt, input: input)
                } expand: { (key, info, count) throws(SecretsError) in
                    try HKDF.expandSHA256(key: key, info: info, count: count)
                })
        }
        tally.expect(cases: 86)
    }

    @Test func hkdfSHA512() throws {
        let file = try VectorFolder.decode(Wycheproof<HKDFGroup>.self, "wycheproof/hkdf_sha512_test.json")
        var tally = Tally("HKDF-SHA512")
        for test in file.testGroups.flatMap(\.tests) {
            tally.count(
                test.tcId,
                run(test) { (salt, input) throws(SecretsError) in
                    try HKDF.extractSHA512(salt: salt, input: input)
                } expand: { (key, info, count) throws(SecretsError) in
                    try HKDF.expandSHA512(key: key, info: info, count: count)
                })
        }
        tally.expect(cases: 83)
    }

    private func run(
        _ test: HKDFGroup.Case,
        extract: (RawSpan, RawSpan) throws(SecretsError) -> SecretBytes,
        expand: (borrowing SecretBytes, [UInt8], Int) throws(SecretsError) -> SecretBytes
    ) -> Bool {
        var derived: [UInt8] = []
        let error = refusal { () throws(SecretsError) in
            let key = try extract(hex(test.salt).span.bytes, hex(test.ikm).span.bytes)
            derived = try expand(key, hex(test.info), test.size).revealed()
        }
        guard test.result == "valid" else { return error == .malformed(.hkdf) }
        return error == nil && derived == hex(test.okm)
    }

    @Test func hmacSHA256() throws {
        let file = try VectorFolder.decode(Wycheproof<MACGroup>.self, "wycheproof/hmac_sha256_test.json")
        var tally = Tally("HMAC-SHA256")
        for group in file.testGroups {
            for test in group.tests {
                let key = try SecretBytes.of(hex(test.key))
                let code = try HMACSHA256.authenticate(hex(test.msg), key: key).prefix(group.tagSize / 8)
                let equal = ConstantTime.equal(Array(code), hex(test.tag))
                tally.count(test.tcId, equal == (test.result == "valid"))
            }
        }
        tally.expect(cases: 174)
    }

    /// Made with pyca/cryptography's HPKE: the suite that the vault uses.
    private struct HPKEFile: Decodable {
        let vectors: [Case]

        struct Case: Decodable {
            let secret_key: String
            let public_key: String
            let info: String
            let aad: String
            let message: String
            let enc: String
            let ct: String
            let valid: Bool
        }
    }

    @Test func hpke() throws {
        let file = try VectorFolder.decode(HPKEFile.self, "rfc/hpke_x25519_sha256_aes256gcm.json")
        var valid = Tally("HPKE valid")
        var invalid = Tally("HPKE invalid")
        for (number, test) in file.vectors.enumerated() {
            let identity = try Identity(secret: SecretBytes.of(hex(test.secret_key)))
            #expect(identity.publicKey == hex(test.public_key))
            #expect(test.aad.isEmpty)
            var message: [UInt8] = []
            let error = refusal { () throws(SecretsError) in
                message = try HPKE.open(hex(test.enc + test.ct), with: identity, info: hex(test.info))
                    .revealed()
            }
            if test.valid {
                valid.count(number, error == nil && message == hex(test.message))
            } else {
                invalid.count(number, error == .authenticationFailed(.hpke))
            }
        }
        valid.expect(cases: 24)
        invalid.expect(cases: 5)
    }
}
