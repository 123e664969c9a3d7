internal import CredentialVault

extension Context {
    /// `unlocked` for a command that holds the vault to change it: what dead processes left, and what could not be stored
    /// before, is stored first, so that nothing is built on tokens that are over.
    ///
    /// - Parameter deadline: no other program that writes is waited for beyond it, by `uptime`.
    func unlocked<R: ~Copyable>(
        under locks: borrowing VaultLocks, until deadline: Int64? = nil,
        _ body: (inout OpenVault) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        try unlocked { (vault) throws(OperationError) in
            let findings = try vault.waiting(atMost: deadline.map { $0 - uptime() }) {
                (vault) throws(OperationError) in try applyWaiting(in: &vault, under: locks)
            }
            for finding in findings { tell(finding) }
            return try body(&vault)
        }
    }

    /// Whatever waits: in the spool, which is the former place, then in files.
    func applyWaiting(
        in vault: inout OpenVault, under locks: borrowing VaultLocks, discarding: Bool = false
    ) throws(OperationError) -> [OpenVault.WaitingRecord] {
        let spooled = try ofVault(vault.applyWaiting(under: locks, discarding: discarding, now: clock()))
        return try spooled
            + ofVault(vault.applyFiles(in: recoveryPaths, under: locks, discarding: discarding, now: clock()))
    }

    var recoveryPaths: [String] { recoveryFolders.map(\.path) }

    /// Those that nobody else can fill: the others are looked through once in a command.
    var lastingPaths: [String] { recoveryFolders.filter(\.isLasting).map(\.path) }

    /// Holds one connection, reloads the vault under its lock, and stores what waits for the connection.
    ///
    /// - Throws: `.vault(.recovery(.waiting))` when that cannot be stored: any other change of the row would be built
    ///   on tokens that are over.
    func holding<R: ~Copyable>(
        _ connection: RowID, of vault: inout OpenVault, under locks: borrowing VaultLocks,
        _ body: (inout OpenVault) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        try ofVault(locks.lock(connection: connection, wait: lockWaitSeconds))
        defer { locks.unlock(connection: connection) }
        try ofVault(vault.refresh())
        try storeWaiting(for: connection, in: &vault, under: locks)
        return try body(&vault)
    }

    /// The caller holds the connection's lock and has reloaded the vault under it.
    func storeWaiting(
        for connection: RowID, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) {
        try settle(ofVault(vault.applyWaiting(under: locks, held: connection, now: clock())))
        try settle(ofVault(vault.applyFiles(in: lastingPaths, under: locks, held: connection, now: clock())))
    }

    private func settle(_ findings: [OpenVault.WaitingRecord]) throws(OperationError) {
        for finding in findings {
            tell(finding)
            if case .failed(let name, _) = finding.outcome {
                throw .vault(.recovery(.waiting(connection: name)))
            }
        }
    }

    private func tell(_ finding: OpenVault.WaitingRecord) {
        switch finding.outcome {
        case .settled(.applied(let name)): notice(.recovered(connection: name))
        case .settled(.stale(let name)): notice(.recoveryDiscarded(connection: name))
        case .settled(.stored): break
        // Whose it is nobody knows: `recover` and `doctor` tell of it.
        case .kept(.malformed) where finding.path != nil: break
        case .settled(.refused(let fault)), .kept(let fault), .discarded(let fault):
            notice(.recoveryKept(fault, path: finding.path))
        case .failed(let name, let error):
            notice(.recoveryFailed(connection: name, error, path: finding.path))
        }
    }
}
