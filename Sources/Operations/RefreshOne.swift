internal import CredentialVault

extension Context {
    /// Takes the connection's lock, reads again under it, and refreshes unless that is done already.
    ///
    /// - Parameter isDone: judges the row as it stands under the lock.
    func refreshOne(
        _ seen: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks,
        unless isDone: (ConnectionRow) -> Bool
    ) throws(OperationError) -> RefreshOutcome {
        try holding(seen.id, of: &vault, under: locks) { (vault) throws(OperationError) in
            guard let row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
            if isDone(row) { return .alreadyRefreshed }
            let app = try vault.trustedApp(of: row, in: self)
            guard row.renewal == .automatic, app.profile.canRefresh else { return try manual(row) }
            return try RefreshGrant(context: self, app: app).run(row, in: &vault, under: locks)
        }
    }

    /// What is said of a connection that nothing can refresh.
    func manual(_ row: ConnectionRow) throws(OperationError) -> RefreshOutcome {
        guard row.state != .reconnect, !row.isAccessOver(at: clock()) else { throw .accessOver }
        return .manual
    }
}
