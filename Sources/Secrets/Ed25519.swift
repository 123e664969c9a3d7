private import COpenSSL

/// An Ed25519 key pair (RFC 8032).
package struct SigningKey: ~Copyable, Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    private let key: KeyObject

    /// Takes the 32 bytes that RFC 8032 calls the private key.
    /// - Throws: `.malformed(.ed25519)` for another size.
    package init(seed: consuming SecretBytes) throws(SecretsError) {
        let key = try KeyObject(.ed25519, secret: seed)
        publicKey = try key.publicKey(.ed25519)
        self.key = key
    }

    /// 64 bytes; the same for the same message.
    package borrowing func sign(_ message: [UInt8]) throws(SecretsError) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureSize)
        var size = signature.count
        let context = try SignatureContext()
        let done = unsafe key.withPointer { key in
            unsafe context.withPointer { context in
                unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestSign(context, &signature, &size, message, message.count) == 1
            }
        }
        guard done, size == Ed25519.signatureSize else { throw LibcryptoFailure.of(.ed25519) }
        return signature
    }
}

package enum Ed25519 {
    /// In bytes.
    package static let signatureSize = 64

    /// Whether the holder of `publicKey` (32 bytes) signed `message`. Anything that is not a key or not a
    /// signature did not.
    package static func verify(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureSize, let key = try? KeyObject(.ed25519, publicKey: publicKey),
            let context = try? SignatureContext()
        else { return false }
        let valid = unsafe key.withPointer { key in
            unsafe context.withPointer { context in
                unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                    && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
            }
        }
        if !valid { LibcryptoFailure.forget() }
        return valid
    }
}

/// The one owner of an EVP_MD_CTX.
@safe
private struct SignatureContext: ~Copyable {
    private let pointer: OpaquePointer

    init() throws(SecretsError) {
        guard let made = unsafe EVP_MD_CTX_new() else { throw LibcryptoFailure.of(.ed25519) }
        unsafe pointer = unsafe made
    }

    borrowing func withPointer<R>(_ body: (OpaquePointer) -> R) -> R { unsafe body(pointer) }

    deinit { unsafe EVP_MD_CTX_free(pointer) }
}
