internal import ArgumentParser

/// What the vault costs: each command measures one thing on a vault that is handed in, in a process of its own, so that
/// the peak of its memory is its own. `.ci/bench` makes the vaults and runs all of them.
@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advault-bench", abstract: "Measures what the vault costs. A tool of the package.",
        subcommands: [UnlockCommand.self, CommitCommand.self, RotateCommand.self, KDFCommand.self])
}

/// Which vault, with which key, how often.
struct VaultArguments: ParsableArguments {
    @Argument(help: "A vault that nobody else uses; its rows are changed.")
    var path: String

    @Option(help: "A file with a machine key of the vault.")
    var keyFile: String

    @Option(help: "How often; the median is told.")
    var runs = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs is 1 at least") }
    }
}
