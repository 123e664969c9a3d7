internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct Provider: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The providers that are built in, and those of provider files.",
        subcommands: [ProviderListCommand.self, ProviderShowCommand.self])
}

struct ProviderListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the providers; no vault is needed.")

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let entries = ProviderList.run(in: try vault.context())
        if vault.json { return try JSON.answer(.init("providers", .array(entries.map(\.json)))) }
        var table = Table("NAME", "FROM", "TOKEN ENDPOINT")
        for entry in entries {
            let address = entry.profile.map { Printable.bare($0.tokenURL.text) }
            table.add(
                Printable.bare(entry.name), entry.isBuiltIn ? "built in" : "file",
                address ?? entry.failure.map { Explanation($0).what } ?? "")
        }
        try Output.answer(table.text)
    }
}

struct ProviderShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what is known of a provider, as its file would say it.")

    @Argument(help: "The provider.")
    var name: String

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let profile = try ProviderList.show(name, in: vault.context())
        if vault.json { return try JSON.answer(.init("provider", .object(profile.members))) }
        let width = profile.members.map(\.name.count).max() ?? 0
        let lines = profile.members.filter { !$0.value.isEmpty }.map { member in
            member.name + String(repeating: " ", count: width - member.name.count + 2) + member.value.words
        }
        try Output.answer(lines.joined(separator: "\n"))
    }
}

extension ProviderList.Entry {
    var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("built_in", .bool(isBuiltIn)),
            .init("token_url", .text(profile?.tokenURL.text)),
            .init("error", .text(failure.map { Explanation($0).code })),
        ])
    }
}
