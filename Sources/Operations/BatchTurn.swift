internal import CredentialVault

/// A connection of a batch whose lock is held, and whose turn has come.
struct BatchTurn: ~Copyable {
    let entry: BatchEntry
    let lane: ProviderLane
    let app: TrustedApp
    let prepared: PreparedRefresh
}

extension BatchTurn? {
    var whose: (BatchEntry, ProviderLane, ConnectionRow)? {
        switch self {
        case .some(let turn): (turn.entry, turn.lane, turn.prepared.row)
        case .none: nil
        }
    }
}

/// The same, marked; its request is to be sent.
struct MarkedTurn: ~Copyable {
    let entry: BatchEntry
    let lane: ProviderLane
    let app: TrustedApp
    let begun: BegunRefresh
}

extension MarkedTurn {
    /// - Parameter row: as it stands in the vault now.
    init(_ turn: consuming BatchTurn, as row: ConnectionRow) {
        (entry, lane, app) = (turn.entry, turn.lane, turn.app)
        begun = turn.prepared.begun(row)
    }
}
