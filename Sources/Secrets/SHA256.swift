private import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// Size of a digest, in bytes.
    package static let size = 32

    /// 32 bytes.
    package static func hash(_ message: RawSpan) throws(SecretsError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        var span = digest.mutableSpan
        let done = unsafe span.withUnsafeMutableBytes { unsafe write(message, to: $0) }
        guard done else { throw LibcryptoFailure.of(.sha256) }
        return digest
    }

    /// 32 bytes.
    package static func hash(_ message: [UInt8]) throws(SecretsError) -> [UInt8] {
        try unsafe hash(message.span.bytes)
    }

    /// 32 bytes that are as secret as what was hashed.
    package static func secretHash(_ message: RawSpan) throws(SecretsError) -> SecretBytes {
        try unsafe SecretBytes(count: size) { (buffer) throws(SecretsError) in
            guard unsafe write(message, to: buffer) else { throw LibcryptoFailure.of(.sha256) }
        }
    }

    private static func write(_ message: RawSpan, to digest: UnsafeMutableRawBufferPointer) -> Bool {
        unsafe message.withUnsafeBytes { message in
            unsafe EVP_Digest(
                message.baseAddress, message.count, digest.baseAddress, nil, Fetched.sha256, nil) == 1
        }
    }
}
