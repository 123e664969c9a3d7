internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct RefreshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Get new access tokens.",
        discussion:
            "One connection's failure does not stop the others. With --all and nothing to do it ends with 0.")

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Only what has under a quarter of its access lifetime left.")
    var due = false

    @Option(help: .init("Only what ends within this time: 12h, 7d.", valueName: "time"))
    var within: String?

    @Flag(help: "Even what was refreshed a moment ago.")
    var force = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let when = try when()
        let chosen = try selection.selection()
        var context = try vault.context()
        try key.add(to: &context)
        let report = try Refresh.run(chosen, when, in: context)
        let batch = BatchReport(asJSON: vault.json)
        for result in report.results { tell(result, batch, now: context.clock()) }
        if vault.json {
            batch.answer(JSON.text([.init("connections", .array(report.results.map(\.json)))]))
        } else if !report.results.contains(where: isNews) {
            batch.answer(due || within != nil ? "nothing is due" : "nothing to refresh")
        }
        try batch.end()
    }

    private func when() throws(CommandError) -> Refresh.When {
        switch (due, within, force) {
        case (false, nil, false): return .always
        case (true, nil, false): return .due
        case (false, .some(let text), false): return .within(seconds: try TimeSpan.parse(text))
        case (false, nil, true): return .forced
        case (true, .some, _): throw .argument(.exclusive("--due", "--within"))
        case (true, nil, true): throw .argument(.exclusive("--due", "--force"))
        case (false, .some, true): throw .argument(.exclusive("--within", "--force"))
        }
    }

    /// Whether there is anything to tell. A connection that is renewed by hand is no news to a timer until its time
    /// comes.
    private func isNews(_ result: RefreshResult) -> Bool {
        switch result.outcome {
        case .refreshed, .alreadyRefreshed, .failed: true
        case .manual: !(due || within != nil) || result.connection?.state != .ok
        case .notDue: false
        }
    }

    private func tell(_ result: RefreshResult, _ batch: BatchReport, now: Int64) {
        if case .failed(let error) = result.outcome {
            return batch.failed(result.name, error, result.connection)
        }
        guard !vault.json, isNews(result) else { return }
        batch.answer(result.line(now: now))
        for warning in result.warnings { Output.notice("\(Printable.bare(result.name)): \(warning)") }
    }
}

extension RefreshOutcome {
    /// For `--json`.
    var word: String {
        switch self {
        case .refreshed: "refreshed"
        case .alreadyRefreshed: "already-refreshed"
        case .notDue: "not-due"
        case .manual: "manual"
        case .failed: "failed"
        }
    }
}

extension RefreshResult {
    var json: JSONValue {
        var error: JSONValue = .null
        if case .failed(let failure) = outcome {
            error = .string(Explanation(failure, connection: name).code)
        }
        return .object([
            .init("name", .string(name)), .init("outcome", .string(outcome.word)), .init("error", error),
            .init("connection", connection?.json ?? .null),
        ])
    }

    fileprivate func line(now: Int64) -> String {
        let shown = Printable.bare(name)
        let end = connection.map { ", access token \(ConnectionReport.end($0.accessExpiresAt, now))" } ?? ""
        switch outcome {
        case .refreshed: return "\(shown): refreshed\(end)"
        case .alreadyRefreshed: return "\(shown): refreshed by another process just now\(end)"
        case .notDue: return "\(shown): not due\(end)"
        case .manual:
            let command = "advault reconnect \(Printable.argument(name))"
            return "\(shown): renewal is manual\(end); then: \(command)"
        case .failed: return "\(shown): failed"
        }
    }

    /// What has to be said beside a success.
    fileprivate var warnings: [String] {
        var warnings: [String] = []
        if case .refreshed(let flagged) = outcome, !flagged.isEmpty {
            warnings.append(FlagWords.words(flagged))
        }
        if connection?.state == .expiring, let end = connection?.refreshExpiresAt {
            let name = Printable.argument(name)
            warnings.append(
                "the consent ends \(Timestamp.date(end)); connect again before: advault reconnect \(name)")
        }
        return warnings
    }
}
