internal import ArgumentParser
internal import OAuthCore
internal import Operations

struct RefreshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Get new access tokens.",
        discussion: """
            Several connections are refreshed at once, each under its own lock. One connection's failure does not stop \
            the others; but once an app is refused, or a provider cannot be reached or asks to be left alone, the \
            others of that app or provider are not tried. What fails in passing before a token is spent is tried three times. \
            A signal begins nothing new: what was sent is waited for and stored.

            With --all and nothing to do it ends with 0.
            """)

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Only what has under a quarter of its access lifetime left.")
    var due = false

    @Option(help: .init("Only what ends within this time: 12h, 7d.", valueName: "time"))
    var within: String?

    @Flag(help: "Even what was refreshed a moment ago.")
    var force = false

    @Option(help: .init("Requests in flight at one time, 1 to 64.", valueName: "number"))
    var jobs = 8

    @Option(help: .init("Begin nothing more after this time.", valueName: "time"))
    var timeout = "5m"

    @Flag(help: "Say nothing of what went well.")
    var quiet = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let when = try when()
        let limits = try limits()
        let chosen = try selection.selection()
        var context = try vault.context()
        try key.add(to: &context)
        let progress = ProgressLine(isWanted: !vault.json && !quiet)
        context.progress = { progress.show(RefreshTeller.words($0)) }
        context.notice = { notice in
            progress.clear()
            NoticeWords.tell(notice)
        }
        defer { progress.clear() }
        let report = try Refresh.run(chosen, when, limits, in: context)
        progress.clear()
        try tell(report, now: context.clock())
    }

    private func limits() throws(CommandError) -> Refresh.Limits {
        var limits = Refresh.Limits()
        guard Refresh.Limits.jobsRange.contains(jobs) else {
            throw .argument(.outside(option: "--jobs", Refresh.Limits.jobsRange))
        }
        limits.jobs = jobs
        limits.seconds = Int(try TimeSpan.parse(timeout))
        return limits
    }

    private func tell(_ report: Refresh.Report, now: Int64) throws {
        let batch = BatchReport(asJSON: vault.json)
        for result in report.results { tell(result, batch, now: now) }
        tellNotTried(report.results, batch)
        if vault.json {
            batch.answer(JSON.text([.init("connections", .array(report.results.map(\.json)))]))
        } else if !report.results.contains(where: isNews) {
            if !quiet { batch.answer(due || within != nil ? "nothing is due" : "nothing to refresh") }
        } else if let summary = RefreshTeller.summary(report.results.filter(isNews)),
            !quiet || report.results.contains(where: { $0.outcome.isFailure })
        {
            Output.notice(summary)
        }
        let notTried = report.results.count { if case .notTried = $0.outcome { true } else { false } }
        switch report.stop {
        case .signal(let number):
            throw CommandError.stopped(
                signal: number, notTried: notTried, of: report.results.count, unstored: batch.hasUnstored)
        case .outOfTime:
            batch.failed(
                .outOfTime(
                    seconds: try limits().seconds, notTried: notTried, of: report.results.count,
                    unstored: batch.hasUnstored))
        case nil: break
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
        case .refreshed, .alreadyRefreshed, .justRefreshed, .failed, .notTried: true
        case .manual: !(due || within != nil) || result.connection?.state != .ok
        case .notDue: false
        }
    }

    /// For a timer's log: what was not tried is told by its cause, and not once for each connection.
    private var isTerse: Bool { quiet && !vault.json }

    private func tellNotTried(_ results: [RefreshResult], _ batch: BatchReport) {
        guard isTerse else { return }
        var causes: [(error: OperationError, provider: String?, results: [RefreshResult])] = []
        for result in results {
            guard case .notTried(.sameAs(let error)) = result.outcome else { continue }
            let provider = result.connection?.provider
            if let known = causes.firstIndex(where: { $0.error == error && $0.provider == provider }) {
                causes[known].results.append(result)
            } else {
                causes.append((error, provider, [result]))
            }
        }
        for (error, provider, results) in causes {
            if results.count == 1 {
                batch.notTried(results[0].name, error, results[0].connection)
            } else {
                batch.notTried(results.count, of: provider, error, app: results[0].connection?.app)
            }
        }
    }

    private func tell(_ result: RefreshResult, _ batch: BatchReport, now: Int64) {
        if case .failed(let error) = result.outcome {
            return batch.failed(result.name, error, result.connection)
        }
        if case .notTried(.sameAs(let error)) = result.outcome {
            if !isTerse { batch.notTried(result.name, error, result.connection) }
            return
        }
        guard !vault.json, isNews(result), !result.outcome.wasLeftOut else { return }
        if !quiet { batch.answer(result.line(now: now)) }
        for warning in result.warnings { Output.notice("\(Printable.bare(result.name)): \(warning)") }
    }
}

