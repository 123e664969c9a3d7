private import COpenSSL

/// Bytes from libcrypto's generators, seeded by the system.
package enum Random {
    /// `count` bytes that will be public: salts, nonces, identifiers.
    /// - Throws: `.random` when the generator gave nothing.
    package static func bytes(_ count: Int) throws(SecretsError) -> [UInt8] {
        guard let size = Int32(exactly: count), size >= 0 else { throw .random }
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        let done = unsafe span.withUnsafeMutableBufferPointer { unsafe RAND_bytes($0.baseAddress, size) }
        guard done == 1 else { throw refused() }
        return bytes
    }

    /// `count` bytes that stay secret: keys, verifiers. They come from the generator that libcrypto keeps for
    /// private values and are written straight onto the secure heap.
    package static func secret(_ count: Int) throws(SecretsError) -> SecretBytes {
        guard let size = Int32(exactly: count), size >= 0 else { throw .random }
        return try unsafe SecretBytes(count: count) { (buffer) throws(SecretsError) in
            guard unsafe RAND_priv_bytes(buffer.baseAddress, size) == 1 else { throw refused() }
        }
    }

    private static func refused() -> SecretsError {
        LibcryptoFailure.forget()
        return .random
    }
}
