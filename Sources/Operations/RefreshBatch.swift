internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Secrets

/// Several connections at once: one unlock, each its own lock, and one failure stops no other connection.
///
/// The new tokens of each are stored by a commit that stores no other's; it marks the connection whose turn is next as
/// well (`commit` in RefreshBatch+pairs).
///
/// What stops others is said by an answer that they would get too: an app that is refused, a host that cannot be
/// reached or wants to be left alone. Their tokens are unspent and their rows as they were.
final class RefreshBatch {
    /// How long the loop waits before it looks at signals and clocks again, in milliseconds.
    private static let slice: Int64 = 100
    /// Between two looks at a lock that another process holds, in milliseconds.
    private static let lockSlice: Int64 = 20
    /// What is left of the secure heap for storing one answer while others are in flight, in bytes: the answer's block
    /// of the next request, and tokens and rows of the one that is being stored.
    private static let reserve = HTTPLimits.answerBytes + (512 << 10)

    let context: Context
    private let limits: Refresh.Limits
    private let whatIsDone: (_ now: ConnectionRow, _ seen: ConnectionRow) -> RefreshOutcome?
    private let exchanges: Exchanges
    private let deadline: Int64
    private let count: Int
    private(set) var lanes: [ProviderLane] = []
    private var inFlight: [Int: BatchRequest] = [:]
    private var nextTag = 0
    /// Held by another process when their turn came.
    private var busy: [(entry: BatchEntry, lane: ProviderLane)] = []
    private var busyUntil: Int64?
    private(set) var refusedApps: [RowID: OperationError] = [:]
    /// The app of the last request. Of one alone: of many apps' secrets the secure heap would be full.
    private var client: HeldClient?
    /// Their new tokens are in the spool, and not in the vault yet: somebody else was writing. Their locks are held.
    private var spooled: [SpooledTurn] = []
    /// Marked by the commit that stored another's tokens; its request is not sent yet.
    var marked: MarkedTurn?
    private(set) var outcomes: [RowID: RefreshOutcome] = [:]
    private var failed = 0
    private(set) var stop: Refresh.Stop?

    init(
        _ rows: [ConnectionRow], _ limits: Refresh.Limits, in context: Context, vault: borrowing OpenVault,
        whatIsDone: @escaping (_ now: ConnectionRow, _ seen: ConnectionRow) -> RefreshOutcome?
    ) {
        self.context = context
        self.limits = limits
        self.whatIsDone = whatIsDone
        count = rows.count
        exchanges = context.exchanges(limits.jobs)
        deadline = context.uptime() + Int64(limits.seconds) * 1000
        lanes = makeLanes(rows, vault)
    }

    /// By host. What has no app that can be used has its outcome already.
    private func makeLanes(_ rows: [ConnectionRow], _ vault: borrowing OpenVault) -> [ProviderLane] {
        var apps: [RowID: TrustedApp] = [:]
        var hosts: [String] = []
        var entries: [String: [BatchEntry]] = [:]
        for row in rows {
            do throws(OperationError) {
                let app: TrustedApp
                if let known = apps[row.appID] {
                    app = known
                } else {
                    app = try vault.trustedApp(of: row, in: context)
                }
                apps[row.appID] = app
                let host = app.profile.tokenURL.host
                if entries[host] == nil { hosts.append(host) }
                entries[host, default: []].append(BatchEntry(row, app: app))
            } catch { outcomes[row.id] = .failed(error) }
        }
        return hosts.map { ProviderLane(host: $0, entries[$0] ?? [], places: limits.jobs) }
    }

    // MARK: The loop

    /// The signals are held for the whole of it, and looked at between its steps.
    func run(in vault: inout OpenVault, under locks: borrowing VaultLocks) {
        let signals = SignalHold()
        repeat {
            heed(signals)
            while stop == nil, begin(in: &vault, under: locks, signals) { heed(signals) }
            if !inFlight.isEmpty {
                settle(in: &vault, under: locks, signals)
            } else if !spooled.isEmpty {
                storeSpooled(in: &vault, under: locks)
            } else if stop == nil, hasMore {
                wait()
            }
        } while !inFlight.isEmpty || !spooled.isEmpty || (stop == nil && hasMore)
        heed(signals)
        // What was to be tried once more failed at its last attempt; what is left was not tried.
        for lane in lanes { giveUp(lane, nil) }
        for (entry, _) in busy { leave(entry, nil) }
    }

    private var hasMore: Bool { !busy.isEmpty || lanes.contains { !$0.isEmpty } }

