package import CredentialVault

/// `init`: makes the vault with its first slot.
package enum Initialise {
    package struct Report: Equatable, Sendable {
        /// To be pinned by machines: `--vault-id`.
        package let vault: VaultID
        package let path: String
        package let slot: String
    }

    package static func run(
        slot: consuming NewSlot, label: String, in context: Context
    ) throws(OperationError) -> Report {
        try check(label: label)
        let header: VaultHeader
        do {
            header = try Vault.create(
                at: context.vaultPath, slot: slot, label: label, now: context.clock(),
                anchor: context.unlock.anchor, unanchored: { context.notice(.noAnchor($0)) })
        } catch { throw .vault(error) }
        return Report(vault: header.id, path: context.vaultPath, slot: label)
    }

    /// To be called before a new passphrase is asked for.
    package static func check(label: String) throws(OperationError) { try Name.check(label, .slot) }
}
