internal import ArgumentParser
internal import CredentialVault
internal import HTTPTransport
internal import Operations

/// Which vault, and how to print: what every command takes.
struct VaultOptions: ParsableArguments {
    @Option(
        name: .customLong("vault"),
        help: .init(
            "The vault file; else ADVAULT_VAULT, else ~/.local/share/advault/vault.db.", valueName: "path"))
    var path: String?

    @Flag(name: .customLong("json"), help: "Print one JSON object.")
    var json = false

    /// The outside of an operation that needs no key: file, clock, network, settings.
    func context() throws(CommandError) -> Context {
        let outside = CommandContext.current
        let settings = try Settings.read(outside)
        var context = Context(vaultPath: try Paths.vault(option: path, outside))
        context.recoveryFolders = Paths.recoveryFolders(vault: context.vaultPath, outside)
        context.providerFiles = try ProviderFiles.read(outside)
        context.apiVersions = settings.apiVersions
        context.clock = outside.now
        context.notice = NoticeWords.tellingOnce()
        context.unlock.anchor = AnchorStore(folder: Paths.state(outside))
        let client = LazyClient(Trust.anchors(outside))
        context.send = { (request) throws(TransportError) in try client.send(request) }
        context.exchanges = client.exchanges
        context.pause = { Pause.milliseconds($0) }
        context.uptime = Uptime.milliseconds
        context.random = Chance.below
        context.listen = Loopback.listen
        context.openBrowser = { Browser.open($0, outside) }
        return context
    }
}

/// The key that opens the vault.
struct KeyOptions: ParsableArguments {
    @Option(help: .init("A file with a machine key.", valueName: "path"))
    var keyFile: String?

    @Option(
        name: .customLong("key-fd"),
        help: .init("An inherited descriptor to read a machine key from.", valueName: "number"))
    var keyDescriptor: Int32?

    @Option(help: .init("A command that prints a machine key; no shell.", valueName: "command"))
    var keyCommand: String?

    @Option(help: .init("A file with a passphrase.", valueName: "path"))
    var passphraseFile: String?

    @Option(
        name: .customLong("passphrase-fd"),
        help: .init("An inherited descriptor to read a passphrase from.", valueName: "number"))
    var passphraseDescriptor: Int32?

    @Option(help: .init("A command that prints a passphrase; no shell.", valueName: "command"))
    var passphraseCommand: String?

    @Option(help: .init("Try this key slot alone.", valueName: "label"))
    var slot: String?

    @Option(help: .init("Refuse any other vault; else ADVAULT_VAULT_ID.", valueName: "id"))
    var vaultID: String?

    @Flag(help: "Open a vault that is older than this machine has seen it; see: advault help anchor.")
    var acceptRollback = false

    /// Adds the key to the context. The source is chosen now, so that wrong usage is told before anything
    /// happens; the key is read when the operation asks for it.
    func add(to context: inout Context) throws(CommandError) {
        let outside = CommandContext.current
        context.unlock = UnlockOptions(
            slot: slot, pin: try pin(outside), anchor: context.unlock.anchor, acceptRollback: acceptRollback)
        let origin = try origin(outside)
        context.key = KeySource(
            isInteractive: origin == .prompt,
            check: { () throws(OperationError) in
                if origin == .missing { throw .input(InputFailure(CommandError.noKeySource)) }
            },
            read: { () throws(OperationError) in
                do throws(CommandError) { return try origin.read(outside) } catch {
                    throw .input(InputFailure(error))
                }
            })
    }

    /// Where the key comes from; nothing of it is read.
    func origin(_ outside: CommandContext = .current) throws(CommandError) -> KeyOrigin {
        try KeyOrigin.choose(
            .init(
                key: .init(file: keyFile, descriptor: keyDescriptor, command: keyCommand),
                passphrase: .init(
                    file: passphraseFile, descriptor: passphraseDescriptor, command: passphraseCommand)),
            outside)
    }

    private func pin(_ outside: CommandContext) throws(CommandError) -> VaultID? {
        if let vaultID { return try parse(vaultID, from: "--vault-id") }
        guard let text = outside.variable("ADVAULT_VAULT_ID") else { return nil }
        return try parse(text, from: "ADVAULT_VAULT_ID")
    }

    private func parse(_ text: String, from source: String) throws(CommandError) -> VaultID {
        guard let id = VaultID(text: text) else { throw .argument(.vaultID(source: source, text)) }
        return id
    }
}
