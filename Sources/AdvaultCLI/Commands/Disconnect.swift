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

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        var context = try vault.context()
        try key.add(to: &context)
        let report: Disconnect.Report
        do throws(OperationError) {
            report = try Disconnect.run(name, localOnly: localOnly, in: context)
        } catch {
            throw withoutKey(error, context) ?? error
        }
        if vault.json { return try JSON.answer(report.members) }
        try Output.answer(report.words)
        if let page = report.pageWords { Output.line("hint: " + page) }
    }

    /// Who has no key can still have the grant ended, and throw the whole vault away.
    private func withoutKey(_ error: OperationError, _ context: Context) -> (any Error)? {
        let explanation = Explanation(error)
        guard [.noKeySource, .wrongKey].contains(explanation.exit) else { return nil }
        let page = Disconnect.consentPage(of: name, in: context)
        return explanation.withoutKey(page?.text, vault: Vault.files(at: context.vaultPath))
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
        case .notAsked(.shared(let names)):
            let others = names.map { Printable.bare($0) }.joined(separator: ", ")
            return "\(shown): deleted here; the grant lives on at \(host), \(others) uses it too"
        case .notAsked(.unusable(let error)):
            return "\(shown): deleted here; the grant lives on at \(host): \(Explanation(error).what)"
        }
    }

    /// Where the member looks, or ends it; nil where nobody should.
    fileprivate var pageWords: String? {
        let page = consentPage.map { "at \(Printable.bare($0.text))" } ?? "in the account's settings there"
        switch grant {
        case .asked(.revoked): return "the member can see that it is gone \(page)"
        case .notAsked(.shared): return nil
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
        let member = page.map { "the member ends the grant at \(Printable.bare($0)), and " } ?? ""
        let named = files.map(Printable.argument).joined(separator: " ")
        let rest =
            "without a key nothing in the vault changes; \(member)the whole vault goes with: rm \(named)"
        explanation.next = next.map { "\($0); \(rest)" } ?? rest
        return explanation
    }
}
