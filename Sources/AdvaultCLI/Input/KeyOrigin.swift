package import CredentialVault
internal import Secrets

/// Where the key that opens the vault comes from. A flag beats the environment; two on one level are an error.
package enum KeyOrigin: Equatable, Sendable {
    case keyFile(String)
    case passphraseFile(String)
    case environmentKey
    case environmentPassphrase
    /// A passphrase typed at the terminal.
    case prompt
    /// None, and no terminal to ask on: an error as soon as a key is needed.
    case missing

    package struct Flags: Equatable, Sendable {
        package var keyFile: String?
        package var passphraseFile: String?
        package init(keyFile: String? = nil, passphraseFile: String? = nil) {
            (self.keyFile, self.passphraseFile) = (keyFile, passphraseFile)
        }
    }

    /// Picks the source and reads nothing, so that wrong usage is told before anything happens.
    package static func choose(_ flags: Flags, _ context: CommandContext) throws(CommandError) -> KeyOrigin {
        let given: [(String, KeyOrigin)?] = [
            flags.keyFile.map { ("--key-file", .keyFile($0)) },
            flags.passphraseFile.map { ("--passphrase-file", .passphraseFile($0)) },
        ]
        if let source = try single(given) { return source }
        let set: [(String, KeyOrigin)?] = [
            context.secrets.isSet(.key) ? ("ADVAULT_KEY", .environmentKey) : nil,
            context.variable("ADVAULT_KEY_FILE").map { ("ADVAULT_KEY_FILE", .keyFile($0)) },
            context.secrets.isSet(.passphrase) ? ("ADVAULT_PASSPHRASE", .environmentPassphrase) : nil,
            context.variable("ADVAULT_PASSPHRASE_FILE").map {
                ("ADVAULT_PASSPHRASE_FILE", .passphraseFile($0))
            },
        ]
        if let source = try single(set) { return source }
        return Terminal.isThere ? .prompt : .missing
    }

    /// Reads the key. A typed passphrase can be asked for again by calling this again; the others cannot change.
    package func read(_ context: CommandContext) throws(CommandError) -> UnlockKey {
        switch self {
        case .keyFile(let path):
            return .machine(try KeyOrigin.identity(SecretFile.read(path, limit: KeyOrigin.keyLimit), path))
        case .environmentKey:
            return .machine(try KeyOrigin.identity(environment(.key, context), "ADVAULT_KEY"))
        case .passphraseFile(let path):
            return .passphrase(
                try Passphrase.checked(SecretFile.read(path, limit: Passphrase.limit), source: path))
        case .environmentPassphrase:
            return .passphrase(
                try Passphrase.checked(environment(.passphrase, context), source: "ADVAULT_PASSPHRASE"))
        case .prompt:
            return .passphrase(try Passphrase.ask("Passphrase of the vault: "))
        case .missing: throw .noKeySource
        }
    }

    /// A machine key is 74 characters; a little more, so that what is wrong about a longer one can be said.
    private static let keyLimit = 1024

    private static func identity(
        _ text: consuming SecretBytes, _ source: String
    ) throws(CommandError) -> Identity {
        let identity = try parse(text, source)
        guard !PublishedTestKeys.contains(identity.publicKey) else { throw .publishedTestKey(source: source) }
        return identity
    }

    private static func parse(
        _ text: borrowing SecretBytes, _ source: String
    ) throws(CommandError) -> Identity {
        do { return try MachineKey.identity(parsing: text) } catch {
            if case .machineKeyText(let fault) = error { throw .notAMachineKey(source: source, fault) }
            throw .secrets(error)
        }
    }

    private static func single(_ sources: [(String, KeyOrigin)?]) throws(CommandError) -> KeyOrigin? {
        let there = sources.compactMap { $0 }
        guard there.count < 2 else { throw .twoSources(there[0].0, there[1].0) }
        return there.first?.1
    }
}
