internal import ArgumentParser
internal import Operations

struct KeyRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new root key and seal every row anew under it; every key goes on working.")

    @Flag(help: "Say what would happen and who keeps access, and change nothing.")
    var dryRun = false

    @OptionGroup var options: RekeyOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let progress = ProgressLine(isWanted: !vault.json)
        defer { progress.clear() }
        let report =
            dryRun
            ? try Rekey.plan(.rotate, abandonPending: options.abandonPending, in: context)
            : try Rekey.rotate(
                abandonPending: options.abandonPending, in: context, progress: progress.showSealing)
        progress.clear()
        try RekeyLines(report, context).tell(.rotated, asJSON: vault.json)
    }
}
