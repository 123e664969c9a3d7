internal import CredentialVault

extension Context {
    /// The clear columns, unverified. Needs no key.
    func readLocked() throws(OperationError) -> LockedVault {
        try ofVault(Vault.readLocked(at: vaultPath))
    }

    /// The vault shared with other processes; whoever changes anything holds it.
    func sharedLock() throws(OperationError) -> VaultLocks {
        try ofVault(VaultLocks.shared(beside: vaultPath, wait: lockWaitSeconds))
    }

    /// The vault alone, for what no token may be on its way through: every other process has ended its work on it.
    func exclusiveLock() throws(OperationError) -> VaultLocks {
        try ofVault(VaultLocks.exclusive(beside: vaultPath, wait: lockWaitSeconds))
    }

    /// Asks for the key and lends the open vault for the length of the closure.
    ///
    /// - Parameter attempts: how often an interactive source is asked when the key is wrong.
    func unlocked<R: ~Copyable>(
        attempts: Int = 1, _ body: (inout OpenVault) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        var left = key.isInteractive ? attempts : 1
        // Once the vault was open, `wrongKey` means that the slot was removed meanwhile, and a code or a token may
        // be on its way: nothing is done twice.
        var wasOpen = false
        while true {
            left -= 1
            let key = try key.read()
            do {
                return try Vault.withUnlocked(
                    at: vaultPath, with: key, options: unlock, unanchored: { notice(.noAnchor($0)) }
                ) {
                    (vault) throws(OperationError) in
                    wasOpen = true
                    return try body(&vault)
                }
            } catch .vault(.wrongKey) where left > 0 && !wasOpen {
                self.key.refused()
                notice(.wrongKey)
            }
        }
    }
}

extension VaultLocks {
    /// Holds one connection for the length of the closure.
    borrowing func holding<R: ~Copyable>(
        _ connection: RowID, wait seconds: Int, _ body: () throws(OperationError) -> R
    ) throws(OperationError) -> R {
        try ofVault(lock(connection: connection, wait: seconds))
        defer { unlock(connection: connection) }
        return try body()
    }
}
