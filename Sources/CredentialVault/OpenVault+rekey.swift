internal import Secrets

/// A change of who can open the vault that makes a new root key and seals every row anew under it: whoever held a key
/// that is gone, and an old copy of the file, reads nothing of the new one (FORMAT.md P4).
package enum Rekeying: ~Copyable {
    /// Every slot keeps its key.
    case rotate
    case remove(label: String)
    /// The slot keeps its ID and its label and gets another key.
    case change(label: String, NewSlot)
}

/// Whether the pages of the former generation are out of the file and its -wal, once a new one is committed.
package enum Tidying: Equatable, Sendable {
    case done
    /// The new generation is durable; the former one's pages go at the next rotation.
    case postponed(VaultError)
}

extension OpenVault {
    /// Makes the next generation in one transaction (FORMAT.md, What holds the rows together: Rotation).
    ///
    /// Needs this one open slot alone: every other slot is wrapped to by its public half as it stands, verified, in the
    /// transaction's own view. No version, time, slot ID or sealed identity changes but those of a changed slot.
    /// When this throws, the file and this value are as before (but for `damaged(.readBack)`). Throws `noSlot`,
    /// `lastSlot`, `publicKeyTaken`, `limit(.generations)` after 1,000, `limit(.passphraseSlots)`, and `tampered(.row)`
    /// for a row that does not open.
    /// To be called under `VaultLocks.exclusive`, or a token on its way finds its row at another generation.
    ///
    /// When the slot in hand is removed, or given a key whose secret half is elsewhere, this value goes on reading and
    /// writing until another process has written; from then on it throws `wrongKey`.
    /// - Parameter progress: called with the rows sealed so far and all of them, every 64 rows and at the end.
    package mutating func rekey(
        _ rekeying: consuming Rekeying, now: Int64,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(VaultError) -> Tidying {
        try database.begin(.write)
        do {
            try refreshInWrite()
            let next = try writeNext(rekeying, now, progress)
            try database.commit()
            take(next)
        } catch {
            database.rollback()
            throw error
        }
        try readBackWhole()
        do { try database.dropFormerPages() } catch { return .postponed(error) }
        return .done
    }

    private borrowing func writeNext(
        _ rekeying: consuming Rekeying, _ now: Int64, _ progress: (_ done: Int, _ of: Int) -> Void
    ) throws(VaultError) -> NextGeneration {
        let operation = rekeying.operation
        var next = try NextGeneration.begin(after: snapshot, epoch: nextEpoch(), signedBy: root)
        try next.wrap(rekeying, now: now)
        if let lineage = next.snapshot.lineage.last { try database.insert(.lineage, lineage.values) }
        for former in snapshot.slots {
            switch next.snapshot.slots.first(where: { $0.id == former.id }) {
            case .some(let slot): try database.update(.slot, slot.values)
            case .none: try database.delete(.slot, .blob(former.id.bytes))
            }
        }
        let apps = snapshot.apps.count
        let all = apps + snapshot.connections.count
        next.snapshot.apps = try reseal(snapshot.apps, into: next) { progress($0, all) }
        next.snapshot.connections = try reseal(snapshot.connections, into: next) { progress(apps + $0, all) }
        let event = try Journal.event(
            Event(operation, .ok), slot: slot.id, at: now, after: next.snapshot.journal,
            vault: next.snapshot.header.id)
        Journal.advance(&next.snapshot.journal, past: event)
        try database.insert(.event, event.values)
        try prune(&next.snapshot.journal)
        let content = try next.snapshot.content()
        next.snapshot.manifest = try next.root.manifest(of: next.snapshot, content: content)
        try database.updateHeader(
            next.snapshot.headerValues(content: content, manifest: next.snapshot.manifest))
        try next.check(slot.id, with: identity)
        return next
    }

    private mutating func take(_ next: consuming NextGeneration) {
        if let slot = next.snapshot.slots.first(where: { $0.id == slot.id }) { self.slot = slot }
        switch next.takeIdentity(of: slot.id) {
        case .some(let identity): self.identity = identity
        case .none: break
        }
        snapshot = next.snapshot
        root = next.takeRoot()
    }

    /// Reads the file as whoever comes next will. Its bodies were written in the same transaction as the heads that are
    /// read here.
    private borrowing func readBackWhole() throws(VaultError) {
        let found = try Snapshot.read(database)
        guard found.header == snapshot.header, found.manifest == snapshot.manifest else {
            throw .damaged(.readBack)
        }
    }
}
