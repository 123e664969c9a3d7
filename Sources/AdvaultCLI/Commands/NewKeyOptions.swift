internal import ArgumentParser
internal import CredentialVault
internal import Secrets

/// A new passphrase: where it comes from, never from the sources of the old one, and what a guess shall cost.
struct NewKeyOptions: ParsableArguments {
    @Option(
        help: .init(
            "A file with the new passphrase; else ADVAULT_NEW_PASSPHRASE, _FILE or _COMMAND, else the prompt.",
            valueName: "path"))
    var newPassphraseFile: String?

    @Option(
        name: .customLong("new-passphrase-fd"),
        help: .init("An inherited descriptor to read the new passphrase from.", valueName: "number"))
    var newPassphraseDescriptor: Int32?

    @Option(help: .init("A command that prints the new passphrase; no shell.", valueName: "command"))
    var newPassphraseCommand: String?

    @Flag(help: "Let the new passphrase be made, and show it once on the terminal.")
    var generate = false

    @Option(
        help: .init(
            "What a guess costs, 15 to 20: each step doubles memory and time; 17 is 128 MiB and half a second. (default: 17)",
            valueName: "log2"))
    var kdfCost: Int64?

    /// scrypt's cost as it is given.
    var cost: Int64 { kdfCost ?? Limits.defaultLogN }

    /// The same, checked before anything is asked for.
    func logN() throws(CommandError) -> Int64 {
        guard Limits.logN.contains(cost) else { throw .argument(.kdfCost(cost)) }
        return cost
    }

    private var flags: SecretSource.Given {
        .init(file: newPassphraseFile, descriptor: newPassphraseDescriptor, command: newPassphraseCommand)
    }

    /// A machine key is given, which needs none of these.
    func refuse(beside option: String) throws(CommandError) {
        if generate { throw .argument(.exclusive(option, "--generate")) }
        if kdfCost != nil { throw .argument(.exclusive(option, "--kdf-cost")) }
        if let first = flags.sources("--new-passphrase").first {
            throw .argument(.exclusive(option, first.0))
        }
    }

    /// Chosen and read at once.
    func read(old: KeyOrigin) throws(CommandError) -> SecretBytes {
        let logN = try logN()
        return try source(old: old.source).read(logN: logN, .current)
    }

    func source(old: SecretSource? = nil) throws(CommandError) -> NewPassphraseSource {
        try NewPassphraseSource.choose(flags, generate: generate, old: old, .current)
    }
}
