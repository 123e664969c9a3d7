internal import CredentialVault
internal import OAuthCore

/// One call of `refresh`: what is to be done to which connection.
struct RefreshRun {
    var context: Context
    let when: Refresh.When
    let limits: Refresh.Limits
    /// The provider's name by app.
    let providers: [RowID: String]
    /// When the command was begun, Unix seconds.
    let begun: Int64

    /// The connections for which the vault need not be opened.
    func withoutRequest(_ rows: [ConnectionRow]) -> [RowID: RefreshOutcome] {
        var outcomes: [RowID: RefreshOutcome] = [:]
        for row in rows {
            if row.renewal == .manual {
                do { outcomes[row.id] = try context.manual(row) } catch { outcomes[row.id] = .failed(error) }
            } else if !isWanted(row) {
                outcomes[row.id] = .notDue
            }
        }
        return outcomes
    }

    /// One unlock for all of them. What has no outcome was not begun: `stop` says why.
    func refresh(
        _ rows: [ConnectionRow], _ stop: inout Refresh.Stop?
    ) throws(OperationError) -> [RowID: RefreshOutcome] {
        var held = self
        held.context = try context.withKeyInHand()
        // From here on: who types a passphrase takes the time that it takes. What is waited for afterwards counts.
        let deadline = context.uptime() + Int64(limits.seconds) * 1000
        return try held.refreshWithKey(rows, until: deadline, &stop)
    }

    private func refreshWithKey(
        _ rows: [ConnectionRow], until deadline: Int64, _ stop: inout Refresh.Stop?
    ) throws(OperationError) -> [RowID: RefreshOutcome] {
        let locks = try context.sharedLock(until: deadline)
        guard rows.count == 1 else { return try refreshAll(rows, until: deadline, under: locks, &stop) }
        // One alone: its turn is waited for before the vault is opened, and what another process did meanwhile
        // needs no opening. The lock is the same one that is taken again inside.
        return try locks.holding(rows[0].id, wait: context.inTime(until: deadline)) {
            () throws(OperationError) in
            let now = try context.readLocked().connections.first { $0.id == rows[0].id }
            if let now, let done = whatIsDone(now, seen: rows[0]) { return [now.id: done] }
            return try refreshAll(rows, until: deadline, under: locks, &stop)
        }
    }

    private func refreshAll(
        _ rows: [ConnectionRow], until deadline: Int64, under locks: borrowing VaultLocks,
        _ stop: inout Refresh.Stop?
    ) throws(OperationError) -> [RowID: RefreshOutcome] {
        try context.unlocked(under: locks, until: deadline) { (vault) throws(OperationError) in
            let batch = RefreshBatch(rows, limits, until: deadline, in: context, vault: vault) {
                whatIsDone($0, seen: $1)
            }
            batch.run(in: &vault, under: locks)
            stop = batch.stop
            return batch.outcomes
        }
    }

    /// A connection whose last attempt failed, or was interrupted, is wanted whenever anything is: it mends itself,
    /// or is reported again.
    private func isWanted(_ row: ConnectionRow) -> Bool {
        if row.state != .ok || row.pending != nil { return true }
        switch when {
        case .always, .forced: return true
        case .due: return row.isDue(at: begun) && !isPointless(row)
        case .within(let seconds): return row.ends(within: seconds, of: begun)
        }
    }

    /// At a provider whose refresh token stays the same, nothing but a new consent gives a token more time that was cut to
    /// the consent's end.
    private func isPointless(_ row: ConnectionRow) -> Bool {
        // Once the consent is over the provider is asked all the same: what it says is what counts.
        guard row.isCutByConsent, !row.isIssuedAhead(of: begun), let end = row.refreshExpiresAt, end > begun,
            let name = providers[row.appID]
        else { return false }
        return (try? context.profile(named: name))?.refresh == .stable
    }

    /// The outcome where no request is needed any more.
    private func whatIsDone(_ row: ConnectionRow, seen: ConnectionRow) -> RefreshOutcome? {
        if row.state != .ok || row.pending != nil || row.isAccessKnownDead { return nil }
        if row.hasNewerTokens(than: seen) { return .alreadyRefreshed }
        switch when {
        case .due, .within: return isWanted(row) ? nil : .alreadyRefreshed
        case .forced: return nil
        case .always: return isJustRefreshed(row) ? .justRefreshed : nil
        }
    }

    /// Within `atOnceSeconds` of this command's begin, before or after. A connection's first grant is no refresh.
    private func isJustRefreshed(_ row: ConnectionRow) -> Bool {
        guard let refreshed = row.refreshedAt, refreshed != row.consentedAt, !row.isAccessOver(at: begun)
        else {
            return false
        }
        // A later time than that is a clock's that has been put back since, and says nothing.
        return abs(begun - refreshed) < Refresh.atOnceSeconds
    }
}
