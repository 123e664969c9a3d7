/// The limits of format 1. All are checked before a key derivation is paid for (FORMAT.md P9).
package enum Limits {
    package static let apps = 10_000
    package static let connections = 100_000
    package static let slots = 64
    package static let passphraseSlots = 8
    package static let generations: Int64 = 1_000
    /// The newest events that are kept.
    package static let events: Int64 = 100_000
    /// Bytes of a label, a name or another clear text.
    package static let text = 1_024
    /// Bytes of a list of scopes.
    package static let scopes = 4_096
    /// Bytes of a client secret or a token.
    package static let secret = 7_000
    /// Bytes of an account's name.
    package static let account = 256
    /// Bytes of a passphrase.
    package static let passphrase = 1_024
    /// Bytes of the file.
    package static let file: Int64 = 1 << 30
    /// Bytes of its -wal: a rotation writes every page of the file, each with a head of 24 bytes, and a page has 512 or
    /// more. Whoever comes after one that was killed finds all of it.
    package static let wal = file + file / 16

    /// scrypt's N = 2^log_n.
    package static let logN: ClosedRange<Int64> = 15...20
    package static let defaultLogN: Int64 = 17
    static let r: Int64 = 8
    static let p: Int64 = 1
    /// The sum of N over the slots that one passphrase would be tried on.
    package static let sumOfN: Int64 = 1 << 20
}
