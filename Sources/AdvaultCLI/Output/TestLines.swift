internal import OAuthCore
internal import Operations
internal import Providers

extension TestFinding {
    /// One line a rung, then the accounts.
    var lines: [String] {
        let width = rungs.map(\.name.count).max() ?? 0
        var lines = rungs.map { rung in
            let name = Printable.bare(rung.name)
            return "  " + name + String(repeating: " ", count: max(0, width - name.count) + 2) + rung.words
        }
        lines += accounts.map { account in
            "  account " + Printable.bare(account.urn)
                + (account.role.map { ", " + Printable.bare($0) } ?? "")
        }
        if moreAccounts { lines.append("  and more accounts") }
        return lines
    }

    var json: JSONValue {
        .object([
            .init("verdict", .string(verdict.word)),
            .init("account", .text(account)),
            .init("tests", .array(rungs.map(\.json))),
            .init("accounts", .array(accounts.map(\.json))),
            .init("more_accounts", .bool(moreAccounts)),
        ])
    }
}

extension TestRung {
    /// The verdict; after a failure also what to quote to the provider's support.
    fileprivate var words: String {
        guard verdict.kind != nil else { return verdict.words }
        var words = verdict.words
        if let status { words += ", status \(status)" }
        if let said = message ?? word { words += ", " + Printable.quoted(said) }
        for id in requestIDs { words += ", \(Printable.bare(id.name)) \(Printable.bare(id.value))" }
        return words
    }

    fileprivate var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("verdict", .string(verdict.word)),
            .init("status", status.map { .integer(Int64($0)) } ?? .null), .init("error", .text(word)),
            .init("message", .text(message)),
            .init("request_ids", .object(requestIDs.map { .init($0.name, .string($0.value)) })),
        ])
    }
}

extension AdAccount {
    fileprivate var json: JSONValue {
        .object([.init("urn", .string(urn)), .init("role", .text(role)), .init("member", .text(member))])
    }
}
