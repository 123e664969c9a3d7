package import CredentialVault
package import Secrets

/// `key list`, `generate`, `add`, `rename`. What makes a new root key is `Rekey`.
package enum Keys {
    package struct SlotReport: Equatable, Sendable {
        package let label: String
        package let kind: SlotKind
        package let createdAt: Int64
        /// `advault1…`
        package let publicKey: String
        /// scrypt's cost: N = 2^log_n; nil for a machine.
        package let logN: Int64?

        init(_ row: SlotRow) {
            logN = row.kdf?.logN
            (label, kind, createdAt) = (row.label, row.kind, row.createdAt)
            publicKey = MachineKey.publicText(of: row.publicKey)
        }
    }

    package struct Report: Equatable, Sendable {
        package let vault: VaultHeader
        /// By label. Unverified.
        package let slots: [SlotReport]
    }

    /// A new machine key. Its secret half goes into a file that the caller makes, and nowhere else.
    package struct Generated: ~Copyable, Sendable {
        /// `ADVAULT-SECRET-KEY-1…`
        package let secretText: SecretBytes
        /// `advault1…`
        package let publicText: String
    }

    /// The vault stays locked.
    package static func list(in context: Context) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        return Report(
            vault: locked.header, slots: locked.slots.map(SlotReport.init).sorted { $0.label < $1.label })
    }

    /// Needs no vault.
    package static func generate() throws(OperationError) -> Generated {
        let identity = try ofSecrets(Identity.generate())
        return Generated(
            secretText: try ofSecrets(MachineKey.secretText(of: identity)),
            publicText: MachineKey.publicText(of: identity.publicKey))
    }

    /// To be called before a new passphrase is asked for.
    package static func check(label: String, in context: Context) throws(OperationError) {
        try Name.check(label, .slot)
        let locked = try context.readLocked()
        // `==`: two labels that look the same are taken for one here, and told apart wherever one is looked up.
        guard !locked.slots.contains(where: { $0.label == label }) else { throw .labelTaken(label) }
    }

    /// Wraps the root key to one more key. Whoever holds it can open this vault from now on.
    package static func add(
        _ slot: consuming NewSlot, label: String, in context: Context
    ) throws(OperationError) -> Report {
        try check(label: label, in: context)
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        var slot = Optional(slot)
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                switch slot.take() {
                case .some(let slot):
                    do throws(VaultError) {
                        try vault.commit(
                            .addSlot(slot, label: label), Event(.keyAdd, .ok), now: context.clock())
                    } catch { throw OperationError.vault(error) }
                // The closure is called at most once: the key is not asked for again here.
                case .none: break
                }
                let slots = vault.slots.map(SlotReport.init).sorted { $0.label < $1.label }
                return Report(vault: vault.header, slots: slots)
            }
        }
    }

    /// What `rename` would meet without a key. The slots as they are, unverified.
    package static func planRename(
        _ label: String, to new: String, in context: Context
    ) throws(OperationError) -> Report {
        try Name.check(new, .slot)
        let report = try list(in: context)
        guard report.slots.contains(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .vault(.noSlot(label: label))
        }
        guard !report.slots.contains(where: { $0.label == new }) else { throw .labelTaken(new) }
        return report
    }

    /// Another label for a slot; its key stays as it is.
    package static func rename(
        _ label: String, to new: String, in context: Context
    ) throws(OperationError) -> Report {
        _ = try planRename(label, to: new, in: context)
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                try ofVault(
                    vault.commit(
                        .renameSlot(label, to: new), Event(.keyRename, .ok), now: context.clock()))
                let slots = vault.slots.map(SlotReport.init).sorted { $0.label < $1.label }
                return Report(vault: vault.header, slots: slots)
            }
        }
    }
}
