internal import ArgumentParser
internal import CredentialVault
internal import Operations
internal import Secrets

struct KeyChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Give a slot another passphrase or machine key; the former one reads nothing from then on.",
        discussion: """
            A passphrase slot gets a new passphrase at today's cost, or at --kdf-cost; a machine's slot gets \
            --public-key. Makes a new root key and seals every row anew under it. All other keys go on working.
            """)

    @Argument(help: "The slot's label; else the slot that the key in use opens.")
    var label: String?

    @Option(help: .init("The machine's new public half, advault1…", valueName: "key"))
    var publicKey: String?

    @Flag(help: "Say what would happen and who keeps access, and change nothing.")
    var dryRun = false

    @OptionGroup var options: RekeyOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions
    @OptionGroup(title: "Options of the new key") var newKey: NewKeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let newPublicKey = try givenPublicKey()
        let report = try KeyLabels.explained(in: context) { () throws(OperationError) in
            try Rekey.check(.change(label: label), in: context)
            let abandonPending = options.abandonPending
            if dryRun {
                return try Rekey.plan(.change(label: label), abandonPending: abandonPending, in: context)
            }
            let slot: NewSlot
            if let newPublicKey {
                slot = .machine(publicKey: newPublicKey)
            } else {
                slot = .passphrase(try newPassphrase(&context), logN: newKey.cost)
            }
            let progress = ProgressLine(isWanted: !vault.json)
            defer { progress.clear() }
            return try Rekey.change(
                label, to: slot, abandonPending: abandonPending, in: context, progress: progress.showSealing)
        }
        try RekeyLines(report, context).tell(.changed, asJSON: vault.json)
    }

    /// Whether it is a machine's slot: by its label, else by the kind of the key in use.
    private func isMachine(_ context: Context) throws(CommandError) -> Bool {
        guard let label else {
            if case .machineKey = try key.origin() { return true }
            return false
        }
        // Unverified, and it only decides what is asked for.
        let slots = try? Keys.list(in: context).slots
        return slots?.first { $0.label == label }?.kind == .machine
    }

    /// What is given of the new key, and told to be wrong before anything is asked for, by `--dry-run` too.
    private func givenPublicKey() throws(CommandError) -> [UInt8]? {
        _ = try newKey.logN()
        guard let publicKey else { return nil }
        try newKey.refuse(beside: "--public-key")
        return try PublicKey.parse(publicKey, option: "--public-key")
    }

    /// The old key is read first, as everybody expects who is asked for both.
    private func newPassphrase(_ context: inout Context) throws(OperationError) -> SecretBytes {
        let source: NewPassphraseSource
        do throws(CommandError) { source = try newPassphraseSource(context) } catch {
            throw .input(InputFailure(error))
        }
        context.key = try context.key.inHand()
        do throws(CommandError) { return try source.read(logN: newKey.cost, .current) } catch {
            throw .input(InputFailure(error))
        }
    }

    private func newPassphraseSource(_ context: Context) throws(CommandError) -> NewPassphraseSource {
        guard try !isMachine(context) else { throw .argument(.machineNeedsPublicKey) }
        let origin = try key.origin()
        // Before a new one is asked for: without the old one nothing can be changed.
        guard origin != .missing else { throw .noKeySource }
        return try newKey.source(old: origin.source)
    }
}
