internal import CredentialVault

extension RefreshBatch {
    /// The connection that can be marked by the commit that stores another's tokens. Whatever is in its way is left for
    /// `begin` to meet, to mend and to tell: while tokens wait nothing is waited for, and nothing else committed.
    ///
    /// The vault is not read again for it: `commit` makes the mark only where nobody has written since.
    func next(
        after answered: ProviderLane, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) -> BatchTurn? {
        guard stop == nil, hasRoom, !hasMarked else { return nil }
        let now = context.uptime()
        for lane in lanes {
            guard let entry = lane.next(at: now, answered: lane === answered ? 1 : 0) else { continue }
            do throws(VaultError) { try locks.lock(connection: entry.seen.id, wait: 0) } catch {
                lane.putBack(entry)
                return nil
            }
            if let turn = turn(of: entry, lane, in: &vault, under: locks) { return turn }
            putBack(entry, lane, under: locks)
            return nil
        }
        return nil
    }

    private func turn(
        of entry: BatchEntry, _ lane: ProviderLane, in vault: inout OpenVault,
        under locks: borrowing VaultLocks
    ) -> BatchTurn? {
        guard refusedApps[entry.app.row.id] == nil, let row = vault.connection(entry.seen.id),
            row.pending == nil, row.state != .interrupted
        else { return nil }
        do throws(OperationError) {
            guard try !holdsWaiting(entry, in: vault, under: locks) else { return nil }
            switch try prepare(entry, lane, in: &vault, under: locks, wait: 0) {
            case .ready(let turn): return turn
            case .needless: return nil
            }
        } catch { return nil }
    }

    func putBack(_ entry: BatchEntry, _ lane: ProviderLane, under locks: borrowing VaultLocks) {
        locks.unlock(connection: entry.seen.id)
        lane.putBack(entry)
    }

    /// Commits tokens that are in the spool, and with them the mark of the connection whose turn is next: a commit of
    /// its own would be one more sync of the disk for each.
    ///
    /// Nothing about the next one keeps the tokens from being stored: they are committed alone then, and it has its
    /// turn in `begin`.
    func commit(
        _ record: RecoveryRecord, _ event: Event, with next: consuming BatchTurn?, now: Int64,
        in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(VaultError) {
        guard let (entry, lane, row) = next.whose else {
            return try Store.alone(record, event, now: now, in: &vault)
        }
        do throws(VaultError) { return try mark(next, with: record, event, now: now, in: &vault) } catch {
            // Both are in the file all the same: what failed was to read them back.
            if hasMarked { throw error }
            if vault.hasMark(beyond: row) {
                fail(entry, lane, .vault(error), under: locks)
                throw error
            }
            putBack(entry, lane, under: locks)
            // So it would be for the tokens alone.
            if case .busy = error { throw error }
        }
        try Store.alone(record, event, now: now, in: &vault)
    }

    private func mark(
        _ next: consuming BatchTurn?, with record: RecoveryRecord, _ event: Event, now: Int64,
        in vault: inout OpenVault
    ) throws(VaultError) {
        switch consume next {
        case .none: break
        case .some(let turn):
            let mark = try turn.prepared.mark(now: now)
            var failure: VaultError?
            do throws(VaultError) {
                try vault.commit(.placeConnection(record), event, with: mark, now: now)
            } catch { failure = error }
            let row = vault.connection(turn.prepared.row.id) ?? turn.prepared.row
            // A mark that the file does not hold as it was written is none to spend a token on.
            if vault.hasMark(beyond: turn.prepared.row), failure != .damaged(.readBack) {
                marked = MarkedTurn(turn, as: row)
            } else {
                failure = failure ?? .changedMeanwhile
            }
            if let failure { throw failure }
        }
    }

    private var hasMarked: Bool {
        switch marked {
        case .some: true
        case .none: false
        }
    }

    /// The one that was marked so.
    func sendMarked(in vault: inout OpenVault, under locks: borrowing VaultLocks) {
        switch marked.take() {
        case .some(let turn):
            let (entry, lane, app) = (turn.entry, turn.lane, turn.app)
            do throws(OperationError) {
                try send(turn.begun, entry, lane, app, in: &vault, under: locks)
            } catch { fail(entry, lane, error, under: locks) }
        case .none: break
        }
    }
}

extension OpenVault {
    /// Whether the row stands marked at a later version: by whoever holds its lock.
    fileprivate borrowing func hasMark(beyond row: ConnectionRow) -> Bool {
        guard let now = connection(row.id) else { return false }
        return now.version > row.version && now.pending != nil
    }
}
