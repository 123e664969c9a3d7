internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Open every row and walk the journal; change nothing.")

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try Verify.run(in: context)
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: true)),
                .init("slots", .integer(Int64(report.slots))), .init("apps", .integer(Int64(report.apps))),
                .init("connections", .integer(Int64(report.connections))))
        }
        try Output.answer(
            "vault \(report.vault.id.text) is whole: \(Count.words(report.slots, "key slot")), "
                + "\(Count.words(report.apps, "app")), \(Count.words(report.connections, "connection"))")
    }
}
