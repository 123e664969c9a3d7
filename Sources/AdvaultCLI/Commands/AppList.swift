internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct AppListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the apps; a key is not needed.")

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let report = try AppList.run(in: vault.context())
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: false)),
                .init("apps", .array(report.apps.map(\.json))))
        }
        guard !report.apps.isEmpty else {
            Output.notice("the vault holds no app yet")
            Output.line("hint: advault app add NAME --provider linkedin-ads --client-id ID")
            return
        }
        var table = Table("NAME", "PROVIDER", "CLIENT ID", "CONNECTIONS", "REDIRECT URI")
        for app in report.apps {
            table.add(
                Printable.bare(app.name), Printable.bare(app.provider), Printable.bare(app.clientID),
                String(app.connections.count), Printable.bare(app.redirectURI))
        }
        try Output.answer(table.text)
    }
}

struct AppShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an app; a key is not needed, and its secret is never shown.")

    @Argument(help: "The app.")
    var name: String

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let report = try AppList.show(name, in: vault.context())
        if vault.json { return try JSON.answer(.init("app", report.json)) }
        try Output.answer(([Printable.bare(report.name)] + report.lines).joined(separator: "\n"))
    }
}
