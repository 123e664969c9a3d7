internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The keys that open the vault.",
        subcommands: [
            KeyListCommand.self, KeyGenerateCommand.self, KeyAddCommand.self, KeyRenameCommand.self,
            KeyRemoveCommand.self, KeyChangeCommand.self, KeyRotateCommand.self,
        ])
}

struct KeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the key slots; a key is not needed.",
        discussion:
            "KDF is what stretches a passphrase: scrypt, the logarithm of its cost, and the memory of a guess."
    )

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let report = try Keys.list(in: vault.context())
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: false)),
                .init("slots", .array(report.slots.map(\.json))))
        }
        var table = Table("LABEL", "KIND", "CREATED", "KDF", "PUBLIC KEY")
        for slot in report.slots {
            table.add(
                Printable.bare(slot.label), slot.kind.rawValue, Timestamp.date(slot.createdAt), slot.kdfWords,
                slot.publicKey)
        }
        try Output.answer(table.text)
    }
}
