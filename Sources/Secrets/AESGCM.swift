private import COpenSSL

/// AES-GCM (NIST SP 800-38D) with 128-bit tags under one key. The vault's own ciphertexts go through
/// Cobblestone and HPKE; this is what both are made of.
///
/// Owns one EVP_CIPHER_CTX, which keeps the expanded key and is wiped as it goes. Not Sendable: a context
/// works on one message at a time.
@safe
package struct AESGCM: ~Copyable {
    /// Size of a tag, in bytes. A sealed message is its plaintext's size and this.
    package static let tagSize = 16

    private let context: OpaquePointer

    /// Takes a key of 16, 24 or 32 bytes.
    /// - Throws: `.malformed(.aesGCM)` for another size.
    package init(key: RawSpan) throws(SecretsError) {
        let cipher: OpaquePointer?
        switch key.byteCount {
        case 16: unsafe cipher = unsafe Fetched.aes128GCM
        case 24: unsafe cipher = unsafe Fetched.aes192GCM
        case 32: unsafe cipher = unsafe Fetched.aes256GCM
        default: throw .malformed(.aesGCM)
        }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw LibcryptoFailure.of(.aesGCM) }
        let done = unsafe key.withUnsafeBytes {
            unsafe EVP_CipherInit_ex(context, cipher, nil, $0.baseAddress, nil, 1)
        }
        guard done == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw LibcryptoFailure.of(.aesGCM)
        }
        unsafe self.context = unsafe context
    }

    /// Writes ciphertext ‖ tag. A nonce is never used twice under one key: the callers say why not.
    /// - Parameter nonce: 1…128 bytes, of which 12 are usual.
    /// - Parameter out: exactly the message's size and `tagSize`.
    package borrowing func seal(
        _ message: RawSpan, nonce: [UInt8], additional: [UInt8] = [], to out: UnsafeMutableRawBufferPointer
    ) throws(SecretsError) {
        let size = message.byteCount
        guard size <= Int32.max, out.count == size + Self.tagSize else { throw .malformed(.aesGCM) }
        try begin(nonce: nonce, additional: additional, encrypt: 1)
        let done = unsafe message.withUnsafeBytes { message in
            unsafe update(message, to: out.baseAddress)
                && finish(tag: out.baseAddress.map { unsafe $0 + size }, encrypt: true)
        }
        guard done else { throw LibcryptoFailure.of(.aesGCM) }
    }

    /// Writes the plaintext of ciphertext ‖ tag, or throws with `out` all zero.
    /// - Parameter out: exactly the sealed message's size less `tagSize`.
    /// - Throws: `.authenticationFailed(.aesGCM)` when the tag does not match; `.malformed(.aesGCM)` for sizes.
    package borrowing func open(
        _ sealed: RawSpan, nonce: [UInt8], additional: [UInt8] = [], to out: UnsafeMutableRawBufferPointer
    ) throws(SecretsError) {
        let size = sealed.byteCount - Self.tagSize
        guard size >= 0, size <= Int32.max, out.count == size else { throw .malformed(.aesGCM) }
        try begin(nonce: nonce, additional: additional, encrypt: 0)
        let done = unsafe sealed.withUnsafeBytes { sealed in
            unsafe update(UnsafeRawBufferPointer(rebasing: sealed[..<size]), to: out.baseAddress)
                // libcrypto reads the tag here; the pointer is mutable only because one call does both.
                && finish(
                    tag: UnsafeMutableRawPointer(mutating: sealed.baseAddress.map { unsafe $0 + size }),
                    encrypt: false)
        }
        guard done else {
            // GCM decrypts before it can tell: what it wrote must not be seen.
            if let base = out.baseAddress { unsafe OPENSSL_cleanse(base, size) }
            LibcryptoFailure.forget()
            throw .authenticationFailed(.aesGCM)
        }
    }

    /// Sets the nonce and feeds the additional data; the key stays.
    private borrowing func begin(nonce: [UInt8], additional: [UInt8], encrypt: Int32) throws(SecretsError) {
        guard let nonceSize = Int32(exactly: nonce.count),
            let additionalSize = Int32(exactly: additional.count),
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, nonceSize, nil) == 1
        else {
            LibcryptoFailure.forget()
            throw .malformed(.aesGCM)
        }
        var written: Int32 = 0
        guard unsafe EVP_CipherInit_ex(context, nil, nil, nil, nonce, encrypt) == 1,
            unsafe additional.isEmpty
                || EVP_CipherUpdate(context, nil, &written, additional, additionalSize) == 1
        else { throw LibcryptoFailure.of(.aesGCM) }
    }

    private borrowing func update(_ input: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer?) -> Bool {
        // Nothing to feed, and libcrypto takes a nil output for additional data.
        guard input.count > 0 else { return true }
        var written: Int32 = 0
        let target = unsafe out?.assumingMemoryBound(to: UInt8.self)
        let source = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let done = unsafe EVP_CipherUpdate(context, target, &written, source, Int32(input.count))
        return done == 1 && written == input.count
    }

    private borrowing func finish(tag: UnsafeMutableRawPointer?, encrypt: Bool) -> Bool {
        let size = Int32(Self.tagSize)
        guard
            unsafe encrypt || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, size, tag) == 1
        else { return false }
        // GCM writes nothing at the end, but the call wants somewhere to write.
        var unused: (UInt64, UInt64) = (0, 0)
        var written: Int32 = 0
        let done = unsafe withUnsafeMutableBytes(of: &unused) {
            unsafe EVP_CipherFinal_ex(
                context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &written)
        }
        guard done == 1 else { return false }
        return unsafe !encrypt || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, size, tag) == 1
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }
}
