/// What can go wrong around key bytes. Facts only: no case carries input, key or plaintext.
package enum SecretsError: Error, Equatable, Sendable {
    /// The secure heap has no block of this many bytes left.
    case outOfSecureMemory(bytes: Int)
    /// A buffer would have grown over its limit, in bytes.
    case overLimit(bytes: Int)
    /// libcrypto refused a call that cannot fail on valid input; the code is `ERR_get_error()`'s.
    case libcrypto(Primitive, code: UInt)
    /// The system's random generator gave nothing.
    case random
    /// A key, salt, ciphertext or parameter is not of the size or range that its primitive demands.
    case malformed(Primitive)
    /// Cobblestone's commitment is another key's or another context's. Nothing was decrypted.
    case commitmentMismatch
    /// An authentication tag, a signature's form or a shared secret was refused.
    case authenticationFailed(Primitive)
    /// A machine key text is not one that advault wrote; the payload says in which way.
    case machineKeyText(MachineKeyFault)

    package enum Primitive: String, Equatable, Sendable {
        case aesGCM, cobblestone, ed25519, hkdf, hmac, hpke, scrypt, sha256, x25519
    }

    package enum MachineKeyFault: String, Equatable, Sendable {
        /// Not Bech32 at all: a human phrase.
        case notBech32
        /// The checksum is wrong: mistyped, damaged or cut off.
        case checksum
        /// Bech32 with another prefix than the one that was expected, or with that one in the wrong case.
        case prefix
        /// A secret key stands where a public one was expected.
        case secretInsteadOfPublic
        /// A public key stands where a secret one was expected.
        case publicInsteadOfSecret
        /// Upper and lower case mixed.
        case mixedCase
        /// Not 32 bytes.
        case length
        /// A public key that no secret one has: what two sides share through it is zero (RFC 7748 section 6.1).
        case lowOrder
    }
}
