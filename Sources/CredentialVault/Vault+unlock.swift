internal import Secrets

/// Which slot to try and which vault to expect.
package struct UnlockOptions: Sendable {
    /// The label of the one slot to try.
    package var slot: String?
    /// The ID that the vault must have (FORMAT.md, Lineage: a machine pins it).
    package var pin: VaultID?
    /// What this machine has seen is compared with and kept there; nil: neither.
    package var anchor: AnchorStore?
    /// Opens a file that is older than what was seen, or beside it. Covers no other vault at a known path.
    package var acceptRollback: Bool

    package init(
        slot: String? = nil, pin: VaultID? = nil, anchor: AnchorStore? = nil, acceptRollback: Bool = false
    ) {
        (self.slot, self.pin, self.anchor, self.acceptRollback) = (slot, pin, anchor, acceptRollback)
    }
}

extension Vault {
    /// Unlocks the vault, lends it to the closure, and wipes every key when the closure is left.
    ///
    /// What was last verified or committed becomes the anchor, even when the closure throws. Where that fails the vault's
    /// work is done all the same, and `unanchored` is told why.
    ///
    /// Locks are the caller's (`VaultLocks`). Throws `wrongKey` when no slot opens, `tampered` when one opened and
    /// anything failed after it, `anchor` when what this machine has kept cannot be trusted, `tooCostly` and `noSlot` before any key derivation; and what `readLocked` throws.
    package static func withUnlocked<R: ~Copyable, E: VaultFailure>(
        at path: String, with key: borrowing UnlockKey, options: UnlockOptions = .init(),
        unanchored: (VaultError) -> Void = { _ in },
        _ body: (inout OpenVault) throws(E) -> R
    ) throws(E) -> R {
        var vault: OpenVault
        do { vault = try OpenVault.unlock(at: path, with: key, options) } catch { throw E(error) }
        do {
            let result = try body(&vault)
            vault.keepAnchor(unanchored)
            return result
        } catch {
            vault.keepAnchor(unanchored)
            throw error
        }
    }
}

/// What a key led to: the slot that it opened and that slot's identity.
struct OpenedSlot: ~Copyable {
    let row: SlotRow
    let identity: Identity

    /// Finds the slot: a machine key by its public half, a passphrase by trying its slots in order of slot_id.
    static func find(
        in snapshot: Snapshot, with key: borrowing UnlockKey, label: String?
    ) throws(VaultError) -> OpenedSlot {
        let candidates = snapshot.slots.filter { label == nil || $0.label.hasSameBytes(as: label ?? "") }
        if let label, candidates.isEmpty { throw .noSlot(label: label) }
        switch key {
        case .machine(let identity):
            guard
                let row = candidates.first(where: {
                    $0.kind == .machine && $0.publicKey == identity.publicKey
                })
            else {
                throw .wrongKey(.machine)
            }
            do { return OpenedSlot(row: row, identity: try Identity(secret: identity.secret.copy())) } catch {
                throw .secrets(error)
            }
        case .passphrase(let passphrase):
            return try tryEach(candidates.filter { $0.kdf != nil }, passphrase, snapshot.header.id)
        }
    }

    private static func tryEach(
        _ slots: [SlotRow], _ passphrase: borrowing SecretBytes, _ vault: VaultID
    ) throws(VaultError) -> OpenedSlot {
        // FORMAT.md P9: refused before the first scrypt. log_n is known to be 15…20, so nothing overflows.
        let sum = slots.reduce(Int64(0)) { $0 + (Int64(1) << ($1.kdf?.logN ?? 0)) }
        guard sum <= Limits.sumOfN else { throw .tooCostly(slots: slots.count, sumOfN: sum) }
        for row in slots {
            switch try Slot.openIdentity(row, with: passphrase, vault: vault) {
            case .none: continue
            case .some(let identity): return OpenedSlot(row: row, identity: identity)
            }
        }
        throw .wrongKey(.passphrase)
    }
}
