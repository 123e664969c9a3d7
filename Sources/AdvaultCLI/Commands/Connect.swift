internal import ArgumentParser
internal import OAuthCore
internal import Operations
internal import Secrets

struct ConnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Let a member consent in the browser; store and test what comes of it.",
        discussion: """
            The vault stays locked while the person is in the browser. It stores first, then tests; a failed test \
            ends with its exit code and keeps the connection.

            Several names are connected one after the other: before each but the first a terminal waits for Enter, \
            so that the browser can be logged in as the next member. A consent that fails does not stop the \
            rest; what would fail the next ones too does. A passphrase is asked for once, and kept in locked \
            memory until the last is done.
            """)

    @Argument(
        help: .init("What the connection is to be called; several: one after the other.", valueName: "name"))
    var names: [String]

    @Option(
        help: .init("The app to connect through; may be left out where there is only one.", valueName: "name")
    )
    var app: String?

    @Option(
        name: .customLong("tag"),
        help: .init("A tag for it, such as client=acme; may be repeated.", valueName: "tag"))
    var tags: [String] = []

    @OptionGroup var consent: ConsentOptions
    @OptionGroup var version: APIVersionOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        if names.count > 1, consent.expectAccount != nil {
            throw CommandError.argument(.exclusive("several names", "--expect-account"))
        }
        var options = try consent.options()
        options.tags = try tags.map { (text) throws(OperationError) in try Tag(text) }
        var context = try vault.context()
        try version.add(to: &context)
        try key.add(to: &context)
        let turn = ConnectInTurn(app: app, options: options, asJSON: vault.json)
        if names.count == 1 { return try turn.runAlone(names[0], in: context) }
        // One that stands twice counts once.
        try turn.run(names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }, in: context)
    }
}

struct ReconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconnect",
        abstract: "Renew a connection by a new consent; its name, app and tags stay.",
        discussion: "Best while the old token still lives: some providers then skip the question.")

    @Argument(help: "The connection.")
    var name: String

    @OptionGroup var consent: ConsentOptions
    @OptionGroup var version: APIVersionOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let options = try consent.options()
        var context = try vault.context()
        try version.add(to: &context)
        try key.add(to: &context)
        let report: Connect.Report
        do throws(OperationError) { report = try Connect.renew(name, options, in: context) } catch {
            let rows = (try? ListConnections.run(in: context).connections) ?? []
            throw Explanation(error, connection: name, app: rows.first { $0.name == name }?.app)
        }
        let batch = BatchReport(asJSON: vault.json)
        ConnectTeller(asJSON: vault.json, now: context.clock).tell(report, batch)
        try batch.end()
    }
}

/// How the member's browser is reached.
struct ConsentOptions: ParsableArguments {
    @Option(
        name: .customLong("scope"),
        help: .init("A scope to ask for instead of the app's; may be repeated.", valueName: "scope"))
    var scopes: [String] = []

    @Flag(help: "Print the address to visit with a browser on this machine, instead of starting one.")
    var noBrowser = false

    @Flag(help: "Print the provider's address, and take the final address pasted: the browser is anywhere.")
    var paste = false

    @Option(help: .init("Store nothing unless this account consented.", valueName: "account"))
    var expectAccount: String?

    @Option(help: .init("How long the browser is waited for.", valueName: "time"))
    var timeout = "5m"

    func options() throws -> Connect.Options {
        if noBrowser && paste { throw CommandError.argument(.exclusive("--no-browser", "--paste")) }
        if paste && !Terminal.isThere { throw CommandError.noTerminal(.pastedAddress) }
        var options = Connect.Options(
            mode: paste ? .paste(PastedAddress.ask(_:isFirst:)) : noBrowser ? .noBrowser : .browser)
        options.scopes = scopes
        options.expectedAccount = expectAccount
        options.timeoutSeconds = Int(try TimeSpan.parse(timeout))
        return options
    }
}

/// The final address, which holds the authorization code: typed unseen, like a passphrase.
enum PastedAddress {
    static func ask(_ authorizeURL: String, isFirst: Bool) throws(OperationError) -> SecretBytes {
        if isFirst {
            Output.notice("visit this address in any browser:")
            Output.line(authorizeURL)
            Output.notice(
                "afterwards copy the address on which the browser ends, even if it shows an error there")
        }
        do throws(CommandError) {
            switch Terminal() {
            case .some(let terminal):
                return try terminal.readSecret("Paste it here (not shown): ", limit: 16_384)
            case .none: throw .noTerminal(.pastedAddress)
            }
        } catch { throw .input(InputFailure(error)) }
    }
}