    /// A signal or the end of the time: nothing new is begun, and what was sent is waited for.
    private func heed(_ signals: borrowing SignalHold) {
        while let number = signals.take() {
            let again = if case .signal = stop { true } else { false }
            if !again { stop = .signal(number) }
            if !inFlight.isEmpty { context.notice(.stopping(inFlight: inFlight.count, again: again)) }
        }
        if stop == nil, hasMore, context.uptime() >= deadline { stop = .outOfTime }
    }

    private func wait() {
        let now = context.uptime()
        var time = min(now + Self.slice, deadline)
        for lane in lanes { time = min(time, lane.nextTime ?? time) }
        if !busy.isEmpty { time = min(time, now + Self.lockSlice) }
        context.pause(Int(max(1, time - now)))
    }

    private func end(_ entry: BatchEntry, _ outcome: RefreshOutcome) {
        outcomes[entry.seen.id] = outcome
        if case .failed = outcome { failed += 1 }
        tell()
    }

    private func giveUp(_ lane: ProviderLane, _ error: OperationError?) {
        for entry in lane.close(because: error) { leave(entry, error) }
    }

    /// One that is not begun any more: its last attempt counts, else why its host was given up, if it was.
    private func leave(_ entry: BatchEntry, _ error: OperationError?) {
        if let last = entry.lastError {
            end(entry, .failed(last))
        } else if let error {
            end(entry, .notTried(.sameAs(error)))
        }
    }

    private func tell() {
        context.progress(
            Refresh.Progress(done: outcomes.count, of: count, inFlight: inFlight.count, failed: failed))
    }

    // MARK: Before a request

    /// None while tokens wait for a writer to end: what is in flight is put into the spool beside them first.
    var hasRoom: Bool {
        guard spooled.isEmpty else { return false }
        return inFlight.isEmpty || (inFlight.count < limits.jobs && SecureHeap.bytesFree >= Self.reserve)
    }

    /// Begins the next one. Returns whether there may be another that can be begun now.
    private func begin(
        in vault: inout OpenVault, under locks: borrowing VaultLocks, _ signals: borrowing SignalHold
    ) -> Bool {
        guard hasRoom else { return false }
        let now = context.uptime()
        for lane in lanes {
            guard let entry = lane.next(at: now) else { continue }
            begin(entry, lane, in: &vault, under: locks, isLast: false)
            return true
        }
        // A connection that another process holds holds up nobody: it is looked at again when all else is done.
        guard inFlight.isEmpty, lanes.allSatisfy(\.isEmpty), !busy.isEmpty else { return false }
        let until = busyUntil ?? (now + Int64(context.lockWaitSeconds) * 1000)
        busyUntil = until
        for _ in busy.indices {
            heed(signals)
            guard hasRoom, stop == nil else { break }
            let (entry, lane) = busy.removeFirst()
            begin(entry, lane, in: &vault, under: locks, isLast: now >= until)
        }
        return !inFlight.isEmpty
    }

    private func begin(
        _ entry: BatchEntry, _ lane: ProviderLane, in vault: inout OpenVault,
        under locks: borrowing VaultLocks, isLast: Bool
    ) {
        if let error = refusedApps[entry.app.row.id] { return end(entry, .notTried(.sameAs(error))) }
        if let error = lane.givenUp { return leave(entry, error) }
        do throws(VaultError) { try locks.lock(connection: entry.seen.id, wait: 0) } catch {
            if case .busy = error, !isLast { return busy.append((entry, lane)) }
            return end(entry, .failed(.vault(error)))
        }
        var isSent = false
        do throws(OperationError) {
            // Answers of others may come meanwhile, and are to be in the spool soon.
            try ofVault(vault.waitForWriters(briefly: !inFlight.isEmpty))
            try ofVault(vault.refresh())
            try context.storeWaiting(for: entry.seen.id, in: &vault, under: locks)
            switch try prepare(entry, lane, in: &vault, under: locks, wait: context.lockWaitSeconds) {
            case .needless(let outcome): finish(entry, outcome, under: locks)
            case .ready(let turn):
                let begun = try RefreshGrant(context: context, app: turn.app).mark(turn.prepared, in: &vault)
                isSent = true
                try send(begun, entry, lane, turn.app, in: &vault, under: locks)
            }
        } catch {
            if case .vault(.busy) = error, !isSent, !isLast, !inFlight.isEmpty {
                locks.unlock(connection: entry.seen.id)
                return busy.append((entry, lane))
            }
            fail(entry, lane, error, under: locks)
        }
    }

    /// The end of a turn in which nothing was sent, or all that was sent has been answered.
    private func finish(_ entry: BatchEntry, _ outcome: RefreshOutcome, under locks: borrowing VaultLocks) {
        locks.unlock(connection: entry.seen.id)
        end(entry, outcome)
    }

