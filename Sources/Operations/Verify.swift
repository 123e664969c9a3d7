package import CredentialVault

/// `verify`: opens every row and walks the journal.
package enum Verify {
    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        package let counts: VaultCounts
    }

    /// Under the shared lock: an open vault moves its -wal when it closes, and a restore may put another file there.
    package static func run(in context: Context) throws(OperationError) -> Report {
        try context.key.check()
        _ = try context.readLocked()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked { (vault) throws(OperationError) in
                try ofVault(vault.verify())
                return Report(vault: vault.header, counts: VaultCounts(vault))
            }
        }
    }
}
