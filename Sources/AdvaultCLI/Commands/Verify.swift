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
            let vault = JSONValue.Member("vault", report.vault.json(verified: true))
            return try JSON.answer([vault] + report.counts.members)
        }
        try Output.answer(
            "vault \(report.vault.id.text) is whole: \(report.counts.words); \(report.vault.stateWords)")
    }
}

extension VaultCounts {
    var words: String {
        [
            Count.words(slots, "key slot"), Count.words(apps, "app"), Count.words(connections, "connection"),
            Count.words(events, "event"),
        ].joined(separator: ", ")
    }

    var members: [JSONValue.Member] {
        [
            .init("slots", .integer(Int64(slots))), .init("apps", .integer(Int64(apps))),
            .init("connections", .integer(Int64(connections))), .init("events", .integer(Int64(events))),
        ]
    }
}

extension VaultHeader {
    /// `generation 1, epoch 7`.
    var stateWords: String { "generation \(generation), epoch \(epoch)" }
}
