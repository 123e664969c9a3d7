private import COpenSSL

/// scrypt (RFC 7914).
package enum Scrypt {
    /// `count` bytes with N = 2^logN. Takes 128·r·2^logN bytes of memory while it runs.
    ///
    /// The caller holds the parameters to its own limits first; the ones here only keep the arithmetic whole.
    /// - Throws: `.malformed(.scrypt)` for parameters outside 1 ≤ logN ≤ 30, r ≥ 1, p ≥ 1, r·p < 2^20.
    package static func derive(
        _ input: borrowing SecretBytes, salt: [UInt8], logN: Int, r: Int, p: Int, count: Int
    ) throws(SecretsError) -> SecretBytes {
        guard (1...30).contains(logN), (1..<1 << 20).contains(r), (1..<1 << 20).contains(p), count > 0,
            r * p < 1 << 20
        else { throw .malformed(.scrypt) }
        let n = UInt64(1) << UInt64(logN)
        // What libcrypto counts: V and its scratch blocks (N + 2) and B (p). Without it 32 MiB is the limit
        // and logN 17 is refused.
        let memory = 128 * UInt64(r) * (n + 2 + UInt64(p))
        return try input.withBytes { (input) throws(SecretsError) in
            try unsafe SecretBytes(count: count) { (out) throws(SecretsError) in
                let done = unsafe input.withUnsafeBytes { input in
                    unsafe salt.withUnsafeBufferPointer { salt in
                        unsafe EVP_PBE_scrypt(
                            input.baseAddress, input.count, salt.baseAddress, salt.count, n, UInt64(r),
                            UInt64(p), memory, out.baseAddress, out.count)
                    }
                }
                guard done == 1 else { throw LibcryptoFailure.of(.scrypt) }
            }
        }
    }
}
