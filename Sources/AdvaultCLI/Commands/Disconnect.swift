internal import ArgumentParser
internal import CredentialVault
internal import OAuthCore
internal import Operations

struct DisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Ask the provider to end the grant, and delete the connection here.",
        discussion: """
            It is deleted here whatever the provider says; the answer says what that was, and where the member ends \
            the grant by hand. A grant that another connection of the same member and app uses too is not ended.
            """)

    @Argument(help: "The connection.")
    var name: String

    @Flag(help: "Ask the provider for nothing; delete the connection here.")
    var localOnly = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        try confirm(in: context)
        let report: Disconnect.Report
        do throws(OperationError) {
            report = try Disconnect.run(name, localOnly: localOnly, in: context)
        } catch {
            throw withoutKey(Explanation(error, connection: name), context)
        }
        if vault.json { return try JSON.answer(report.members) }
        try Output.answer(report.words)
        if let page = report.pageWords { Output.line("hint: " + page) }
    }

    /// A person is asked before the key is. Who runs it without a terminal has decided.
    private func confirm(in context: Context) throws {
        guard !yes, !vault.json, Terminal.isThere else { return }
        let rows = (try? ListConnections.run(in: context).connections) ?? []
        // One that there is not is told as such.
        guard let row = rows.first(where: { $0.name == name }) else { return }
        let question =
            "Disconnect \(Printable.quoted(name)) (app \(Printable.bare(row.app)))? "
            + "The member has to consent again afterwards."
        guard try Consent.given(question, yes: false) else { throw OperationError.declined }
    }

    /// Who has no key can still have the grant ended, and give up the whole vault. Who has a wrong one may have
    /// the right one elsewhere.
    private func withoutKey(_ explanation: Explanation, _ context: Context) -> Explanation {
        guard [.noKeySource, .wrongKey].contains(explanation.exit) else { return explanation }
        let page = Disconnect.consentPage(of: name, in: context)
        let files = explanation.exit == .noKeySource ? Vault.files(at: context.vaultPath) : []
        return explanation.withoutKey(page?.text, vault: files)
    }
}

extension Disconnect.Report {
    /// What was done here, and what became of the grant.
    fileprivate var words: String {
        let shown = Printable.bare(name)
        let host = HostedWords.name(of: provider)
        switch grant {
        case .asked(.revoked): return "\(shown): \(host) has revoked the grant; deleted here"
        case .asked(.refused): return "\(shown): deleted here; \(host) refused to revoke the grant"
        case .asked(.notSupported): return "\(shown): deleted here; revoking is not supported by \(host)"
        case .asked(.unknown): return "\(shown): deleted here; whether \(host) revoked the grant is unknown"
        case .notAsked(.localOnly): return "\(shown): deleted here; the grant lives on at \(host)"
        case .notAsked(.shared(let names, let perhaps)):
            return "\(shown): deleted here; the grant lives on at \(host): \(users(names, perhaps))"
        case .notAsked(.unusable(let error)):
            return "\(shown): deleted here; the grant lives on at \(host): \(Explanation(error).what)"
        }
    }

    private func users(_ known: [String], _ perhaps: [String]) -> String {
        var parts: [String] = []
        if !known.isEmpty {
            let names = Count.names(known.map { Printable.bare($0) })
            parts.append("\(names) \(known.count == 1 ? "uses" : "use") it too")
        }
        if !perhaps.isEmpty {
            parts.append(Count.names(perhaps.map { Printable.bare($0) }) + " may use it too")
        }
        return parts.joined(separator: "; ")
    }

    /// Where the member looks, or ends it; nil where nobody should.
    fileprivate var pageWords: String? {
        let page = consentPage.map { "at \(Printable.bare($0.text))" } ?? "in the account's settings there"
        switch grant {
        case .asked(.revoked): return "the member can see that it is gone \(page)"
        case .notAsked(.shared(let known, _)):
            return known.isEmpty
                ? "where no other connection is that member's, the member ends it \(page)" : nil
        case .asked, .notAsked(.localOnly), .notAsked(.unusable): return "the member ends it \(page)"
        }
    }

    fileprivate var members: [JSONValue.Member] {
        [
            .init("name", .string(name)), .init("deleted", .bool(true)),
            .init("revocation", .string(word)), .init("reason", .text(reason)),
            .init("consent_page", .text(consentPage?.text)),
        ]
    }

    private var word: String {
        switch grant {
        case .asked(let verdict): verdict.rawValue
        case .notAsked: "not-asked"
        }
    }

    private var reason: String? {
        switch grant {
        case .asked: nil
        case .notAsked(.localOnly): "local-only"
        case .notAsked(.shared): "shared"
        case .notAsked(.unusable(let error)): Explanation(error).code
        }
    }
}

extension Explanation {
    /// The same with what can be done by who has no key.
    fileprivate func withoutKey(_ page: String?, vault files: [String]) -> Explanation {
        var explanation = self
        let member = page.map { "the member ends the grant at \(Printable.bare($0))" }
        let vault =
            files.isEmpty
            ? nil
            : "to give up the vault with everything in it: rm "
                + files.map(Printable.argument).joined(separator: " ")
        let parts = [next, "without a key nothing in the vault changes", member, vault]
        explanation.next = parts.compactMap { $0 }.joined(separator: "; ")
        return explanation
    }
}
