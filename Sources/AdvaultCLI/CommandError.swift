package import OAuthCore
package import Secrets

/// What the command line itself refuses, before or after an operation. Facts only; `Words` has the sentences.
package enum CommandError: Error, Equatable, Sendable {
    // Arguments.
    /// A secret was written as an argument, where every user of the machine can read it.
    case secretArgument(option: String)
    /// The secret half of a machine key stands among the arguments.
    case secretKeyArgument
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
    /// What a program that should print a secret did instead. `source` is the option or variable that named it.
    case command(source: String, CommandFault)
    case secretTooLong(source: String, limit: Int)
    /// Unicode code points, and the cost it would have been stretched at.
    case passphraseTooShort(characters: Int, logN: Int64)
    case passphraseBytes(source: String)
    case passphrasesDiffer
    case secrets(SecretsError)

    // A program in our place.
    /// The system did not run the command.
    case notRun(command: String, RunFault)

    // The terminal and the streams.
    /// A signal came, or Ctrl-C was typed.
    case interrupted(signal: Int32)
    /// A signal came while several connections were refreshed; so many were not begun. `unstored`: new tokens of one
    /// that was begun could not be stored, which comes first.
    case stopped(signal: Int32, notTried: Int, of: Int, unstored: Bool)
    /// `--timeout` was over before so many connections were begun.
    case outOfTime(seconds: Int, notTried: Int, of: Int, unstored: Bool)
    case endOfInput
    case terminal(errno: Int32)
    case output(errno: Int32)

    // Settings and files.
    case noHome
    case settings(path: String, SettingsFault)
    case fileExists(path: String)
    /// One that was to be read.
    case file(path: String, errno: Int32)
    /// One that was to be made.
    case newFile(path: String, errno: Int32)

    package enum Asked: String, Equatable, Sendable {
        case clientSecret, pastedAddress, passphrase, generatedPassphrase, consent
    }

    package enum ArgumentFault: Equatable, Sendable {
        case duration(String)
        case apiVersion(String)
        case publicKey(SecretsError.MachineKeyFault)
        case vaultID(source: String, String)
        case namesAndAll
        case noNames
        case namesAndFilter
        /// None that a connection is shown in.
        case state(String)
        /// `tag` with neither `--add` nor `--remove`.
        case noTagChange
        case exclusive(String, String)
        case oneOf(String, String)
        case descriptor(Int32, DescriptorFault)
        case outside(option: String, ClosedRange<Int>)
        case noLabel
        /// `--json` for a command whose answer is no JSON.
        case noJSON(String)
        /// A new file is to be made, and none is named: the empty name, or `-`.
        case noFile
        /// No slot is called so; the labels that there are.
        case noSlot(String, there: [String])
        /// A key would be written into this work tree.
        case gitWorkTree(String)
        /// A machine's slot cannot be given a passphrase.
        case machineNeedsPublicKey
        /// Not 15…20.
        case kdfCost(Int64)
        /// Nothing stands behind `--`, or there is no `--`.
        case noCommand
        case variable(String, VariableName.Fault)
    }

    package enum RunFault: Equatable, Sendable {
        case notFound
        /// It is there, and what its first line names is not.
        case noInterpreter
        case refused(errno: Int32)
    }

    package enum DescriptorFault: Equatable, Sendable {
        /// Nobody handed it over.
        case closed
        /// 1 or 2: what is printed goes there.
        case output
        case terminal
        /// Named for the old key and for the new one.
        case bothKeys
    }

    package enum FileFault: Equatable, Sendable {
        case missing, folder, notRegular, foreignOwner
        /// The path leads through somebody else's link.
        case foreignLink(name: String)
        case wideMode(UInt32)
        case system(errno: Int32)
    }

    package enum CommandFault: Equatable, Sendable {
        /// No word at all, or an empty one first.
        case empty
        case openQuote
        case notStarted(String, errno: Int32)
        case failed(code: Int32)
        /// Ended by this signal.
        case signalled(Int32)
        case timedOut
        /// Bytes.
        case tooLong(limit: Int)
        case printedNothing
    }

    package enum SettingsFault: Equatable, Sendable {
        case unreadable(errno: Int32)
        case tooLarge
        case notJSON(JSONFault)
        case unknownKey(String)
        case wrongType(key: String, expected: String)
    }
}
