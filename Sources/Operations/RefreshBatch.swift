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
    static let slice: Int64 = 100
    /// Between two looks at a lock that another process holds, in milliseconds.
    private static let lockSlice: Int64 = 20
    /// What is left of the secure heap for storing one answer while others are in flight, in bytes: the answer's block
    /// of the next request, and tokens and rows of the one that is being stored.
    static let reserve = HTTPLimits.answerBytes + (512 << 10)

    let context: Context
    let limits: Refresh.Limits
    let whatIsDone: (_ now: ConnectionRow, _ seen: ConnectionRow) -> RefreshOutcome?
    let exchanges: Exchanges
    /// When nothing more is begun, by `Context.uptime`.
    let deadline: Int64
    private let count: Int
    private(set) var lanes: [ProviderLane] = []
    var inFlight: [Int: BatchRequest] = [:]
    var nextTag = 0
    /// Held by another process when their turn came.
    var busy: [(entry: BatchEntry, lane: ProviderLane)] = []
    var busyUntil: Int64?
    var refusedApps: [RowID: OperationError] = [:]
    /// The app of the last request. Of one alone: of many apps' secrets the secure heap would be full.
    var client: HeldClient?
    /// Their new tokens are in the spool, and not in the vault yet: somebody else was writing. Their locks are held.
    var spooled: [SpooledTurn] = []
    /// For records that come into files while the batch runs.
    let watch: RecoveryWatch
    /// Connections of which a record waits that was looked at, and cannot be stored.
    var unusable: Set<RowID> = []
    /// Marked by the commit that stored another's tokens; its request is not sent yet.
    var marked: MarkedTurn?
    private(set) var outcomes: [RowID: RefreshOutcome] = [:]
    private var failed = 0
    private(set) var stop: Refresh.Stop?

    init(
        _ rows: [ConnectionRow], _ limits: Refresh.Limits, until deadline: Int64, in context: Context,
        vault: borrowing OpenVault,
        whatIsDone: @escaping (_ now: ConnectionRow, _ seen: ConnectionRow) -> RefreshOutcome?
    ) {
        self.context = context
        self.limits = limits
        self.whatIsDone = whatIsDone
        count = rows.count
        watch = RecoveryWatch(context.lastingPaths)
        exchanges = context.exchanges(limits.jobs)
        self.deadline = deadline
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
        for (entry, _) in busy { leaveBusy(entry, under: locks) }
        // Nothing was left out for it.
        if stop == .outOfTime, outcomes.count == count { stop = nil }
    }

    /// The time is over, and somebody else had it all the while: who is said, as it is said of one alone.
    private func leaveBusy(_ entry: BatchEntry, under locks: borrowing VaultLocks) {
        guard stop == .outOfTime, entry.lastError == nil else { return leave(entry, nil) }
        do throws(VaultError) {
            try locks.lock(connection: entry.seen.id, wait: 0)
            locks.unlock(connection: entry.seen.id)
        } catch { end(entry, .failed(.vault(error))) }
    }

    private var hasMore: Bool { !busy.isEmpty || lanes.contains { !$0.isEmpty } }

    /// A signal or the end of the time: nothing new is begun, and what was sent is waited for.
    func heed(_ signals: borrowing SignalHold) {
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

    func end(_ entry: BatchEntry, _ outcome: RefreshOutcome) {
        outcomes[entry.seen.id] = outcome
        if case .failed = outcome { failed += 1 }
        tell()
    }

    func giveUp(_ lane: ProviderLane, _ error: OperationError?) {
        for entry in lane.close(because: error) { leave(entry, error) }
    }

    /// One that is not begun any more: its last attempt counts, else why its host was given up, if it was.
    func leave(_ entry: BatchEntry, _ error: OperationError?) {
        if let last = entry.lastError {
            end(entry, .failed(last))
        } else if let error {
            end(entry, .notTried(.sameAs(error)))
        }
    }

    /// The end of a turn in which nothing was sent, or all that was sent has been answered.
    func finish(_ entry: BatchEntry, _ outcome: RefreshOutcome, under locks: borrowing VaultLocks) {
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

    func tell() {
        context.progress(
            Refresh.Progress(done: outcomes.count, of: count, inFlight: inFlight.count, failed: failed))
    }
}
