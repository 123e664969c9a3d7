package import CredentialVault

/// `backup`: a copy of the vault as it stands at one moment, as one file. The vault stays locked.
package enum Backup {
    package struct Report: Equatable, Sendable {
        package let path: String
        /// Unverified, as all that is read without a key.
        package let vault: VaultHeader
        package let counts: VaultCounts
    }

    package static func run(to file: String, in context: Context) throws(OperationError) -> Report {
        // So that a signal leaves no half of a copy: it takes effect when the copy is whole or removed.
        let copied = try withExtendedLifetime(SignalHold()) { () throws(OperationError) in
            try ofVault(Vault.backUp(at: context.vaultPath, to: file))
        }
        return Report(path: file, vault: copied.header, counts: VaultCounts(copied))
    }
}

/// How much is in a vault.
package struct VaultCounts: Equatable, Sendable {
    package let slots: Int
    package let apps: Int
    package let connections: Int
    package let events: Int

    init(_ vault: LockedVault) {
        (slots, apps) = (vault.slots.count, vault.apps.count)
        (connections, events) = (vault.connections.count, Int(vault.events))
    }

    init(_ vault: borrowing OpenVault) {
        (slots, apps) = (vault.slots.count, vault.apps.count)
        (connections, events) = (vault.connections.count, Int(vault.events))
    }
}
