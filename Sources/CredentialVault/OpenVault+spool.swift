extension OpenVault {
    /// What became of one record that waited in the spool.
    package struct SpoolFinding: Equatable, Sendable {
        package let outcome: Outcome

        package enum Outcome: Equatable, Sendable {
            case settled(Recovery)
            /// It stays in the spool.
            case kept(VaultError.RecoveryFault)
            /// The same, thrown away as it was asked for.
            case discarded(VaultError.RecoveryFault)
            /// It could not be put into the vault, and stays in the spool.
            case failed(connection: String, VaultError)
        }
    }

    /// Applies the records that wait in the spool: those of dead processes, and those whose commit failed. Each in
    /// its own commit, under its connection's lock; one that somebody else works on is left to them. What cannot be
    /// applied is kept.
    ///
    /// - Parameters:
    ///   - held: the connection whose lock the caller holds: only its records are looked at. nil: all.
    ///   - discarding: what can never be applied is thrown away.
    package mutating func applyWaiting(
        under locks: borrowing VaultLocks, held: RowID? = nil, discarding: Bool = false, now: Int64
    ) throws(VaultError) -> [SpoolFinding] {
        var findings: [SpoolFinding] = []
        try locks.spool.forEachWaiting(of: held) {
            (place, content) throws(VaultError) in
            switch content {
            case .unreadable:
                guard held == nil else { return }
                if discarding { place.clear() }
                findings.append(
                    SpoolFinding(outcome: discarding ? .discarded(.malformed) : .kept(.malformed)))
            case .record(let record):
                if let held {
                    guard record.row.id == held else { return }
                } else {
                    do throws(VaultError) {
                        try locks.lock(connection: record.row.id, wait: 0)
                    } catch .busy { return }
                }
                defer { if held == nil { locks.unlock(connection: record.row.id) } }
                var outcome = try settle(record, &place, now)
                if discarding, case .kept(let fault) = outcome {
                    place.clear()
                    outcome = .discarded(fault)
                }
                findings.append(SpoolFinding(outcome: outcome))
            }
        }
        return findings
    }

    /// Before the root key is replaced: under the next one no record of this one can be applied, so none may wait;
    /// and what was cleared is sealed under the key that goes, so it is cleared on the disk too.
    ///
    /// Throws `recovery(.waiting)`.
    package mutating func refuseWaiting(under locks: borrowing VaultLocks) throws(VaultError) {
        if let name = try waiting(under: locks).first { throw .recovery(.waiting(connection: name)) }
        try locks.spool.sync()
    }

    /// The names of the connections of which a record for this root key waits in the spool.
    package borrowing func waiting(under locks: borrowing VaultLocks) throws(VaultError) -> [String] {
        let (vault, generation) = (header.id, header.generation)
        var waiting: [RowID] = []
        try locks.spool.forEachWaiting { (_, content) throws(VaultError) in
            guard case .record(let record) = content, record.vault == vault, record.generation == generation
            else { return }
            waiting.append(record.row.id)
        }
        return waiting.compactMap { connection($0)?.name }
    }

    private mutating func settle(
        _ record: RecoveryRecord, _ place: inout SpoolPlace, _ now: Int64
    ) throws(VaultError) -> SpoolFinding.Outcome {
        do throws(VaultError) {
            try refresh()
            switch try apply(record, now: now) {
            case .refused(let fault): return .kept(fault)
            case .stale(let name):
                try commit(
                    .note, Event(.recover, .discarded, connection: record.row.id), now: now)
                place.clear()
                return .settled(.stale(connection: name))
            case let settled:
                place.clear()
                return .settled(settled)
            }
        } catch {
            let name = connection(record.row.id)?.name ?? record.row.name
            return .failed(connection: name, error)
        }
    }
}
