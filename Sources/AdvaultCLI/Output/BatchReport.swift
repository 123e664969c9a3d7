internal import Operations

/// What befell several connections: each failure said by its name, one exit status at the end.
final class BatchReport {
    private let asJSON: Bool
    private var statuses: [ExitStatus] = []

    init(asJSON: Bool) { self.asJSON = asJSON }

    func failed(_ connection: String, _ error: OperationError) {
        failed(connection, Explanation(error, connection: connection))
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
