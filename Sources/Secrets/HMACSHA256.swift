private import COpenSSL

/// HMAC (RFC 2104) with SHA-256.
package enum HMACSHA256 {
    /// Size of a code, in bytes.
    package static let size = 32

    /// The 32 bytes that authenticate `message`. Compare them with `ConstantTime`.
    package static func authenticate(
        _ message: [UInt8], key: borrowing SecretBytes
    ) throws(SecretsError) -> [UInt8] {
        guard let keySize = Int32(exactly: key.count) else { throw .malformed(.hmac) }
        var code = [UInt8](repeating: 0, count: size)
        var span = code.mutableSpan
        let done = key.withBytes { key in
            unsafe key.withUnsafeBytes { key in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe span.withUnsafeMutableBufferPointer { code in
                        // Not nil even for an empty key: nil would mean "the key of the call before".
                        unsafe HMAC(
                            Fetched.sha256, key.baseAddress, keySize, message.baseAddress, message.count,
                            code.baseAddress, nil) != nil
                    }
                }
            }
        }
        guard done else { throw LibcryptoFailure.of(.hmac) }
        return code
    }
}
