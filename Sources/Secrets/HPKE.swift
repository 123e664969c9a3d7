/// HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-GCM.
/// A composition of libcrypto's primitives: OpenSSL 3.0 has no HPKE. FORMAT "Notation", HPKE.
package enum HPKE {
    /// The AEADs of RFC 9180 section 7.3 that are here. The vault uses AES-256-GCM; the other is the one that
    /// the RFC has vectors for.
    package enum AEAD: UInt8, Sendable {
        case aes128GCM = 1
        case aes256GCM = 2

        var keySize: Int {
            switch self {
            case .aes128GCM: 16
            case .aes256GCM: 32
            }
        }
    }

    /// Size of `enc`, the encapsulation that stands before the ciphertext, in bytes.
    package static let encapsulationSize = 32

    /// enc32 ‖ ciphertext: the message's size and 48 bytes. AES-256-GCM, no additional data.
    /// - Throws: `.authenticationFailed(.hpke)` for a public key of low order.
    package static func seal(
        _ message: borrowing SecretBytes, to publicKey: [UInt8], info: [UInt8]
    ) throws(SecretsError) -> [UInt8] {
        try seal(message, to: publicKey, info: info, aead: .aes256GCM, ephemeral: Identity.generate())
    }

    /// Opens enc32 ‖ ciphertext. AES-256-GCM, no additional data.
    ///
    /// HPKE does not commit to a key: compare the identity's public half with the expected one first.
    /// - Throws: `.malformed(.hpke)` when there is too little; `.authenticationFailed(.hpke)` otherwise.
    package static func open(
        _ sealed: [UInt8], with identity: borrowing Identity, info: [UInt8]
    ) throws(SecretsError) -> SecretBytes {
        try open(sealed, with: identity, info: info, aead: .aes256GCM)
    }

    /// Seals with an encapsulation key that is given: for published vectors. One ephemeral key seals one
    /// message; a second to the same key and info would repeat the nonce.
    package static func seal(
        _ message: borrowing SecretBytes, to publicKey: [UInt8], info: [UInt8], aead: AEAD,
        additional: [UInt8] = [], ephemeral: borrowing Identity
    ) throws(SecretsError) -> [UInt8] {
        let enc = ephemeral.publicKey
        let shared = try decapsulate(ephemeral.secret, with: publicKey, context: enc + publicKey)
        let keys = try HPKEKeySchedule(shared: shared, info: info, aead: aead)
        var sealed = enc + [UInt8](repeating: 0, count: message.count + AESGCM.tagSize)
        var span = sealed.mutableSpan
        try message.withBytes { (message) throws(SecretsError) in
            try unsafe span.withUnsafeMutableBytes { (out) throws(SecretsError) in
                try unsafe keys.cipher.seal(
                    message, nonce: keys.nonce, additional: additional,
                    to: UnsafeMutableRawBufferPointer(rebasing: out[encapsulationSize...]))
            }
        }
        return sealed
    }

    /// Opens with any of the AEADs.
    package static func open(
        _ sealed: [UInt8], with identity: borrowing Identity, info: [UInt8], aead: AEAD,
        additional: [UInt8] = []
    ) throws(SecretsError) -> SecretBytes {
        let size = sealed.count - encapsulationSize - AESGCM.tagSize
        guard size >= 0 else { throw .malformed(.hpke) }
        let enc = Array(sealed.prefix(encapsulationSize))
        let shared = try decapsulate(identity.secret, with: enc, context: enc + identity.publicKey)
        let keys = try HPKEKeySchedule(shared: shared, info: info, aead: aead)
        return try unsafe SecretBytes(count: size) { (out) throws(SecretsError) in
            do throws(SecretsError) {
                try unsafe keys.cipher.open(
                    sealed.span.bytes.extracting(encapsulationSize...), nonce: keys.nonce,
                    additional: additional, to: out)
            } catch {
                throw error == .authenticationFailed(.aesGCM) ? .authenticationFailed(.hpke) : error
            }
        }
    }

    /// DHKEM's shared secret, 32 bytes; the same function on either side (RFC 9180 section 4.1).
    /// - Parameter context: enc ‖ the recipient's public key.
    private static func decapsulate(
        _ secret: borrowing SecretBytes, with publicKey: [UInt8], context: [UInt8]
    ) throws(SecretsError) -> SecretBytes {
        let exchanged: SecretBytes
        do throws(SecretsError) {
            exchanged = try X25519.sharedSecret(of: secret, with: publicKey)
        } catch {
            throw error == .authenticationFailed(.x25519) ? .authenticationFailed(.hpke) : error
        }
        let labels = HPKELabels.kem
        let prk = try exchanged.withBytes { (exchanged) throws(SecretsError) in
            try labels.extract(salt: RawSpan(), "eae_prk", exchanged)
        }
        return try labels.expand(prk, "shared_secret", context, count: 32)
    }
}
