private import Secrets

/// SHA-256 by libcrypto, for the log's fingerprints and PKCE: a primitive is not written again for a sandbox.
package enum Fingerprint {
    /// 32 bytes.
    package static func sha256(_ text: String) -> [UInt8] {
        // libcrypto has no reason to refuse a hash but memory, and a sandbox may end there.
        try! SHA256.hash(Array(text.utf8))
    }

    /// 64 lowercase characters.
    package static func hexadecimal(_ text: String) -> String {
        sha256(text).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
