internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct AppCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prove an app's ID and secret at the provider, before anybody consents.")

    @Argument(help: "The app.")
    var name: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try AppCheck.run(name, in: context)
        guard report.verdict == .proven else {
            let refused = Explanation(report.verdict, app: report.name)
            _ = Failure.tell(refused, asJSON: vault.json)
            throw Finished(status: refused.exit)
        }
        if vault.json {
            return try JSON.answer(.init("name", .string(report.name)), .init("verdict", .string("proven")))
        }
        let provider = HostedWords.name(of: report.provider)
        let proven = report.hasSecret ? "client ID and secret are right" : "the client ID is right"
        try Output.answer("\(Printable.bare(report.name)): \(proven), says \(provider)")
    }
}
