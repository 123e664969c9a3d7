private import COpenSSL

/// HKDF (RFC 5869), its two halves apart.
///
/// `info` may have 32 KiB at most, less the digest's size and one: libcrypto's limit.
package enum HKDF {
    /// HKDF-Expand with SHA-512: `count` bytes, 1…16,320, out of a key that is uniform already.
    package static func expandSHA512(
        key: borrowing SecretBytes, info: [UInt8], count: Int
    ) throws(SecretsError) -> SecretBytes {
        try expand(key: key, info: info, count: count, digest: "SHA2-512", digestSize: 64)
    }

    /// HKDF-Expand with SHA-256: `count` bytes, 1…8,160.
    package static func expandSHA256(
        key: borrowing SecretBytes, info: [UInt8], count: Int
    ) throws(SecretsError) -> SecretBytes {
        try expand(key: key, info: info, count: count, digest: "SHA2-256", digestSize: 32)
    }

    /// HKDF-Extract with SHA-256: 32 bytes. The salt may be a secret: in HPKE's key schedule it is one.
    package static func extractSHA256(salt: RawSpan, input: RawSpan) throws(SecretsError) -> SecretBytes {
        try extract(salt: salt, input: input, digest: "SHA2-256", digestSize: 32)
    }

    /// HKDF-Extract with SHA-512: 64 bytes. The vault has no use for it; the published vectors do.
    package static func extractSHA512(salt: RawSpan, input: RawSpan) throws(SecretsError) -> SecretBytes {
        try extract(salt: salt, input: input, digest: "SHA2-512", digestSize: 64)
    }

    private static func extract(
        salt: RawSpan, input: RawSpan, digest: String, digestSize: Int
    ) throws(SecretsError) -> SecretBytes {
        try unsafe SecretBytes(count: digestSize) { (out) throws(SecretsError) in
            let done = unsafe salt.withUnsafeBytes { salt in
                unsafe input.withUnsafeBytes { input in
                    unsafe advault_hkdf_extract(
                        Fetched.hkdf, digest, input.baseAddress, input.count, salt.baseAddress, salt.count,
                        out.baseAddress,
                        out.count)
                }
            }
            guard done == 1 else { throw LibcryptoFailure.of(.hkdf) }
        }
    }

    private static func expand(
        key: borrowing SecretBytes, info: [UInt8], count: Int, digest: String, digestSize: Int
    ) throws(SecretsError) -> SecretBytes {
        guard (1...255 * digestSize).contains(count) else { throw .malformed(.hkdf) }
        return try key.withBytes { (key) throws(SecretsError) in
            try unsafe SecretBytes(count: count) { (out) throws(SecretsError) in
                let done = unsafe key.withUnsafeBytes { key in
                    unsafe info.withUnsafeBytes { info in
                        unsafe advault_hkdf_expand(
                            Fetched.hkdf, digest, key.baseAddress, key.count, info.baseAddress, info.count,
                            out.baseAddress,
                            out.count)
                    }
                }
                guard done == 1 else { throw LibcryptoFailure.of(.hkdf) }
            }
        }
    }
}
