internal import ArgumentParser
internal import Secrets

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print the access token, for a program that takes it from a pipe.",
        discussion: """
            Refreshes first where it is over, or ends within 5 minutes (or within a quarter of its lifetime, where that is \
            less). Where that cannot be done now, a token that still lives is printed with a warning on stderr.

            With --header it is a whole Authorization header.
            """)

    @Argument(help: "The connection.")
    var name: String

    @Flag(help: "Print 'Authorization: Bearer TOKEN'.")
    var header = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        if vault.json { throw CommandError.argument(.noJSON("token")) }
        let failure = try Lending.lend(of: name, vault, key) { token in printed(token) }
        if let failure { throw failure }
    }

    /// One write, so that a reader never sees half of it.
    private func printed(_ token: borrowing SecretBytes) -> CommandError? {
        let beginning = header ? "Authorization: Bearer " : ""
        do {
            var line = try SecretBuffer(limit: token.count + beginning.utf8.count + 1)
            try line.append(clear: beginning)
            try line.append(token)
            try line.append(0x0A)
            let whole = line.finish()
            return answer(whole)
        } catch { return .secrets(error) }
    }

    private func answer(_ line: borrowing SecretBytes) -> CommandError? {
        do {
            try Output.answer(secret: line)
            return nil
        } catch { return error }
    }
}
