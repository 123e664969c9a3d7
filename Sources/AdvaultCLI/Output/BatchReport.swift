internal import OAuthCore
internal import Operations

/// What befell several connections: each failure said by its name, one exit status at the end.
final class BatchReport {
    private let asJSON: Bool
    private var statuses: [ExitStatus] = []

    init(asJSON: Bool) { self.asJSON = asJSON }

    /// A refresh that the provider refused is told with the line that users of hosted connectors know, then in
    /// our words.
    func failed(_ connection: String, _ error: OperationError, _ report: ConnectionReport?) {
        var explanation = Explanation(error, connection: connection, app: report?.app)
        if case .oauth(.refused(let refusal)) = error, !asJSON {
            Output.notice(HostedWords.refreshFailed(refusal, provider: report?.provider))
            explanation.what = refusal.code.meaning
        }
        failed(connection, explanation)
    }

    func failed(_ connection: String, _ explanation: Explanation) {
        statuses.append(explanation.exit)
        _ = Failure.tell(explanation, connection: connection, asJSON: asJSON)
    }

    /// Ends the command with the status of all of them.
    func end() throws {
        let status = ExitStatus.over(statuses)
        if status != .done { throw Finished(status: status) }
    }
}
