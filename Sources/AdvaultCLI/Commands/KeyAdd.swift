internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations
internal import Secrets

struct KeyAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Enrol one more key: whoever holds it can open the vault from then on.",
        discussion: "Prints the vault's ID: a machine pins it with --vault-id or ADVAULT_VAULT_ID.")

    @Option(name: .customLong("label"), help: .init("What the key slot is called.", valueName: "label"))
    var labelOption: String?

    @Argument(help: .init("The same as --label.", valueName: "label"))
    var labelArgument: String?

    @Option(help: .init("A machine key's public half, advault1…", valueName: "key"))
    var publicKey: String?

    @Flag(help: "A passphrase, asked for twice.")
    var passphrase = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions
    @OptionGroup(title: "Options of the new key") var newKey: NewKeyOptions

    func run() throws {
        let label = try label()
        var context = try vault.context()
        let report: Keys.Report
        switch (publicKey, passphrase) {
        case (.some, true): throw CommandError.argument(.exclusive("--public-key", "--passphrase"))
        case (nil, false): throw CommandError.argument(.oneOf("--public-key", "--passphrase"))
        case (.some(let text), false):
            try newKey.refuse(beside: "--public-key")
            let key = try PublicKey.parse(text, option: "--public-key")
            try prepare(&context, label)
            report = try Keys.add(.machine(publicKey: key), label: label, in: context)
        case (nil, true):
            try prepare(&context, label)
            let new = try newKey.read(old: key.origin())
            report = try Keys.add(.passphrase(new, logN: newKey.logN()), label: label, in: context)
        }
        try tell(report, label)
    }

    private func label() throws(CommandError) -> String {
        switch (labelOption, labelArgument) {
        case (.some, .some): throw .argument(.exclusive("--label", "the label as an argument"))
        case (nil, nil): throw .argument(.noLabel)
        case (.some(let label), nil), (nil, .some(let label)): return label
        }
    }

    /// What can be known to be wrong is told before anything is typed.
    private func prepare(_ context: inout Context, _ label: String) throws {
        try key.add(to: &context)
        try Keys.check(label: label, in: context)
        try context.key.check()
    }

    private func tell(_ report: Keys.Report, _ label: String) throws {
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: true)),
                .init("slots", .array(report.slots.map(\.json))))
        }
        try Output.answer("\(Printable.bare(label)): enrolled; \(report.slots.count) keys open the vault now")
        Output.line("hint: the machine pins this vault with ADVAULT_VAULT_ID=\(report.vault.id.text)")
        if passphrase && report.slots.needNaming {
            Output.line(
                "hint: the passphrases cost too much to be tried one after the other: name one with --slot")
        }
    }
}
