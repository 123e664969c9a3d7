package import CredentialVault

/// `key remove`, `change` and `rotate`: a new root key, and every row sealed anew under it.
package enum Rekey {
    /// What a new generation leaves, or with `--dry-run` would leave.
    package struct Report: Equatable, Sendable {
        /// The vault after it; before it where nothing was written.
        package let vault: VaultHeader
        /// The slot that was opened for it.
        package let usedSlot: String
        /// Who can open the new generation, by label.
        package let keepers: [Keys.SlotReport]
        /// The key that reads nothing of the new generation; nil for `rotate`.
        package let outgoing: OutgoingKey?
        /// nil where nothing was written.
        package let tidying: Tidying?
    }

    /// A key that was removed or replaced, and all that it could read while it was enrolled. A copy of the former file
    /// still opens with it: whoever may hold one knows these secrets until they are replaced.
    package struct OutgoingKey: Equatable, Sendable {
        package let label: String
        package let kind: SlotKind
        /// It is the key that was used for this.
        package let isInUse: Bool
        /// By name.
        package let apps: [App]
        /// By name.
        package let connections: [Connection]

        package struct App: Equatable, Sendable {
            package let name: String
            package let provider: String
        }

        package struct Connection: Equatable, Sendable {
            package let name: String
            package let app: String
            package let provider: String
        }
    }

    /// Which key goes, without the one that may come.
    package enum Subject: Equatable, Sendable {
        case rotate
        case remove(label: String)
        /// nil: the slot that the key in hand opens.
        case change(label: String?)

        /// nil where none is named.
        var label: String? {
            switch self {
            case .rotate: nil
            case .remove(let label): label
            case .change(let label): label
            }
        }
    }

    // `abandonPending` below: go on although a refresh was begun whose end nobody knows (`Doubts`).

    /// Called with the rows sealed so far and all of them.
    package typealias Progress = (_ done: Int, _ of: Int) -> Void

    /// What can be said without a key: the label is a slot's, and a removal leaves one. To be called before a new key
    /// is asked for.
    package static func check(_ subject: Subject, in context: Context) throws(OperationError) {
        let locked = try context.readLocked()
        guard let label = subject.label else { return }
        guard locked.slots.contains(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .vault(.noSlot(label: label))
        }
        if case .remove = subject, locked.slots.count == 1 { throw .vault(.lastSlot(label: label)) }
    }

    /// `--dry-run`: opens and verifies the vault, and writes nothing.
    package static func plan(
        _ subject: Subject, abandonPending: Bool = false, in context: Context
    ) throws(OperationError) -> Report {
        try check(subject, in: context)
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked { (vault) throws(OperationError) in
                try Doubts(context: context, abandonPending: abandonPending).plan(&vault, under: locks)
                let outgoing = try outgoing(subject, in: vault)
                if case .remove = subject, let outgoing, vault.slots.count == 1 {
                    throw .vault(.lastSlot(label: outgoing.label))
                }
                var keepers = vault.slots
                if case .remove(let label) = subject {
                    keepers.removeAll { $0.label.hasSameBytes(as: label) }
                }
                return report(vault.header, vault.slot, keepers, outgoing, nil)
            }
        }
    }

    /// - Parameter consent: asked when the key in use is to be removed; false ends it as `.declined`.
    package static func remove(
        _ label: String, abandonPending: Bool = false, in context: Context,
        progress: Progress = { _, _ in }, consent: () throws(OperationError) -> Bool
    ) throws(OperationError) -> Report {
        try run(.remove(label: label), abandonPending, in: context, progress) {
            (vault, outgoing) throws(OperationError) in
            guard let outgoing else { throw .vault(.noSlot(label: label)) }
            if outgoing.isInUse, try !consent() { throw .declined }
            return .remove(label: label)
        }
    }

    /// Another key for the slot of this label; nil: for the one that the key in hand opens.
    package static func change(
        _ label: String?, to slot: consuming NewSlot, abandonPending: Bool = false, in context: Context,
        progress: Progress = { _, _ in }
    ) throws(OperationError) -> Report {
        var slot = Optional(slot)
        return try run(.change(label: label), abandonPending, in: context, progress) {
            (vault, outgoing) throws(OperationError) in
            let label = outgoing?.label ?? vault.slot.label
            switch slot.take() {
            case .some(let slot): return .change(label: label, slot)
            // The body is run once: a wrong key is not asked for again.
            case .none: throw .declined
            }
        }
    }

    package static func rotate(
        abandonPending: Bool = false, in context: Context, progress: Progress = { _, _ in }
    ) throws(OperationError) -> Report {
        try run(.rotate, abandonPending, in: context, progress) { (_, _) throws(OperationError) in .rotate }
    }

    // MARK: One new generation

    private static func run(
        _ subject: Subject, _ abandonPending: Bool, in context: Context, _ progress: Progress,
        _ rekeying: (inout OpenVault, OutgoingKey?) throws(OperationError) -> Rekeying
    ) throws(OperationError) -> Report {
        try check(subject, in: context)
        try context.key.check()
        let context = try context.withKeyInHand()
        // Alone: a token that another process is waiting for could not be stored under the next generation.
        let locks = try context.exclusiveLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                try ofVault(vault.refuseWaiting(under: locks, files: context.recoveryPaths))
                try Doubts(context: context, abandonPending: abandonPending).settle(vault)
                let used = vault.slot
                let outgoing = try outgoing(subject, in: vault)
                let rekeying = try rekeying(&vault, outgoing)
                let tidying: Tidying
                do throws(VaultError) {
                    tidying = try vault.rekey(rekeying, now: context.clock(), progress: progress)
                } catch { throw .vault(error) }
                return report(vault.header, used, vault.slots, outgoing, tidying)
            }
        }
    }

    private static func report(
        _ vault: VaultHeader, _ used: SlotRow, _ keepers: [SlotRow], _ outgoing: OutgoingKey?,
        _ tidying: Tidying?
    ) -> Report {
        Report(
            vault: vault, usedSlot: used.label,
            keepers: keepers.map(Keys.SlotReport.init).sorted { $0.label < $1.label },
            outgoing: outgoing, tidying: tidying)
    }

    private static func outgoing(
        _ subject: Subject, in vault: borrowing OpenVault
    ) throws(OperationError) -> OutgoingKey? {
        if subject == .rotate { return nil }
        let label = subject.label ?? vault.slot.label
        guard let slot = vault.slots.first(where: { $0.label.hasSameBytes(as: label) }) else {
            throw .vault(.noSlot(label: label))
        }
        let apps = Dictionary(uniqueKeysWithValues: vault.apps.map { ($0.id, $0) })
        return OutgoingKey(
            label: label, kind: slot.kind, isInUse: slot.id == vault.slot.id,
            apps: apps.values.map { .init(name: $0.name, provider: $0.provider) }
                .sorted { $0.name < $1.name },
            connections: vault.connections.map { row in
                let app = apps[row.appID]
                return .init(name: row.name, app: app?.name ?? "", provider: app?.provider ?? "")
            }.sorted { $0.name < $1.name })
    }
}
