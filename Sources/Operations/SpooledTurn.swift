internal import CredentialVault

/// A connection of a batch of which what was answered is in the spool alone.
struct SpooledTurn {
    let entry: BatchEntry
    let lane: ProviderLane
    /// What it comes to as it stands.
    let error: OperationError
    /// Why it is not in the vault yet.
    let reason: VaultError
    /// How long the provider asks to be left alone, in seconds.
    let asked: Int64?

    /// nil: somebody who waits changes nothing about it, or it is not in the spool.
    init?(_ entry: BatchEntry, _ lane: ProviderLane, _ error: OperationError, asked: Int64?) {
        switch error {
        case .notStored(let reason, .spool), .unnoted(_, let reason, .spool):
            guard case .busy = reason else { return nil }
            self.reason = reason
        default: return nil
        }
        (self.entry, self.lane, self.error, self.asked) = (entry, lane, error, asked)
    }
}
