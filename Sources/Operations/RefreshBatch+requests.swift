internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Secrets

extension RefreshBatch {
    /// None while tokens wait for a writer to end: what is in flight is put into the spool beside them first.
    var hasRoom: Bool {
        guard spooled.isEmpty else { return false }
        return inFlight.isEmpty || (inFlight.count < limits.jobs && SecureHeap.bytesFree >= Self.reserve)
    }

    /// Begins the next one. Returns whether there may be another that can be begun now.
    func begin(
        in vault: inout OpenVault, under locks: borrowing VaultLocks, _ signals: borrowing SignalHold
    ) -> Bool {
        guard hasRoom else { return false }
        let now = context.uptime()
        for lane in lanes {
            guard let entry = lane.next(at: now) else { continue }
            return begin(entry, lane, in: &vault, under: locks, isLast: false)
        }
        // A connection that another process holds holds up nobody: it is looked at again when all else is done.
        guard inFlight.isEmpty, lanes.allSatisfy(\.isEmpty), !busy.isEmpty else { return false }
        let until = busyUntil ?? min(now + Int64(context.lockWaitSeconds) * 1000, deadline)
        busyUntil = until
        for _ in busy.indices {
            heed(signals)
            guard hasRoom, stop == nil else { break }
            let (entry, lane) = busy.removeFirst()
            guard begin(entry, lane, in: &vault, under: locks, isLast: now >= until) else { break }
        }
        return !inFlight.isEmpty
    }

    /// - Returns: false when another program was writing, or something waits to be stored for the connection: the answers
    ///   of others may have come meanwhile, and are to be in the spool first.
    private func begin(
        _ entry: BatchEntry, _ lane: ProviderLane, in vault: inout OpenVault,
        under locks: borrowing VaultLocks, isLast: Bool
    ) -> Bool {
        if let error = refusedApps[entry.app.row.id] {
            end(entry, .notTried(.sameAs(error)))
            return true
        }
        if let error = lane.givenUp {
            leave(entry, error)
            return true
        }
        do throws(VaultError) { try locks.lock(connection: entry.seen.id, wait: 0) } catch {
            if case .busy = error, !isLast {
                busy.append((entry, lane))
            } else {
                end(entry, .failed(.vault(error)))
            }
            return true
        }
        do throws(OperationError) {
            try ofVault(vault.refresh())
            if !inFlight.isEmpty, try holdsWaiting(entry, in: vault, under: locks) {
                putBack(entry, lane, under: locks)
                return false
            }
            let wait = inFlight.isEmpty ? deadline - context.uptime() : OpenVault.briefWait
            var isLate = false
            let done = try vault.waiting(atMost: wait) { (vault) throws(OperationError) -> RefreshOutcome? in
                if inFlight.isEmpty {
                    try context.storeWaiting(for: entry.seen.id, in: &vault, under: locks)
                    if try holdsWaiting(entry, in: vault, under: locks) { unusable.insert(entry.seen.id) }
                    isLate = context.uptime() >= deadline
                }
                return isLate ? nil : try mark(entry, lane, in: &vault, under: locks)
            }
            if isLate {
                putBack(entry, lane, under: locks)
                return true
            }
            if let done { finish(entry, done, under: locks) } else { sendMarked(in: &vault, under: locks) }
        } catch {
            if case .vault(.busy(_, .vault)) = error, !inFlight.isEmpty {
                putBack(entry, lane, under: locks)
                return false
            }
            fail(entry, lane, error, under: locks)
        }
        return true
    }

    /// Whether something waits to be stored for a connection, whose lock is held: nobody writes a record of it
    /// meanwhile. What was looked at, cannot be stored and stays where it is holds up nobody twice.
    func holdsWaiting(
        _ entry: BatchEntry, in vault: borrowing OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) -> Bool {
        let (connection, vault) = (entry.seen.id, vault.header)
        guard !unusable.contains(connection) else { return false }
        func isMeant(_ record: RecoveryRecord) -> Bool {
            record.row.id == connection && record.isSealed(for: vault)
        }
        return try ofVault(locks.spool.holdsRecord(where: isMeant))
            || watch.records(of: vault.id).contains(where: isMeant)
    }

    /// By a commit of its own.
    /// - Returns: where no request is needed: what it came to.
    private func mark(
        _ entry: BatchEntry, _ lane: ProviderLane, in vault: inout OpenVault,
        under locks: borrowing VaultLocks
    ) throws(OperationError) -> RefreshOutcome? {
        switch try prepare(entry, lane, in: &vault, under: locks, wait: context.inTime(until: deadline)) {
        case .needless(let outcome): return outcome
        case .ready(let turn):
            let app = turn.app
            let begun = try RefreshGrant(context: context, app: app).mark(turn.prepared, in: &vault)
            marked = MarkedTurn(entry: entry, lane: lane, app: app, begun: begun)
            return nil
        }
    }

    enum Preparation: ~Copyable {
        /// No request is needed.
        case needless(RefreshOutcome)
        case ready(BatchTurn)
    }

    /// Looks at it again under the lock. Nothing is marked yet.
    func prepare(
        _ entry: BatchEntry, _ lane: ProviderLane, in vault: inout OpenVault,
        under locks: borrowing VaultLocks, wait seconds: Int
    ) throws(OperationError) -> Preparation {
        guard let row = vault.connection(entry.seen.id) else { throw .noConnection(entry.seen.name) }
        if let done = whatIsDone(row, entry.seen) { return .needless(done) }
        let app = try trusted(entry, row, vault)
        guard row.renewal == .automatic, app.profile.canRefresh else {
            return .needless(try context.manual(row))
        }
        let prepared = try RefreshGrant(context: context, app: app)
            .prepare(row, &client, in: &vault, locks.spool, wait: seconds)
        return .ready(BatchTurn(entry: entry, lane: lane, app: app, prepared: prepared))
    }

    /// Once marked it is sent, whatever signal came: an unsent one would be taken for one of unknown outcome.
    func send(
        _ begun: consuming BegunRefresh, _ entry: BatchEntry, _ lane: ProviderLane, _ app: TrustedApp,
        in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) {
        entry.attempts += 1
        let tag = nextTag
        nextTag += 1
        do throws(TransportError) { try exchanges.add(begun.request, tag) } catch {
            throw RefreshGrant(context: context, app: app).settle(begun.sent, error, in: &vault)
        }
        inFlight[tag] = BatchRequest(entry, lane, app: app, begun.sent)
        lane.sent()
        tell()
    }

    /// The app as it stands now; its profile is not read again for each connection.
    private func trusted(
        _ entry: BatchEntry, _ row: ConnectionRow, _ vault: borrowing OpenVault
    ) throws(OperationError) -> TrustedApp {
        if vault.app(row.appID) == entry.app.row { return entry.app }
        return try vault.trustedApp(of: row, in: context)
    }
}
