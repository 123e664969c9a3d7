internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the connections with both their clocks.",
        discussion: "The vault stays locked, so what is shown is not verified; a key is not needed.")

    @OptionGroup var filter: FilterOptions
    @OptionGroup var vault: VaultOptions

    func run() throws {
        let filter = try filter.filter()
        let context = try vault.context()
        let report = try ListConnections.run(filter, in: context)
        if vault.json { return try answerJSON(report) }
        guard !report.connections.isEmpty else {
            guard filter.isEmpty else { return Output.notice("no connection is in that state") }
            Output.notice("the vault holds no connection yet")
            Output.line("hint: advault connect NAME")
            return
        }
        // Nobody has to look at a column that nobody uses.
        let areTagged = report.connections.contains { !$0.tags.isEmpty }
        var table = Table(
            "NAME", "PROVIDER", "APP", "STATE", "RENEWAL", "ACCESS", "CONSENT", areTagged ? "TAGS" : "")
        let now = context.clock()
        for row in report.connections {
            table.add(
                Printable.bare(row.name), Printable.bare(row.provider), Printable.bare(row.app),
                row.state.rawValue, row.renewal.rawValue, ConnectionReport.end(row.accessExpiresAt, now),
                row.renewal == .manual ? "none" : ConnectionReport.end(row.refreshExpiresAt, now),
                row.tags.map { Printable.bare($0) }.joined(separator: " "))
        }
        try Output.answer(table.text)
    }

    private func answerJSON(_ report: ListConnections.Report) throws {
        try JSON.answer(
            .init("vault", report.vault.json(verified: false)),
            .init("connections", .array(report.connections.map(\.json))))
    }
}

extension VaultHeader {
    /// - Parameter verified: false for what was read without a key.
    func json(verified: Bool) -> JSONValue {
        .object([
            .init("id", .string(id.text)), .init("generation", .integer(generation)),
            .init("verified", .bool(verified)),
        ])
    }
}
