package import CredentialVault
internal import Glibc
internal import Secrets

/// Where the key that opens the vault comes from. A flag beats the environment, the environment beats systemd's
/// credentials folder; two on one level are an error.
package enum KeyOrigin: Equatable, Sendable {
    case machineKey(SecretSource)
    case passphrase(SecretSource)
    /// A passphrase typed at the terminal.
    case prompt
    /// None, and no terminal to ask on: an error as soon as a key is needed.
    case missing

    package struct Flags: Equatable, Sendable {
        package var key = SecretSource.Given()
        package var passphrase = SecretSource.Given()
        package init(key: SecretSource.Given = .init(), passphrase: SecretSource.Given = .init()) {
            (self.key, self.passphrase) = (key, passphrase)
        }
    }

    /// Picks the source and reads nothing, so that wrong usage is told before anything happens.
    package static func choose(_ flags: Flags, _ context: CommandContext) throws(CommandError) -> KeyOrigin {
        let given = origins(flags.key.sources("--key"), flags.passphrase.sources("--passphrase"))
        let set = origins(
            SecretSource.inEnvironment(.key, context), SecretSource.inEnvironment(.passphrase, context))
        // Step by step: `??` forgets the type of what its right side throws.
        var chosen = try SecretSource.single(given)
        if chosen == nil { chosen = try SecretSource.single(set) }
        guard let chosen = chosen ?? credential(context) else { return Terminal.isThere ? .prompt : .missing }
        try chosen.source?.check()
        return chosen
    }

    private static func origins(
        _ keys: [(String, SecretSource)], _ passphrases: [(String, SecretSource)]
    ) -> [(String, KeyOrigin)] {
        keys.map { ($0.0, .machineKey($0.1)) } + passphrases.map { ($0.0, .passphrase($0.1)) }
    }

    /// `advault.key` in the folder that systemd made for this service, where there is one.
    private static func credential(_ context: CommandContext) -> KeyOrigin? {
        guard let folder = context.variable("CREDENTIALS_DIRECTORY") else { return nil }
        let path = folder + "/advault.key"
        var status = stat()
        // One that is there and cannot be used is an error when it is read, not a reason to ask.
        guard unsafe lstat(path, &status) == 0 || errno != ENOENT else { return nil }
        return .machineKey(.file(path))
    }

    package var source: SecretSource? {
        switch self {
        case .machineKey(let source), .passphrase(let source): source
        case .prompt, .missing: nil
        }
    }

    /// Reads the key. A typed passphrase can be asked for again by calling this again; the others cannot change.
    package func read(_ context: CommandContext) throws(CommandError) -> UnlockKey {
        switch self {
        case .machineKey(let source):
            let text = try source.read(limit: KeyOrigin.keyLimit, .old, context)
            return .machine(try KeyOrigin.identity(text, source.name))
        case .passphrase(let source):
            let text = try source.read(limit: Passphrase.limit, .old, context)
            return .passphrase(try Passphrase.checked(text, source: source.name))
        case .prompt:
            return .passphrase(try Passphrase.ask("Passphrase of the vault: "))
        case .missing: throw .noKeySource
        }
    }

    /// A machine key is 78 characters; a little more, so that what is wrong about a longer one can be said.
    static let keyLimit = 1024

    /// - Parameter source: what the text came from, for the words of an error.
    static func identity(
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
}
