internal import CredentialVault

/// What came of a refresh that gave no tokens, and how it stands in the connection's row. Its tokens stay as they are.
struct RefreshVerdict {
    /// What the person is told.
    let error: OperationError
    private let outcome: Outcome
    private let word: LastError
    /// The mark that stays; nil: nothing is under way any more.
    private let pending: Int64?
    /// nil: as it was.
    private let state: StoredState?

    init(
        _ error: OperationError, _ outcome: Outcome, _ word: LastError, pending: Int64? = nil,
        state: StoredState? = nil
    ) {
        (self.error, self.outcome, self.word) = (error, outcome, word)
        (self.pending, self.state) = (pending, state)
    }

    /// Whether the token was spent nobody knows, and it may not be sent again.
    static let interrupted = RefreshVerdict(.interrupted, .interrupted, .interrupted, state: .interrupted)

    func put(onto row: inout ConnectionRow) {
        (row.pending, row.lastError) = (pending, word)
        row.state = state ?? row.state
    }

    func event(of connection: RowID) -> Event { Event(.refresh, outcome, connection: connection) }
}
