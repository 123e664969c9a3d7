package import OAuthCore
package import Secrets

/// What the command line itself refuses, before or after an operation. Facts only; `Words` has the sentences.
package enum CommandError: Error, Equatable, Sendable {
    // Arguments.
    /// A secret was written as an argument, where every user of the machine can read it.
    case secretArgument(option: String)
    case argument(ArgumentFault)
    /// Something that only a person can answer was to be asked, and there is no terminal.
    case noTerminal(Asked)

    // Keys.
    case noKeySource
    case noNewPassphraseSource
    /// Two ways to the same secret on one level.
    case twoSources(String, String)
    case emptySecret(source: String)
    case notAMachineKey(source: String, SecretsError.MachineKeyFault)
    /// The secret half of a key stands in keys/vectors of the source code.
    case publishedTestKey(source: String)
    case secretFile(path: String, FileFault)
    case secretTooLong(source: String, limit: Int)
    case passphraseTooShort(characters: Int)
    case passphraseBytes(source: String)
    case passphrasesDiffer
    case secrets(SecretsError)

    // The terminal and the streams.
    /// A signal came, or Ctrl-C was typed.
    case interrupted(signal: Int32)
    case endOfInput
    case terminal(errno: Int32)
    case output(errno: Int32)

    // Settings and files.
    case noHome
    case settings(path: String, SettingsFault)
    case fileExists(path: String)
    case file(path: String, errno: Int32)

    package enum Asked: String, Equatable, Sendable { case clientSecret, pastedAddress, passphrase }

    package enum ArgumentFault: Equatable, Sendable {
        case duration(String)
        case publicKey(SecretsError.MachineKeyFault)
        case vaultID(source: String, String)
        case namesAndAll
        case noNames
        case exclusive(String, String)
        case oneOf(String, String)
        case descriptor(Int32)
    }

    package enum FileFault: Equatable, Sendable {
        case missing, folder, notRegular, foreignOwner
        case wideMode(UInt32)
        case system(errno: Int32)
    }

    package enum SettingsFault: Equatable, Sendable {
        case unreadable(errno: Int32)
        case tooLarge
        case notJSON(JSONFault)
        case unknownKey(String)
        case wrongType(key: String, expected: String)
    }
}
