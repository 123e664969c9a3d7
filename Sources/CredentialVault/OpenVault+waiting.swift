extension OpenVault {
    /// What became of one record that waited.
    package struct WaitingRecord: Equatable, Sendable {
        package let outcome: Outcome
        /// The file that it stood in; nil: the spool.
        package let path: String?

        /// Nobody needs the record any more.
        package var isSettled: Bool {
            if case .settled(let recovery) = outcome { recovery.isSettled } else { false }
        }

        /// Another program was writing.
        fileprivate var isBusy: Bool {
            if case .failed(_, .busy) = outcome { true } else { false }
        }

        package enum Outcome: Equatable, Sendable {
            case settled(Recovery)
            /// It stays where it is.
            case kept(VaultError.RecoveryFault)
            /// The same, thrown away as it was asked for.
            case discarded(VaultError.RecoveryFault)
            /// It could not be put into the vault, and stays where it is.
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
    ) throws(VaultError) -> [WaitingRecord] {
        var findings: [WaitingRecord] = []
        try locks.spool.forEachWaiting(of: held) {
            (place, content) throws(VaultError) in
            switch content {
            case .unreadable:
                guard held == nil else { return }
                if discarding { place.clear() }
                findings.append(
                    WaitingRecord(
                        outcome: discarding ? .discarded(.malformed) : .kept(.malformed), path: nil))
            case .record(let record):
                if let held {
                    guard record.row.id == held else { return }
                } else {
                    do throws(VaultError) {
                        try locks.lock(connection: record.row.id, wait: 0)
                    } catch .busy { return }
                }
                defer { if held == nil { locks.unlock(connection: record.row.id) } }
                let outcome = settle(record, discarding, now, after: findings) { place.clear() }
                findings.append(WaitingRecord(outcome: outcome, path: nil))
            }
        }
        return findings
    }

    /// The same for this vault's records in files of their own, which the spool could not take (`RecoveryFile`): each
    /// file is removed when nobody needs it any more. Records of another vault are left alone.
    ///
    /// - Parameter folders: where such files are looked for.
    package mutating func applyFiles(
        in folders: [String], under locks: borrowing VaultLocks, held: RowID? = nil, discarding: Bool = false,
        now: Int64
    ) throws(VaultError) -> [WaitingRecord] {
        var findings: [WaitingRecord] = []
        for (path, found) in RecoveryFile.all(in: folders, of: header.id) {
            guard case .record(let record) = found else {
                // It may hold records among other text, or another vault's: never thrown away from here.
                if held == nil { findings.append(WaitingRecord(outcome: .kept(.malformed), path: path)) }
                continue
            }
            if let held {
                guard record.row.id == held else { continue }
            } else {
                do throws(VaultError) {
                    try locks.lock(connection: record.row.id, wait: 0)
                } catch .busy { continue }
            }
            defer { if held == nil { locks.unlock(connection: record.row.id) } }
            let outcome = settle(record, discarding, now, after: findings) { RecoveryFile.remove(path) }
            findings.append(WaitingRecord(outcome: outcome, path: path))
        }
        return findings
    }

    /// Before the root key is replaced: under the next one no record of this one can be applied, so none may wait;
    /// and what was cleared is sealed under the key that goes, so it is cleared on the disk too.
    ///
    /// - Parameter folders: `applyFiles`'s.
    ///
    /// Throws `recovery(.waiting)`.
    package mutating func refuseWaiting(
        under locks: borrowing VaultLocks, files folders: [String]
    ) throws(VaultError) {
        if let name = try waiting(under: locks, files: folders).first {
            throw .recovery(.waiting(connection: name))
        }
        try locks.spool.sync()
    }

    /// The names of the connections of which a record for this root key waits.
    package borrowing func waiting(
        under locks: borrowing VaultLocks, files folders: [String]
    ) throws(VaultError) -> [String] {
        var records = RecoveryFile.records(in: folders, of: header.id).map(\.record)
        try locks.spool.forEachWaiting { (_, content) throws(VaultError) in
            if case .record(let record) = content { records.append(record) }
        }
        let vault = header
        return records.filter { $0.isSealed(for: vault) }.compactMap { connection($0.row.id)?.name }
    }

    /// - Parameters:
    ///   - former: what became of those before it: another program that writes was waited for once.
    ///   - clear: takes the record away from where it waits.
    private mutating func settle(
        _ record: RecoveryRecord, _ discarding: Bool, _ now: Int64, after former: [WaitingRecord],
        clear: () -> Void
    ) -> WaitingRecord.Outcome {
        waiting(atMost: former.contains(where: \.isBusy) ? 0 : nil) { vault in
            vault.settle(record, discarding, now, clear: clear)
        }
    }

    private mutating func settle(
        _ record: RecoveryRecord, _ discarding: Bool, _ now: Int64, clear: () -> Void
    ) -> WaitingRecord.Outcome {
        do throws(VaultError) {
            try refresh()
            switch try apply(record, now: now) {
            case .refused(let fault):
                guard discarding else { return .kept(fault) }
                clear()
                return .discarded(fault)
            case .stale(let name):
                try commit(
                    .note, Event(.recover, .discarded, connection: record.row.id), now: now)
                clear()
                return .settled(.stale(connection: name))
            case let settled:
                clear()
                return .settled(settled)
            }
        } catch {
            let name = connection(record.row.id)?.name ?? record.row.name
            return .failed(connection: name, error)
        }
    }
}
