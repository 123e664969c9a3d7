internal import Secrets

/// The keys of the kit. Everybody has them: advault refuses the machine keys (`PublishedTestKeys`).
enum TestKeys {
    /// Not normalised: it is written with U+00FC, and the one that looks the same is another.
    static let passphrase = "advault test key: f\u{FC}nf Schl\u{FC}ssel"
    static let decomposed = "advault test key: fu\u{308}nf Schlu\u{308}ssel"
    static let secondPassphrase = "advault test key: the second slot's"
    static let wrongPassphrase = "advault test key: enrolled nowhere"

    /// The machine that is enrolled in every vault with a machine slot.
    static func machine() throws -> Identity { try Identity(secret: secret(Seed.bytes("machine"))) }
    /// A machine that is enrolled in none.
    static func stranger() throws -> Identity { try Identity(secret: secret(Seed.bytes("stranger"))) }

    /// `ADVAULT-SECRET-KEY-1…`
    static func text(of identity: borrowing Identity) throws -> String {
        String(decoding: clear(try MachineKey.secretText(of: identity)), as: UTF8.self)
    }
}
