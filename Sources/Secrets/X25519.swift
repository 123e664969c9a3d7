private import COpenSSL

/// X25519 (RFC 7748).
enum X25519 {
    /// The 32 bytes that both sides share.
    /// - Throws: `.authenticationFailed(.x25519)` when they are all zero: the public key is of low order and
    ///   was made to know the result (RFC 7748 section 6.1).
    static func sharedSecret(
        of secret: borrowing SecretBytes, with publicKey: [UInt8]
    ) throws(SecretsError) -> SecretBytes {
        let mine = try KeyObject(.x25519, secret: secret)
        let theirs = try KeyObject(.x25519, publicKey: publicKey)
        let context = try Derivation(mine)
        return try unsafe theirs.withPointer { (theirs) throws(SecretsError) in
            try unsafe context.derive(with: theirs)
        }
    }

    /// Whether whatever is shared with this public key is known beforehand.
    static func isOfLowOrder(_ publicKey: [UInt8]) throws(SecretsError) -> Bool {
        do throws(SecretsError) {
            // Any scalar tells: clamping makes each a multiple of the cofactor.
            _ = try sharedSecret(of: Random.secret(32), with: publicKey)
            return false
        } catch .authenticationFailed { return true } catch { throw error }
    }

    /// The one owner of an EVP_PKEY_CTX.
    @safe
    private struct Derivation: ~Copyable {
        private let pointer: OpaquePointer

        init(_ key: borrowing KeyObject) throws(SecretsError) {
            let made = unsafe key.withPointer { unsafe EVP_PKEY_CTX_new($0, nil) }
            guard let made = unsafe made else { throw LibcryptoFailure.of(.x25519) }
            unsafe pointer = unsafe made
        }

        borrowing func derive(with peer: OpaquePointer) throws(SecretsError) -> SecretBytes {
            guard unsafe EVP_PKEY_derive_init(pointer) == 1,
                unsafe EVP_PKEY_derive_set_peer(pointer, peer) == 1
            else { throw LibcryptoFailure.of(.x25519) }
            let shared = try unsafe SecretBytes(count: 32) { (out) throws(SecretsError) in
                var size = out.count
                let done = unsafe EVP_PKEY_derive(
                    pointer, out.baseAddress?.assumingMemoryBound(to: UInt8.self), &size)
                // All that can go wrong here is the zero result, which libcrypto refuses by itself.
                guard done == 1, size == 32 else {
                    LibcryptoFailure.forget()
                    throw .authenticationFailed(.x25519)
                }
            }
            // Checked once more: that libcrypto does is not in its manual.
            let zero = [UInt8](repeating: 0, count: 32)
            let isZero = shared.withBytes { unsafe ConstantTime.equal($0, zero.span.bytes) }
            guard !isZero else { throw .authenticationFailed(.x25519) }
            return shared
        }

        deinit { unsafe EVP_PKEY_CTX_free(pointer) }
    }
}
