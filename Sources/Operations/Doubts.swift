internal import CredentialVault

/// Refreshes of unknown outcome, before the root key is replaced: their new tokens may have been printed or written to a
/// file, as a recovery record, and under the next root key no record of this one can be applied.
///
/// A mark stops it: a command that was killed, or could not store what it received, was the last to touch the connection.
/// A connection that was reported as interrupted since does not: a key may have to go tonight.
struct Doubts {
    let context: Context
    let abandonPending: Bool

    /// For whoever holds the vault alone, so that every mark is a dead process's, and has stored what waited.
    func settle(_ vault: borrowing OpenVault) throws(OperationError) {
        try judge(vault.connections, pending: vault.connections.filter { $0.pending != nil })
    }

    /// The same as `settle` will find it. A mark whose connection is held is a living process's, which is waited for then;
    /// what waits is stored.
    func plan(_ vault: inout OpenVault, under locks: borrowing VaultLocks) throws(OperationError) {
        let waiting = try ofVault(vault.waiting(under: locks, files: context.recoveryPaths))
        var dead: Set<RowID> = []
        for row in vault.connections where row.pending != nil && !waiting.contains(row.name) {
            do throws(VaultError) { try locks.lock(connection: row.id, wait: 0) } catch .busy {
                continue
            } catch {
                throw .vault(error)
            }
            locks.unlock(connection: row.id)
            dead.insert(row.id)
        }
        // One that ended since has no mark any more.
        try ofVault(vault.refresh())
        try judge(
            vault.connections, pending: vault.connections.filter { $0.pending != nil && dead.contains($0.id) }
        )
    }

    private func judge(_ rows: [ConnectionRow], pending: [ConnectionRow]) throws(OperationError) {
        guard pending.isEmpty || abandonPending else {
            throw .refreshPending(connections: pending.map(\.name).sorted())
        }
        let names = Set(pending.map(\.name) + rows.filter { $0.state == .interrupted }.map(\.name))
        if !names.isEmpty { context.notice(.recordsEnd(connections: names.sorted())) }
    }
}
