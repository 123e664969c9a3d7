internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the vault into one new file; a key is not needed, and others may go on writing.",
        discussion: "The copy is as sealed as the vault, and shows as much in the clear.")

    @Argument(help: "Where to write it; never over another file.")
    var file: String

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let report = try Backup.run(to: file, in: vault.context())
        if vault.json {
            return try JSON.answer(
                [
                    .init("path", .string(report.path)), .init("vault", report.vault.json(verified: false)),
                    .init("epoch", .integer(report.vault.epoch)),
                ] + report.counts.members)
        }
        try Output.answer(
            "\(Printable.bare(report.path)): \(report.counts.words); \(report.vault.stateWords)")
        Output.line("hint: unlike a key, a copy can be made again; keep the keys apart from it")
    }
}
