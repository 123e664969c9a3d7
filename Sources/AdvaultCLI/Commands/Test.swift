internal import ArgumentParser
internal import OAuthCore
internal import Operations
internal import Providers

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Ask the provider whether connections work, step by step.",
        discussion: "Refreshes first where the access token is over.")

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var version: APIVersionOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup(title: "Key options") var key: KeyOptions

    func run() throws {
        let chosen = try selection.selection()
        var context = try vault.context()
        try version.add(to: &context)
        try key.add(to: &context)
        let report = try Test.run(chosen, in: context)
        let batch = BatchReport(asJSON: vault.json)
        for result in report.results { tell(result, batch, now: context.clock()) }
        if vault.json {
            batch.answer(JSON.text([.init("connections", .array(report.results.map(\.json)))]))
        } else if report.results.isEmpty {
            batch.answer("nothing to test")
        }
        try batch.end()
    }

    private func tell(_ result: Test.Result, _ batch: BatchReport, now: Int64) {
        if let finding = result.finding {
            TestTeller(asJSON: vault.json).tell(
                finding, of: result.name, result.connection, batch,
                clocks: result.connection?.clocks(now: now) ?? [])
        }
        if let failure = result.failure { batch.failed(result.name, failure, result.connection) }
    }
}

/// Says what a ladder showed: `test` and `connect` do.
struct TestTeller {
    let asJSON: Bool

    /// - Parameters:
    ///   - report: nil: the connection went while it was tested.
    ///   - clocks: lines about both; empty where they were told already.
    func tell(
        _ finding: TestFinding, of name: String, _ report: ConnectionReport?, _ batch: BatchReport,
        clocks: [String] = []
    ) {
        let failure = Explanation(finding.verdict, connection: name, report: report)
        if !asJSON {
            let verdict = failure == nil ? finding.verdict.summary : "failed"
            batch.answer(
                ([Printable.bare(name) + ": " + verdict] + finding.lines + clocks.map { "  " + $0 })
                    .joined(separator: "\n"))
            if failure == nil, let advice = finding.verdict.advice(Printable.argument(name), report) {
                Output.line("hint: " + advice)
            }
        }
        if let failure { batch.failed(name, failure) }
    }
}

extension Test.Result {
    var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("refreshed", .text(refreshed?.word)),
            .init("error", .text(failure.map { Explanation($0, connection: name).code })),
            .init("test", finding?.json ?? .null),
            .init("connection", connection?.json ?? .null),
        ])
    }
}
