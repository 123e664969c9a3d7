package import CredentialVault

/// `verify`: opens every row and walks the journal.
package enum Verify {
    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        package let slots: Int
        package let apps: Int
        package let connections: Int
    }

    package static func run(in context: Context) throws(OperationError) -> Report {
        try context.key.check()
        return try context.unlocked { (vault) throws(OperationError) in
            try ofVault(vault.verify())
            return Report(
                vault: vault.header, slots: vault.slots.count, apps: vault.apps.count,
                connections: vault.connections.count)
        }
    }
}
