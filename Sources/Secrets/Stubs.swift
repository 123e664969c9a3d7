// To be replaced, one file a primitive (Random, SHA256, HMACSHA256, HKDF, Scrypt, AESGCM, Cobblestone, X25519/Identity, HPKE, Ed25519, Bech32, MachineKey, Base64URL).

package enum Random {
    package static func bytes(_ count: Int) throws(SecretsError) -> [UInt8] { fatalError() }
    package static func secret(_ count: Int) throws(SecretsError) -> SecretBytes { fatalError() }
}
package enum SHA256 {
    /// 32 bytes.
    package static func hash(_ message: RawSpan) throws(SecretsError) -> [UInt8] { fatalError() }
    package static func hash(_ message: [UInt8]) throws(SecretsError) -> [UInt8] { fatalError() }
    /// of a secret, e.g. the passphrase context
    package static func secretHash(_ message: RawSpan) throws(SecretsError) -> SecretBytes { fatalError() }
}
package enum HMACSHA256 {
    package static func authenticate(_ message: [UInt8], key: borrowing SecretBytes) throws(SecretsError) -> [UInt8] { fatalError() }
}
package enum HKDF {
    package static func expandSHA512(key: borrowing SecretBytes, info: [UInt8], count: Int) throws(SecretsError) -> SecretBytes { fatalError() }
}
package enum Scrypt {
    /// N = 2^logN; passes maxmem.
    package static func derive(_ input: borrowing SecretBytes, salt: [UInt8], logN: Int, r: Int, p: Int, count: Int) throws(SecretsError) -> SecretBytes { fatalError() }
}
package enum Cobblestone {
    package static let headSize = 56
    package struct Sealed: Equatable, Sendable { package let head: [UInt8]; package let body: [UInt8] }
    package static func seal(_ message: borrowing SecretBytes, key: borrowing SecretBytes, context: [UInt8]) throws(SecretsError) -> Sealed { fatalError() }
    package static func open(head: [UInt8], body: [UInt8], key: borrowing SecretBytes, context: [UInt8]) throws(SecretsError) -> SecretBytes { fatalError() }
}
/// An X25519 key pair: the identity of a slot.
package struct Identity: ~Copyable, Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    package let secret: SecretBytes
    package static func generate() throws(SecretsError) -> Identity { fatalError() }
    /// Takes 32 bytes.
    package init(secret: consuming SecretBytes) throws(SecretsError) { fatalError() }
}
package enum HPKE {
    /// enc32 then ciphertext
    package static func seal(_ message: borrowing SecretBytes, to publicKey: [UInt8], info: [UInt8]) throws(SecretsError) -> [UInt8] { fatalError() }
    package static func open(_ sealed: [UInt8], with identity: borrowing Identity, info: [UInt8]) throws(SecretsError) -> SecretBytes { fatalError() }
}
package struct SigningKey: ~Copyable, Sendable {
    /// 32 bytes.
    package let publicKey: [UInt8]
    package init(seed: consuming SecretBytes) throws(SecretsError) { fatalError() }
    /// 64 bytes.
    package borrowing func sign(_ message: [UInt8]) throws(SecretsError) -> [UInt8] { fatalError() }
}
package enum Ed25519 {
    package static func verify(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool { fatalError() }
}
package enum MachineKey {
    /// `ADVAULT-SECRET-KEY-1…`
    package static func secretText(of identity: borrowing Identity) throws(SecretsError) -> SecretBytes { fatalError() }
    package static func identity(parsing text: borrowing SecretBytes) throws(SecretsError) -> Identity { fatalError() }
    /// `advault1…`
    package static func publicText(of publicKey: [UInt8]) -> String { fatalError() }
    package static func publicKey(parsing text: String) throws(SecretsError) -> [UInt8] { fatalError() }
}
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String { fatalError() }
    package static func encode(_ bytes: RawSpan, into buffer: inout SecretBuffer) throws(SecretsError) { fatalError() }
    package static func decode(_ text: String) -> [UInt8]? { fatalError() }
}
