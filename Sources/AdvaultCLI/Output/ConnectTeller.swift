internal import OAuthCore
internal import Operations

/// Says what a consent led to: what is stored, both clocks, and the verdicts of the test.
struct ConnectTeller {
    let asJSON: Bool
    let now: () -> Int64

    func tell(_ report: Connect.Report) throws {
        let name = report.connection.name
        let batch = BatchReport(asJSON: asJSON)
        if asJSON {
            batch.answer(
                JSON.text([
                    .init("connection", report.connection.json),
                    .init("missing_scopes", .texts(report.missingScopes)),
                    .init("not_believed", FlagWords.json(report.flagged)),
                    .init("test", report.finding?.json ?? .null),
                ]))
        } else {
            batch.answer(lines(report).joined(separator: "\n"))
            if !report.missingScopes.isEmpty {
                let names = report.missingScopes.map { Printable.bare($0) }.joined(separator: ", ")
                Output.notice("fewer scopes were granted than asked for: \(names) is missing")
            }
            if !report.flagged.isEmpty { Output.notice(FlagWords.words(report.flagged)) }
        }
        if let finding = report.finding {
            TestTeller(asJSON: asJSON).tell(finding, of: name, report.connection, batch)
        }
        if let failure = report.testFailure { batch.failed(name, failure, report.connection) }
        try batch.end()
    }

    private func lines(_ report: Connect.Report) -> [String] {
        let account = report.account.map { ["  account:      \(Printable.quoted($0))"] } ?? []
        return [Printable.bare(report.connection.name) + ": connected"] + account
            + report.connection.clocks(now: now()).map { "  " + $0 }
    }
}
