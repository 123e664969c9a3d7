internal import OAuthCore
internal import Operations

/// Says what a consent led to: what is stored, both clocks, and the verdicts of the test.
struct ConnectTeller {
    let asJSON: Bool
    let now: () -> Int64

    /// One alone.
    func tell(_ report: Connect.Report, _ batch: BatchReport) {
        if asJSON { batch.answer(JSON.text(report.members)) }
        tellAllBut(json: report, batch)
    }

    /// What is said of one, and nothing of the JSON that is the answer.
    func tellAllBut(json report: Connect.Report, _ batch: BatchReport) {
        let name = report.connection.name
        if !asJSON {
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
    }

    private func lines(_ report: Connect.Report) -> [String] {
        let account = report.account.map { ["  account:      \(Printable.quoted($0))"] } ?? []
        return [Printable.bare(report.connection.name) + ": connected"] + account
            + report.connection.clocks(now: now()).map { "  " + $0 }
    }
}

extension Connect.Report {
    var members: [JSONValue.Member] {
        [
            .init("connection", connection.json), .init("missing_scopes", .texts(missingScopes)),
            .init("not_believed", FlagWords.json(flagged)), .init("test", finding?.json ?? .null),
        ]
    }
}
