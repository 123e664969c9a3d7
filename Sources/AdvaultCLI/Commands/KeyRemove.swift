internal import ArgumentParser
internal import Operations

struct KeyRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Revoke a key: whoever holds it reads nothing of the vault from then on.",
        discussion: """
            Makes a new root key and seals every row anew under it. All other keys go on working. The answer names \
            what the key could read: whoever has it and an old copy of the file still knows that, until it is replaced.
            """)

    @Argument(help: "The slot's label.")
    var label: String

    @Flag(help: "Say what would happen and who keeps access, and change nothing.")
    var dryRun = false

    @Flag(help: "Do not ask when it is the key in use.")
    var yes = false

    @OptionGroup var options: RekeyOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try KeyLabels.explained(in: context) { () throws(OperationError) in
            let abandonPending = options.abandonPending
            if dryRun {
                return try Rekey.plan(.remove(label: label), abandonPending: abandonPending, in: context)
            }
            let progress = ProgressLine(isWanted: !vault.json)
            defer { progress.clear() }
            return try Rekey.remove(
                label, abandonPending: abandonPending, in: context, progress: progress.showSealing
            ) { () throws(OperationError) in
                do throws(CommandError) {
                    return try Consent.given(
                        "\(Printable.quoted(label)) is the key that you are using. Remove it?", yes: yes)
                } catch { throw .input(InputFailure(error)) }
            }
        }
        try RekeyLines(report, context).tell(.removed, asJSON: vault.json)
    }
}
