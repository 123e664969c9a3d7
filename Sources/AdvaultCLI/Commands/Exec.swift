internal import ArgumentParser

struct ExecCommand: ParsableCommand {
    static let name = "exec"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Run a command that finds the access token in its environment.",
        usage: "advault exec <name> [--env <variable>] [<options>] -- <command> ...",
        discussion: """
            The token is read as 'token' does it, refreshed first where it is nearly over. The vault is locked before the \
            command begins, and the command takes advault's place: signals, terminal and exit code are its own. It is \
            looked up in PATH and run without a shell. It has your environment, without any variable of advault's; \
            neither the refresh token nor the client secret is ever in it.

            Whoever may read the command's environment reads the token: your own user and root \
            (/proc/PID/environ), and every program that the command starts. Where a program takes it from a pipe, \
            'advault token' is better. The token is not renewed while the command runs.

            The exit code is the command's; 125 where advault failed and nothing was run, 126 where the command cannot be \
            run, 127 where it is not found.
            """)

    @Argument(help: "The connection.")
    var name: String

    @Option(
        name: .customLong("env"),
        help: .init("The variable that holds the token.", valueName: "variable"))
    var variable = VariableName.usual

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    @Argument(parsing: .postTerminator, help: "The command and its arguments.")
    var command: [String] = []

    func run() throws {
        if vault.json { throw CommandError.argument(.noJSON(Self.name)) }
        guard !command.isEmpty else { throw CommandError.argument(.noCommand) }
        if let fault = VariableName.fault(of: variable) {
            throw CommandError.argument(.variable(variable, fault))
        }
        guard let inherited = CommandContext.current.inherited else {
            fatalError("no process was provided that a command may take the place of")
        }
        let replacement = Replacement(inherited: inherited, words: command.count, variable: variable)
        // Comes back only where nothing was run.
        throw try Lending.lend(of: name, vault, key) { replacement.run($0) }
    }
}
