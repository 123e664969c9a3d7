internal import ArgumentParser
internal import CredentialVault
internal import Glibc
internal import OAuthCore
internal import Operations
internal import Secrets

struct AppImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take an app over that was sealed to a key of yours.",
        discussion: """
            FILE is what advault app export made: one line that begins with ADVAULT-APP-1; - reads it from stdin. It \
            opens with the key that opens the vault (--slot says which), or with a machine key that is not enrolled: \
            --app-key-file. The file does not prove who made it.
            """)

    @Argument(help: "The file, or -.")
    var file: String

    @Option(help: .init("What the app is called here; else as the sender calls it.", valueName: "name"))
    var name: String?

    @Option(
        help: .init(
            "Only a new client secret, for this app of the same client ID; its connections stay.",
            valueName: "app"))
    var into: String?

    @Option(help: .init("A file with a machine key that opens this app alone.", valueName: "path"))
    var appKeyFile: String?

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let place = try place()
        let text = try text()
        let identity = try identity()
        var context = try vault.context()
        let draft = try AppImportDraft(text, place: place, key: publicKey(identity), in: context)
        try key.add(to: &context)
        let report = try AppImport.run(draft, with: identity, in: context)
        if vault.json {
            return try JSON.answer(
                .init("app", report.app.json), .init("sealed_at", .time(report.sealedAt)))
        }
        try tell(report, draft)
    }

    private func place() throws(CommandError) -> AppImportDraft.Place? {
        switch (name, into) {
        case (.some, .some): throw .argument(.exclusive("--name", "--into"))
        case (.some(let name), nil): .new(name: name)
        case (nil, .some(let name)): .into(name: name)
        case (nil, nil): nil
        }
    }

    private func text() throws -> String {
        // A little more, for blanks around it.
        do throws(CommandError) { return try RecordFile.read(file, limit: AppFile.maximumBytes + 1024) } catch
        {
            guard case .file(_, errno: EFBIG) = error else { throw error }
            throw VaultError.appFile(.tooLarge)
        }
    }

    private func identity() throws(CommandError) -> Identity? {
        guard let appKeyFile else { return nil }
        let text = try SecretFile.read(appKeyFile, limit: KeyOrigin.keyLimit)
        return try KeyOrigin.identity(text, appKeyFile)
    }

    private func publicKey(_ identity: borrowing Identity?) -> [UInt8]? {
        switch identity {
        case .some(let identity): identity.publicKey
        case .none: nil
        }
    }

    private func tell(_ report: AppImport.Report, _ draft: AppImportDraft) throws(CommandError) {
        let name = Printable.bare(report.app.name)
        let sealed = "  sealed:        \(Timestamp.text(report.sealedAt))"
        switch draft.place {
        case .new:
            try Output.answer((["\(name): imported"] + report.app.lines + [sealed]).joined(separator: "\n"))
            advise(report.app, draft.profile.documentation?.text)
        case .into:
            try Output.answer("\(name): the client secret was replaced\n\(sealed)")
            Output.notice("the file does not prove who made it")
            Output.line("hint: prove it: advault app check \(Printable.argument(report.app.name))")
        }
    }

    private func advise(_ app: AppReport, _ documentation: String?) {
        Output.notice("the file does not prove who made it")
        Output.line("hint: compare client ID and redirect URI with the sender, over another channel")
        Output.line(
            "hint: whoever runs the app has to have registered exactly this redirect URI at the provider:")
        Output.line("  " + Printable.bare(app.redirectURI))
        if let documentation { Output.line("  how: \(Printable.bare(documentation))") }
        Output.line("hint: then: advault connect NAME --app \(Printable.argument(app.name))")
    }
}