    func fail(
        _ entry: BatchEntry, _ lane: ProviderLane, _ error: OperationError, asked: Int64? = nil,
        under locks: borrowing VaultLocks
    ) {
        locks.unlock(connection: entry.seen.id)
        judge(entry, lane, error, asked: asked)
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
            let grant = RefreshGrant(context: context, app: app)
            return finish(entry, try grant.settle(begun.sent, error, in: &vault), under: locks)
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

    // MARK: After it

    private func settle(
        in vault: inout OpenVault, under locks: borrowing VaultLocks, _ signals: borrowing SignalHold
    ) {
        guard let finished = exchanges.next(Int(Self.slice)) else { return }
        guard let request = inFlight.removeValue(forKey: finished.tag) else { return }
        let (entry, lane) = (request.entry, request.lane)
        var asked: Int64?
        // A failure is noted in the row, and for that there is no spool.
        try? vault.waitForWriters(briefly: false)
        do throws(OperationError) {
            let outcome = try request.settle(finished.takeResult(), in: &vault, context, asked: &asked) {
                (record, event, now, vault) throws(VaultError) in
                heed(signals)
                // One has been waited for already.
                if let waiting = spooled.first { throw waiting.reason }
                try vault.waitForWriters(briefly: !inFlight.isEmpty)
                try commit(
                    record, event, with: next(after: lane, in: &vault, under: locks), now: now, in: &vault,
                    under: locks)
            }
            lane.ended(nil)
            finish(entry, outcome, under: locks)
        } catch {
            if case .notStored(let reason, .spool) = error, case .busy = reason,
                !inFlight.isEmpty || !spooled.isEmpty
            {
                lane.ended(nil)
                spooled.append(SpooledTurn(entry: entry, lane: lane, reason: reason))
            } else {
                lane.ended(RetryRule.verdict(error))
                fail(entry, lane, error, asked: asked, under: locks)
            }
        }
        sendMarked(in: &vault, under: locks)
    }

    /// All answers are in the spool. The first is waited for as any commit is; where that is in vain, so are the others.
    private func storeSpooled(in vault: inout OpenVault, under locks: borrowing VaultLocks) {
        var isInVain = false
        for turn in spooled {
            let id = turn.entry.seen.id
            do throws(VaultError) {
                try vault.waitForWriters(briefly: isInVain)
                // What it finds is told by the outcome.
                _ = try vault.applyWaiting(under: locks, held: id, now: context.clock())
            } catch {}
            // The record took the mark with it.
            if let row = vault.connection(id), row.pending == nil {
                finish(turn.entry, .refreshed(flagged: []), under: locks)
            } else {
                isInVain = true
                fail(turn.entry, turn.lane, .notStored(turn.reason, .spool), under: locks)
            }
        }
        spooled = []
    }

    /// Whether a connection is tried again, and what its failure means for the others.
    private func judge(_ entry: BatchEntry, _ lane: ProviderLane, _ error: OperationError, asked: Int64?) {
        if case .oauth(let refusal) = error, refusal.kind == .app, refusal.status != nil {
            // Every connection of this app would be refused the same way, one request each.
            refusedApps[entry.app.row.id] = refusedApps[entry.app.row.id] ?? error
        }
        let verdict = RetryRule.verdict(error)
        guard verdict != .final, entry.attempts > 0 else { return end(entry, .failed(error)) }
        guard verdict != .unknown else {
            end(entry, .failed(error))
            // Each of the others might cost its token too.
            if lane.silences >= RetryRule.attempts { giveUp(lane, .network(.outcomeUnknown(.cutOff))) }
            return
        }
        if entry.attempts == 1 { entry.answersBefore = lane.answers }
        let asksTooMuch = (asked ?? 0) > RetryRule.longestWait
        let time =
            context.uptime()
            + RetryRule.wait(after: entry.attempts, asked: asksTooMuch ? nil : asked, random: context.random)
        entry.lastError = error
        // A host that was given up while this one was under way gets nothing more.
        let mayComeAgain = lane.givenUp == nil && time < deadline && stop == nil
        if !asksTooMuch, entry.attempts < RetryRule.attempts, mayComeAgain {
            return lane.postpone(entry, until: time, isCrowded: verdict == .crowded)
        }
        end(entry, .failed(error))
        if let asked, asksTooMuch { context.notice(.leftAlone(host: lane.host, seconds: asked)) }
        // The others are not asked where the host asks for more patience than there is, or has answered nobody
        // since this one's first attempt.
        let outlasts = asksTooMuch || (asked != nil && time >= deadline)
        if outlasts || (entry.attempts >= RetryRule.attempts && lane.answers == entry.answersBefore) {
            giveUp(lane, error)
        } else {
            lane.spare(until: time, isCrowded: verdict == .crowded)
        }
    }
}
