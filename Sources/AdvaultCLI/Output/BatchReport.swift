internal import OAuthCore
internal import Operations

/// What befell several connections: each failure said by its name, one exit status at the end.
///
/// An answer that cannot be written does not silence the failures after it, nor hide their status.
final class BatchReport {
    private let asJSON: Bool
    private var statuses: [ExitStatus] = []
    /// Why the first answer that was lost could not be written.
    private var lost: CommandError?

    init(asJSON: Bool) { self.asJSON = asJSON }

    /// New tokens of one of them could not be stored.
    var hasUnstored: Bool { statuses.contains(.notStored) }

    /// Part of the answer. After one that was lost nothing more is written.
    func answer(_ text: String) {
        guard lost == nil else { return }
        do throws(CommandError) { try Output.answer(text) } catch { lost = error }
    }

    /// A refresh that the provider refused is told with the line that users of hosted connectors know, then in
    /// our words.
    func failed(_ connection: String, _ error: OperationError, _ report: ConnectionReport?) {
        var explanation = Explanation(error, connection: connection, app: report?.app)
        if case .oauth(.refused(let refusal)) = error.cause, !asJSON {
            Output.notice(HostedWords.refreshFailed(refusal, provider: report?.provider))
            explanation.what = refusal.code.meaning + (error.unnotedWords ?? "")
        }
        failed(connection, explanation)
    }

    /// A connection for which nothing was begun, since another's failure is its own. The hint was given there.
    func notTried(_ connection: String, _ error: OperationError, _ report: ConnectionReport?) {
        var explanation = Explanation(error, connection: connection, app: report?.app)
        explanation.what = "not tried: " + explanation.what
        if !asJSON { explanation.next = nil }
        failed(connection, explanation)
    }

    /// The same in one line for several of one provider.
    func notTried(_ count: Int, of provider: String?, _ error: OperationError, app: String?) {
        var explanation = Explanation(error, app: app)
        let whose = provider.map { " of \(Printable.bare($0))" } ?? ""
        (explanation.what, explanation.next) = (
            "\(count) more\(whose) were not tried: \(explanation.what)", nil
        )
        failed(nil, explanation)
    }

    /// What befell the whole.
    func failed(_ error: CommandError) {
        let explanation = Explanation(error)
        statuses.append(explanation.exit)
        _ = Failure.tell(explanation, asJSON: asJSON)
    }

    func failed(_ connection: String?, _ explanation: Explanation) {
        statuses.append(explanation.exit)
        _ = Failure.tell(explanation, connection: connection, asJSON: asJSON)
    }

    /// Ends the command with the status of all of them.
    func end() throws {
        if let lost {
            let explanation = Explanation(lost)
            statuses.append(explanation.exit)
            _ = Failure.tell(explanation, asJSON: asJSON)
        }
        let status = ExitStatus.over(statuses)
        if status != .done { throw Finished(status: status) }
    }
}
