internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct DisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Delete a connection here.",
        discussion:
            "The grant lives on at the provider until the member ends it there; the answer says where.")

    @Argument(help: "The connection.")
    var name: String

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try Disconnect.run(name, in: context)
        let page = report.consentPage?.text
        if vault.json {
            return try JSON.answer(
                .init("name", .string(report.name)), .init("deleted", .bool(true)),
                .init("revoked", .bool(false)),
                .init("consent_page", .text(page)))
        }
        try Output.answer("\(Printable.bare(report.name)): deleted here")
        let provider = HostedWords.name(of: report.provider)
        Output.notice("the grant lives on at \(provider) until the member ends it there")
        Output.line(
            "hint: "
                + (page.map { "the member ends it at \(Printable.bare($0))" }
                    ?? "the member ends it in the account's settings at the provider"))
    }
}
