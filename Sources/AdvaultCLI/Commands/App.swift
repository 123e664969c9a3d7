internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct App: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Registered OAuth clients: their IDs, secrets and redirect URIs.",
        subcommands: [
            AppAddCommand.self, AppCheckCommand.self, AppListCommand.self, AppShowCommand.self,
            AppSetSecretCommand.self, AppRenameCommand.self, AppTrustCommand.self, AppRemoveCommand.self,
            AppExportCommand.self, AppImportCommand.self,
        ])
}

extension AppReport {
    var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("provider", .string(provider)),
            .init("client_id", .string(clientID)), .init("redirect_uri", .string(redirectURI)),
            .init("scopes", .texts(scopes)), .init("created_at", .time(createdAt)),
            .init("updated_at", .time(updatedAt)), .init("connections", .texts(connections)),
            .init("trusted", isTrusted.map { .bool($0) } ?? .null),
        ])
    }

    /// As lines under the name.
    var lines: [String] {
        [
            "  provider:      \(Printable.bare(provider))\(trustWords)",
            "  client ID:     \(Printable.bare(clientID))",
            "  redirect URI:  \(Printable.bare(redirectURI))",
            "  scopes:        \(scopes.isEmpty ? "the provider's" : scopes.map { Printable.bare($0) }.joined(separator: " "))",
            "  connections:   \(connections.isEmpty ? "none" : connections.map { Printable.bare($0) }.joined(separator: ", "))",
        ]
    }

    private var trustWords: String {
        switch isTrusted {
        case true: ""
        case false: ", which now sends secrets elsewhere: advault app trust \(Printable.argument(name))"
        case nil: ", which is not there any more"
        }
    }

    /// What the person has to do at the provider before anybody can connect.
    func tellRedirectURI(_ documentation: String?) {
        Output.line("hint: register exactly this redirect URI with the app at the provider:")
        Output.line("  " + Printable.bare(redirectURI))
        if let documentation { Output.line("  how: \(Printable.bare(documentation))") }
    }
}
