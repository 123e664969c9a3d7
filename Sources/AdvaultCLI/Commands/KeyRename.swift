internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct KeyRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a key slot another label; its key stays.")

    @Argument(help: "The slot's label.")
    var label: String

    @Argument(help: "Its new label.")
    var newLabel: String

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try KeyLabels.explained(in: context) {
            () throws(OperationError) in
            dryRun
                ? try Keys.planRename(label, to: newLabel, in: context)
                : try Keys.rename(label, to: newLabel, in: context)
        }
        if vault.json {
            return try JSON.answer(
                .init("vault", report.vault.json(verified: !dryRun)), .init("dry_run", .bool(dryRun)),
                .init("slots", .array(report.slots.map(\.json))))
        }
        let (old, new) = (Printable.bare(label), Printable.bare(newLabel))
        try Output.answer(
            dryRun ? "\(old): would be renamed to \(new); nothing was changed" : "\(new): renamed")
    }
}
