private import COpenSSL

/// The one owner of an EVP_PKEY of 32 raw bytes. libcrypto keeps a private key on the secure heap and wipes it
/// when the object goes.
@safe
struct KeyObject: ~Copyable, @unchecked Sendable {
    // @unchecked: an EVP_PKEY is not changed after it was made, and its reference count is atomic.
    private let pointer: OpaquePointer

    enum Kind {
        case x25519, ed25519

        var number: Int32 {
            switch self {
            case .x25519: EVP_PKEY_X25519
            case .ed25519: EVP_PKEY_ED25519
            }
        }

        var primitive: SecretsError.Primitive {
            switch self {
            case .x25519: .x25519
            case .ed25519: .ed25519
            }
        }
    }

    /// A key pair: X25519's scalar or Ed25519's seed, 32 bytes.
    init(_ kind: Kind, secret: borrowing SecretBytes) throws(SecretsError) {
        guard secret.count == 32 else { throw .malformed(kind.primitive) }
        let made = unsafe secret.withBytes { span in
            unsafe span.withUnsafeBytes {
                unsafe EVP_PKEY_new_raw_private_key(
                    kind.number, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
            }
        }
        guard let made = unsafe made else { throw LibcryptoFailure.of(kind.primitive) }
        unsafe pointer = unsafe made
    }

    /// A public key, 32 bytes.
    init(_ kind: Kind, publicKey: [UInt8]) throws(SecretsError) {
        guard publicKey.count == 32 else { throw .malformed(kind.primitive) }
        guard let made = unsafe EVP_PKEY_new_raw_public_key(kind.number, nil, publicKey, 32) else {
            throw LibcryptoFailure.of(kind.primitive)
        }
        unsafe pointer = unsafe made
    }

    /// 32 bytes.
    borrowing func publicKey(_ kind: Kind) throws(SecretsError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var size = 32
        guard unsafe EVP_PKEY_get_raw_public_key(pointer, &bytes, &size) == 1, size == 32 else {
            throw LibcryptoFailure.of(kind.primitive)
        }
        return bytes
    }

    /// Lends the EVP_PKEY for the length of the closure.
    borrowing func withPointer<R: ~Copyable, E: Error>(
        _ body: (OpaquePointer) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(pointer)
    }

    deinit { unsafe EVP_PKEY_free(pointer) }
}
