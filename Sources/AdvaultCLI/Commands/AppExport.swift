internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct AppExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Hand an app over: one line that the receiver's key alone opens.",
        discussion: """
            The receiver sends a public key, which advault key list shows and key generate prints, and takes the \
            line in with: advault app import. The client secret in it is sealed to that key; all else of the app \
            is readable, and none of it can be edited.
            """)

    @Argument(help: "The app.")
    var name: String

    @Option(help: .init("The receiver's public key, advault1…", valueName: "key"))
    var to: String

    @Option(help: .init("A new file for the line; else it is printed.", valueName: "path"))
    var out: String?

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let receiver = try PublicKey.parse(to, option: "--to")
        let path = out == "-" ? nil : out
        if let path { try NewFile.check(path) }
        var context = try vault.context()
        try key.add(to: &context)
        let report = try AppExport.run(name, to: receiver, in: context)
        if let path { try NewFile.write(line: report.file, to: path) }
        if vault.json { return try JSON.answer(members(report, path)) }
        let sealed = "\(Printable.bare(report.app.name)): sealed to \(report.receiver)"
        if let path {
            try Output.answer("\(sealed), in \(Printable.bare(path))")
        } else {
            try Output.answer(report.file)
            Output.notice(sealed)
        }
        advise(report.app, hasSecret: report.hasSecret)
    }

    private func members(_ report: AppExport.Report, _ path: String?) -> [JSONValue.Member] {
        [
            .init("app", report.app.json), .init("receiver", .string(report.receiver)),
            .init("sealed_at", .time(report.sealedAt)), .init("path", .text(path)),
            .init("file", path == nil ? .string(report.file) : .null),
        ]
    }

    private func advise(_ app: AppReport, hasSecret: Bool) {
        if hasSecret {
            Output.notice("whoever has that key can use the app's client secret from now on")
            Output.line(
                "hint: to take that back, make a new secret at the provider, then: "
                    + "advault app set-secret \(Printable.argument(app.name))")
        } else {
            Output.notice("the provider's apps have no client secret, so none is in it")
        }
        Output.line(
            "hint: before you send it, ask the receiver over another channel whether that key is theirs;")
        Output.line("  and have them compare what app import shows with this:")
        Output.line("  client ID     \(Printable.bare(app.clientID))")
        Output.line("  redirect URI  \(Printable.bare(app.redirectURI))")
    }
}
