internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations
internal import Secrets

struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The keys that open the vault.",
        subcommands: [KeyListCommand.self, KeyGenerateCommand.self, KeyAddCommand.self])
}

struct KeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the key slots; a key is not needed.")

    @OptionGroup var vault: VaultOptions

    func run() throws {
        let report = try Keys.list(in: vault.context())
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: false)),
                .init("slots", .array(report.slots.map(\.json))))
        }
        var table = Table("LABEL", "KIND", "CREATED", "PUBLIC KEY")
        for slot in report.slots {
            table.add(
                Printable.bare(slot.label), slot.kind.rawValue, Timestamp.date(slot.createdAt), slot.publicKey
            )
        }
        try Output.answer(table.text)
    }
}

struct KeyGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a machine key: the secret half into a file, the public half on stdout.",
        discussion: "The public half is enrolled with: advault key add. The secret half never travels.")

    @Option(help: .init("Where to write the secret half; never overwritten.", valueName: "path"))
    var out: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let key = try Keys.generate()
        try NewFile.write(key.secretText, to: out)
        if json {
            return try JSON.answer(.init("public_key", .string(key.publicText)), .init("path", .string(out)))
        }
        try Output.answer(key.publicText)
    }
}

struct KeyAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Enrol one more key: whoever holds it can open the vault from then on.")

    @Argument(help: "What the key slot is called.")
    var label: String

    @Option(help: .init("A machine key's public half, advault1…", valueName: "key"))
    var publicKey: String?

    @Flag(help: "A passphrase, asked for twice.")
    var passphrase = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions
    @OptionGroup(title: "Options of the new key") var newKey: NewKeyOptions

    func run() throws {
        var context = try vault.context()
        let report: Keys.Report
        switch (publicKey, passphrase) {
        case (.some, true): throw CommandError.argument(.exclusive("--public-key", "--passphrase"))
        case (nil, false): throw CommandError.argument(.oneOf("--public-key", "--passphrase"))
        case (.some(let text), false):
            let key = try machineKey(text)
            try prepare(&context)
            report = try Keys.add(.machine(publicKey: key), label: label, in: context)
        case (nil, true):
            try prepare(&context)
            let source = try newKey.source(old: key.origin().source)
            let logN = try newKey.logN()
            let new = try source.read(logN: logN, .current)
            report = try Keys.add(.passphrase(new, logN: logN), label: label, in: context)
        }
        try tell(report)
    }

    /// What can be known to be wrong is told before anything is typed.
    private func prepare(_ context: inout Context) throws {
        try key.add(to: &context)
        try Keys.check(label: label, in: context)
        try context.key.check()
    }

    private func machineKey(_ text: String) throws(CommandError) -> [UInt8] {
        let key: [UInt8]
        do { key = try MachineKey.publicKey(parsing: text) } catch {
            guard case .machineKeyText(let fault) = error else { throw .secrets(error) }
            throw .argument(.publicKey(fault))
        }
        guard !PublishedTestKeys.contains(key) else { throw .publishedTestKey(source: "--public-key") }
        return key
    }

    private func tell(_ report: Keys.Report) throws {
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: true)),
                .init("slots", .array(report.slots.map(\.json))))
        }
        try Output.answer("\(Printable.bare(label)): enrolled; \(report.slots.count) keys open the vault now")
        Output.line("hint: the machine pins this vault with ADVAULT_VAULT_ID=\(report.vault.id.text)")
    }
}

extension Keys.SlotReport {
    var json: JSONValue {
        .object([
            .init("label", .string(label)), .init("kind", .string(kind.rawValue)),
            .init("created_at", .time(createdAt)), .init("public_key", .string(publicKey)),
        ])
    }
}