extension RefreshOutcome {
    /// For `--json`.
    var word: String {
        switch self {
        case .refreshed: "refreshed"
        case .alreadyRefreshed, .justRefreshed: "already-refreshed"
        case .notDue: "not-due"
        case .manual: "manual"
        case .failed: "failed"
        case .notTried: "not-tried"
        }
    }

    /// Not begun for a reason that is not this connection's own.
    fileprivate var wasLeftOut: Bool { self == .notTried(.stopped) || self == .notTried(.outOfTime) }

    fileprivate var isFailure: Bool {
        switch self {
        case .failed, .notTried: true
        case .refreshed, .alreadyRefreshed, .justRefreshed, .notDue, .manual: false
        }
    }
}

/// Several connections in one line.
enum RefreshTeller {
    /// While it runs.
    static func words(_ progress: Refresh.Progress) -> String {
        let failed = progress.failed > 0 ? ", \(progress.failed) failed" : ""
        return "\(progress.done) of \(progress.of) done, \(progress.inFlight) in flight\(failed)"
    }

    /// At the end; nil for one alone, which was told already.
    static func summary(_ results: [RefreshResult]) -> String? {
        guard results.count > 1 else { return nil }
        let order = ["refreshed", "already-refreshed", "manual", "failed", "not-tried"]
        let counts = Dictionary(grouping: results, by: \.outcome.word).mapValues(\.count)
        let parts = order.compactMap { word in
            counts[word].map { "\($0) \(word.replacing("-", with: " "))" }
        }
        return Count.words(results.count, "connection") + ": " + parts.joined(separator: ", ")
    }
}

extension RefreshResult {
    var json: JSONValue {
        var error: JSONValue = .null
        switch outcome {
        case .failed(let failure), .notTried(.sameAs(let failure)):
            error = .string(Explanation(failure, connection: name).code)
        case .refreshed, .alreadyRefreshed, .justRefreshed, .notDue, .manual, .notTried: break
        }
        return .object([
            .init("name", .string(name)), .init("outcome", .string(outcome.word)), .init("error", error),
            .init("not_believed", FlagWords.json(flagged)),
            .init("connection", connection?.json ?? .null),
        ])
    }

    fileprivate func line(now: Int64) -> String {
        let shown = Printable.bare(name)
        let end = connection.map { ", access token \(ConnectionReport.end($0.accessExpiresAt, now))" } ?? ""
        switch outcome {
        case .refreshed: return "\(shown): refreshed\(end)"
        case .alreadyRefreshed: return "\(shown): refreshed by another process just now\(end)"
        case .justRefreshed: return "\(shown): was refreshed a moment ago\(end); --force asks again"
        case .notDue: return "\(shown): not due\(end)"
        case .manual:
            let command = "advault reconnect \(Printable.argument(name))"
            return "\(shown): renewal is manual\(end); then: \(command)"
        case .failed: return "\(shown): failed"
        case .notTried: return "\(shown): not tried"
        }
    }

    /// Fields of the answer that are not believed.
    private var flagged: [TokenAnswer.Field] {
        if case .refreshed(let flagged) = outcome { flagged } else { [] }
    }

    /// What has to be said beside a success.
    fileprivate var warnings: [String] {
        var warnings: [String] = []
        if !flagged.isEmpty { warnings.append(FlagWords.words(flagged)) }
        if connection?.state == .expiring, let end = connection?.refreshExpiresAt {
            let name = Printable.argument(name)
            warnings.append(
                "the consent ends \(Timestamp.date(end)); connect again before: advault reconnect \(name)")
        }
        return warnings
    }
}
