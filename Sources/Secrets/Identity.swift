/// An X25519 key pair: the identity of a slot. FORMAT "Keys".
package struct Identity: ~Copyable, Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    /// 32 bytes: the scalar as it was drawn, not clamped; X25519 clamps as it multiplies.
    package let secret: SecretBytes

    /// A fresh pair.
    package static func generate() throws(SecretsError) -> Identity {
        try Identity(secret: Random.secret(32))
    }

    /// Takes 32 bytes.
    /// - Throws: `.malformed(.x25519)` for another size.
    package init(secret: consuming SecretBytes) throws(SecretsError) {
        publicKey = try KeyObject(.x25519, secret: secret).publicKey(.x25519)
        self.secret = secret
    }
}
