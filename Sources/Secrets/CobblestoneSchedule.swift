/// What one key, one salt and one context make: Cobblestone's cipher, its first nonce and its commitment.
struct CobblestoneSchedule: ~Copyable {
    let cipher: AESGCM
    /// 32 bytes; stands in the head.
    let commitment: [UInt8]
    /// 12 bytes. Not in the head, but of no use without the key: it may be an Array.
    private let firstNonce: [UInt8]

    private static let label = Array("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM".utf8)

    /// For sealing.
    init(key: borrowing SecretBytes, context: [UInt8], salt: [UInt8]) throws(SecretsError) {
        guard key.count == Cobblestone.keySize, salt.count == Cobblestone.saltSize else {
            throw .malformed(.cobblestone)
        }
        let derived = try HKDF.expandSHA512(
            key: key, info: Self.label + [0] + salt + context, count: 32 + 12 + 32)
        let cipher = try derived.withBytes { (span) throws(SecretsError) in
            try AESGCM(key: span.extracting(0..<32))
        }
        firstNonce = derived.withBytes { $0.extracting(32..<44).clearBytes() }
        commitment = derived.withBytes { $0.extracting(44..<76).clearBytes() }
        self.cipher = cipher
    }

    /// For opening: refuses a head that commits to another key or context, in constant time, before anything
    /// is decrypted.
    static func opening(
        _ head: [UInt8], key: borrowing SecretBytes, context: [UInt8]
    ) throws(SecretsError) -> CobblestoneSchedule {
        let salt = Array(head.prefix(Cobblestone.saltSize))
        let schedule = try CobblestoneSchedule(key: key, context: context, salt: salt)
        guard ConstantTime.equal(schedule.commitment, Array(head.dropFirst(Cobblestone.saltSize))) else {
            throw .commitmentMismatch
        }
        return schedule
    }

    /// nonce12 XOR u96(index). Chunks of one message have different nonces, and the key belongs to this
    /// message's salt alone.
    func nonce(of index: Int) -> [UInt8] {
        var nonce = firstNonce
        let counter = UInt64(index)
        for place in 0..<8 {
            nonce[11 - place] ^= UInt8(truncatingIfNeeded: counter >> UInt64(8 * place))
        }
        return nonce
    }
}
