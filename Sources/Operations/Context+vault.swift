internal import CredentialVault

extension Context {
    /// The clear columns, unverified. Needs no key.
    func readLocked() throws(OperationError) -> LockedVault {
        try ofVault(Vault.readLocked(at: vaultPath))
    }

    /// The vault shared with other processes; whoever changes anything holds it.
    ///
    /// - Parameter deadline: nothing is waited for beyond it, by `uptime`.
    func sharedLock(until deadline: Int64? = nil) throws(OperationError) -> VaultLocks {
        let seconds = deadline.map { inTime(until: $0) } ?? lockWaitSeconds
        return try ofVault(VaultLocks.shared(beside: vaultPath, wait: seconds))
    }

    /// `lockWaitSeconds`, or what is left until the deadline where that is less: whole seconds, the begun one counted.
    func inTime(until deadline: Int64) -> Int {
        min(lockWaitSeconds, Int(clamping: max(0, (deadline - uptime() + 999) / 1000)))
    }

    /// The vault alone, for what no token may be on its way through: every other process has ended its work on it.
    func exclusiveLock() throws(OperationError) -> VaultLocks {
        try ofVault(VaultLocks.exclusive(beside: vaultPath, wait: lockWaitSeconds))
    }

    /// The same with its key read now: to be called before the first lock is taken, so that no other process waits for
    /// a person who types, or for a command that fetches a key. Good for one `unlocked`.
    func withKeyInHand() throws(OperationError) -> Context {
        var context = self
        context.key = try key.inHand()
        return context
    }

    /// The same; a wrong key is asked for again where it was typed, with nothing held meanwhile.
    ///
    /// - Parameters:
    ///   - attempts: how often an interactive source is asked.
    ///   - body: says when the vault was open. From then on `wrongKey` means that the slot was removed meanwhile, and a
    ///     code or a token may be on its way: nothing is done twice.
    func withKeyInHand<R: ~Copyable>(
        attempts: Int, _ body: (Context, _ wasOpen: inout Bool) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        var left = key.isInteractive ? attempts : 1
        var wasOpen = false
        while true {
            left -= 1
            let context = try withKeyInHand()
            do { return try body(context, &wasOpen) } catch .vault(.wrongKey) where left > 0 && !wasOpen {
                key.refused()
                notice(.wrongKey)
            }
        }
    }

    /// Reads the key and lends the open vault for the length of the closure.
    func unlocked<R: ~Copyable>(
        _ body: (inout OpenVault) throws(OperationError) -> R
    ) throws(OperationError) -> R {
        try Vault.withUnlocked(
            at: vaultPath, with: key.read(), options: unlock, unanchored: { notice(.noAnchor($0)) }, body)
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
