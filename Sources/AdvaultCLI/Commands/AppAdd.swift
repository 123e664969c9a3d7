internal import ArgumentParser
internal import OAuthCore
internal import Operations
internal import Secrets

struct AppAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Keep an app that is registered with a provider.",
        discussion: """
            The client secret is asked for on the terminal, or comes by --client-secret-file or --client-secret-fd; \
            it is never taken from an argument. Where the provider's apps have none (linkedin-ads-native) it is not asked for.
            """)

    @Argument(help: "What the app is called here.")
    var name: String

    @Option(help: .init("The provider (advault provider list).", valueName: "name"))
    var provider: String

    @Option(help: .init("The client ID, from the app's page at the provider.", valueName: "id"))
    var clientID: String

    @Option(help: .init("The redirect URI; else http://localhost:8765/callback/PROVIDER.", valueName: "uri"))
    var redirectURI: String?

    @Option(
        name: .customLong("scope"),
        help: .init("A scope to ask for; may be repeated; else the provider's.", valueName: "scope"))
    var scopes: [String] = []

    @OptionGroup var secret: ClientSecretOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let source = try secret.source()
        var context = try vault.context()
        let draft = try AppDraft(
            name: name, provider: provider, clientID: clientID, redirectURI: redirectURI,
            port: Settings.read(.current).port(for: provider), scopes: scopes, in: context)
        try key.add(to: &context)
        try context.key.check()
        let report = try added(draft, source, context)
        if vault.json { return try JSON.answer(.init("app", report.json)) }
        try Output.answer(([Printable.bare(report.name) + ": added"] + report.lines).joined(separator: "\n"))
        report.tellRedirectURI(draft.profile.documentation?.text)
    }

    private func added(
        _ draft: AppDraft, _ source: ClientSecretOptions.Source, _ context: Context
    ) throws -> AppReport {
        if draft.needsSecret || source != .prompt {
            return try AppAdd.run(draft, secret: source.read(), in: context)
        }
        return try AppAdd.run(draft, secret: nil, in: context)
    }
}

/// Where a client secret comes from.
struct ClientSecretOptions: ParsableArguments {
    @Option(help: .init("A file with the client secret.", valueName: "path"))
    var clientSecretFile: String?

    @Option(
        name: .customLong("client-secret-fd"),
        help: .init("A file descriptor to read it from.", valueName: "number"))
    var clientSecretDescriptor: Int32?

    enum Source: Equatable {
        case file(String)
        case descriptor(Int32)
        case prompt

        /// Bytes; the longest that is kept.
        private static let limit = 7000

        func read() throws(CommandError) -> SecretBytes {
            switch self {
            case .file(let path): return try SecretFile.read(path, limit: Source.limit)
            case .descriptor(let number):
                return try SecretFile.read(
                    descriptor: number, source: "file descriptor \(number)", limit: Source.limit)
            case .prompt:
                switch Terminal() {
                case .some(let terminal):
                    let typed = try terminal.readSecret("Client secret (not shown): ", limit: Source.limit)
                    guard typed.count > 0 else { throw .emptySecret(source: "what was typed") }
                    return typed
                case .none: throw .noTerminal(.clientSecret)
                }
            }
        }
    }

    func source() throws(CommandError) -> Source {
        switch (clientSecretFile, clientSecretDescriptor) {
        case (.some, .some): throw .argument(.exclusive("--client-secret-file", "--client-secret-fd"))
        case (.some(let path), nil): return .file(path)
        case (nil, .some(let number)): return .descriptor(number)
        case (nil, nil): return .prompt
        }
    }
}
