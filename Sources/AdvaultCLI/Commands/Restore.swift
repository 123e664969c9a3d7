internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a copy into the vault's place; the vault that stands there is kept beside it.",
        discussion: """
            The whole copy is verified first, with a key that was enrolled when it was made. Connections whose refresh \
            tokens may have been spent since become interrupted: advault test --all.
            """)

    @Argument(help: "The copy that advault backup wrote.")
    var file: String

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report = try Restore.run(file, in: context) { (plan) throws(OperationError) in
            tell(plan)
            do throws(CommandError) { return try Consent.given("Restore it?", yes: yes) } catch {
                throw .input(InputFailure(error))
            }
        }
        if vault.json {
            return try JSON.answer(
                .init("path", .string(report.plan.place)), .init("vault", report.vault.json(verified: true)),
                .init("epoch", .integer(report.vault.epoch)), .init("aside", .text(report.aside)),
                .init("readmitted", .texts(report.plan.readmitted)),
                .init("interrupted", .texts(report.plan.interrupted)))
        }
        try Output.answer("\(Printable.bare(report.plan.place)): restored; \(report.vault.stateWords)")
        if let aside = report.aside {
            Output.notice("what stood there is kept as \(Printable.quoted(aside))")
        }
        for label in report.plan.readmitted {
            Output.line("hint: take the key out again: advault key remove \(Printable.argument(label))")
        }
        if !report.plan.interrupted.isEmpty {
            Output.line("hint: see which grants still live: advault test --all")
        }
    }

    private func tell(_ plan: Restore.Plan) {
        guard !vault.json || !yes else { return }
        Output.notice("the copy is whole: \(plan.counts.words); \(plan.copy.stateWords)")
        switch plan.standing {
        case .nothing: Output.line("  no vault stands at \(Printable.quoted(plan.place))")
        case .vault(let header):
            Output.line("  at \(Printable.quoted(plan.place)) stands \(header.stateWords); it is kept beside")
        case .unreadable(let error):
            Output.line(
                "  what stands at \(Printable.quoted(plan.place)) is kept beside; \(Explanation(error).what)")
        }
        if let rollback = plan.rollback {
            Output.line("  the copy is behind what was seen here: \(rollback.words)")
        }
        if !plan.readmitted.isEmpty {
            Output.line("  keys that were removed or changed open it again: \(names(plan.readmitted))")
        }
        if !plan.interrupted.isEmpty {
            Output.line("  interrupted until tested: \(names(plan.interrupted))")
        }
    }

    private func names(_ names: [String]) -> String {
        Count.names(names.map { Printable.bare($0) }, most: 20)
    }
}
