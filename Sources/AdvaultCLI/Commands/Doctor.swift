internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check this machine and the vault's surroundings; a key is not needed.",
        discussion: """
            Exit code 0, with warnings too; 1 when a check fails. advault verify checks the vault itself.
            """)

    @Flag(help: "Forget what this machine has seen at the vault's path.")
    var forgetAnchor = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var vault: VaultOptions

    func run() throws {
        if forgetAnchor { return try forget() }
        var lines: [Line] = []
        let context = try context(&lines)
        lines = Doctor.run(in: context).map { Line($0) } + lines + keyFile()
        if vault.json {
            try JSON.answer(.init("checks", .array(lines.map(\.json))))
        } else {
            try Output.answer(lines.map(\.text).joined(separator: "\n"))
        }
        if lines.contains(where: { $0.level == .fail }) { throw Finished(status: .other) }
    }

    /// Settings that cannot be read are a finding here, and no reason to look at nothing else.
    private func context(_ lines: inout [Line]) throws(CommandError) -> Context {
        do throws(CommandError) {
            let context = try vault.context()
            lines.append(Line("settings", .ok, "config.json and the provider files can be read", nil))
            return context
        } catch .settings(let path, let fault) {
            lines.append(Line("settings", .fail, Explanation(CommandError.settings(path: path, fault))))
            let outside = CommandContext.current
            var context = Context(vaultPath: try Paths.vault(option: vault.path, outside))
            context.clock = outside.now
            context.unlock.anchor = AnchorStore(folder: Paths.state(outside))
            return context
        }
    }

    /// Read into locked memory and forgotten: whether it could be, is the finding.
    private func keyFile() -> [Line] {
        ["ADVAULT_KEY_FILE", "ADVAULT_PASSPHRASE_FILE"].compactMap { name in
            guard let path = CommandContext.current.variable(name) else { return nil }
            do throws(CommandError) {
                _ = try SecretFile.read(path, limit: Passphrase.limit)
                return Line("key-file", .ok, "\(Printable.quoted(path)) of \(name) is closed to others", nil)
            } catch { return Line("key-file", .fail, Explanation(error)) }
        }
    }

    private func forget() throws {
        let context = try vault.context()
        let path = Printable.quoted(context.vaultPath)
        let question = "Forget what this machine has seen of the vault at \(path)?"
        guard try Consent.given(question, yes: yes) else { throw OperationError.declined }
        let forgotten = try Doctor.forgetAnchor(in: context)
        if vault.json {
            return try JSON.answer(
                .init("forgotten", .array(forgotten.entries.map(\.json))),
                .init("set_aside", .text(forgotten.setAside)))
        }
        for entry in forgotten.entries {
            try Output.answer(
                "forgotten: vault \(entry.vault.text) at \(Printable.bare(entry.path)), "
                    + "generation \(entry.generation), epoch \(entry.epoch)")
        }
        if let aside = forgotten.setAside {
            try Output.answer(
                "the anchor could not be read: all is forgotten, and it is kept as \(Printable.quoted(aside))"
            )
        } else if forgotten.entries.isEmpty {
            Output.notice("nothing was known of the vault at \(path)")
        }
    }

    /// One finding in words.
    struct Line {
        let check: String
        let level: Doctor.Level
        let what: String
        let next: String?

        init(_ check: String, _ level: Doctor.Level, _ what: String, _ next: String?) {
            (self.check, self.level, self.what, self.next) = (check, level, what, next)
        }

        init(_ check: String, _ level: Doctor.Level, _ explanation: Explanation) {
            self.init(check, level, explanation.what, explanation.next)
        }

        init(_ finding: Doctor.Finding) {
            let words = finding.words
            self.init(finding.check.rawValue, finding.level, words.what, words.next)
        }

        var text: String {
            let mark = level.rawValue + String(repeating: " ", count: 4 - level.rawValue.count)
            let name = check + String(repeating: " ", count: max(0, 10 - check.count))
            return "\(mark)  \(name)  \(what)"
                + (level == .ok ? "" : next.map { "\n      hint: \($0)" } ?? "")
        }

        var json: JSONValue {
            .object([
                .init("check", .string(check)), .init("level", .string(level.rawValue)),
                .init("message", .string(what)), .init("hint", level == .ok ? .null : .text(next)),
            ])
        }
    }
}

extension AnchorStore.Entry {
    fileprivate var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("vault", .string(vault.text)),
            .init("generation", .integer(generation)), .init("epoch", .integer(epoch)),
        ])
    }
}
