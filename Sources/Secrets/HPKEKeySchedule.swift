/// What RFC 9180 section 5.1 makes of a shared secret, for one message in base mode.
struct HPKEKeySchedule: ~Copyable {
    let cipher: AESGCM
    /// 12 bytes: the base nonce, which is the nonce of message 0, and there is no other message.
    let nonce: [UInt8]

    init(shared: borrowing SecretBytes, info: [UInt8], aead: HPKE.AEAD) throws(SecretsError) {
        let labels = HPKELabels.suite(aead)
        let none = RawSpan()
        // Base mode (0): no pre-shared key, so that its identifier and the key itself are empty.
        var context: [UInt8] = [0]
        context += try Self.clear(labels.extract(salt: none, "psk_id_hash", none))
        context += try unsafe Self.clear(labels.extract(salt: none, "info_hash", info.span.bytes))
        let secret = try shared.withBytes { (shared) throws(SecretsError) in
            try labels.extract(salt: shared, "secret", none)
        }
        let nonce = try Self.clear(labels.expand(secret, "base_nonce", context, count: 12))
        let key = try labels.expand(secret, "key", context, count: aead.keySize)
        let cipher = try key.withBytes { (key) throws(SecretsError) in try AESGCM(key: key) }
        self.nonce = nonce
        self.cipher = cipher
    }

    /// Hashes of what is public, and the nonce, which is of no use without the key, may be an Array.
    private static func clear(_ bytes: consuming SecretBytes) -> [UInt8] {
        bytes.withBytes { $0.clearBytes() }
    }
}
