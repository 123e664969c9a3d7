internal import CredentialVault

/// `refresh`: new access tokens for connections, several at once; one failure never stops the rest.
package enum Refresh {
    package enum When: Equatable, Sendable {
        /// What was named, or with `--all` whatever has a refresh token, due or not. What another command renewed
        /// within `atOnceSeconds` is done already.
        case always
        /// The same, but done already only where another process refreshed while this one waited for its turn.
        case forced
        /// Under a quarter of the access lifetime is left, or the last attempt left a state to be mended.
        case due
        /// The access token ends within so many seconds, or the last attempt left a state to be mended.
        case within(seconds: Int64)
    }

    package struct Limits: Equatable, Sendable {
        package static let jobsRange = 1...64
        /// Requests in flight at most, 1…64. Fewer where the secure heap has no room for as many answers.
        package var jobs = 8
        /// For how long requests are begun. What was sent is waited for beyond that.
        package var seconds = 300

        package init() {}
    }

    /// Why nothing more was begun.
    package enum Stop: Equatable, Sendable {
        /// SIGINT, SIGTERM or SIGHUP came; every request that was sent has been settled all the same.
        case signal(Int32)
        /// `Limits.seconds` were over.
        case outOfTime
    }

    package struct Report: Equatable, Sendable {
        /// In the order of the names, or by name.
        package let results: [RefreshResult]
        /// nil where every connection had its turn.
        package let stop: Stop?
    }

    /// How far several have come.
    package struct Progress: Equatable, Sendable {
        /// Connections with an outcome, failures included.
        package let done: Int
        package let of: Int
        package let inFlight: Int
        package let failed: Int
    }

    /// Commands that come within so many seconds of each other, as several timers do, count as one: a request for
    /// each would only wear the grant.
    package static let atOnceSeconds: Int64 = 5

    /// - Throws: what keeps every connection from being looked at. What befalls one is in its result.
    package static func run(
        _ selection: Selection, _ when: When, _ limits: Limits = .init(), in context: Context
    ) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let chosen = try selection.rows(in: locked, now: context.clock())
        // Before it is known whether anything is due: a cron job without its key must not look healthy until the
        // first token is over.
        try context.key.check()
        let providers = Dictionary(locked.apps.map { ($0.id, $0.provider) }) { first, _ in first }
        let run = RefreshRun(
            context: context, when: when, limits: limits, providers: providers, begun: context.clock())
        var outcomes = run.withoutRequest(chosen)
        let rest = chosen.filter { outcomes[$0.id] == nil }
        var stop: Stop?
        if !rest.isEmpty { outcomes.merge(try run.refresh(rest, &stop)) { _, new in new } }
        return report(chosen, locked, outcomes, stop, context)
    }

    private static func report(
        _ chosen: [ConnectionRow], _ former: LockedVault, _ outcomes: [RowID: RefreshOutcome], _ stop: Stop?,
        _ context: Context
    ) -> Report {
        // A vault that cannot be read any more hides no outcome: one of them may say where new tokens are.
        let locked = (try? context.readLocked()) ?? former
        let now = context.clock()
        let current = Dictionary(locked.connections.map { ($0.id, $0) }) { first, _ in first }
        let apps = Dictionary(locked.apps.map { ($0.id, $0) }) { first, _ in first }
        return Report(
            results: chosen.map { row in
                RefreshResult(
                    name: row.name, outcome: outcomes[row.id] ?? .notTried(stop?.reason ?? .stopped),
                    connection: current[row.id].map {
                        ConnectionReport($0, app: apps[row.appID], now: now)
                    })
            }, stop: stop)
    }
}

extension Refresh.Stop {
    fileprivate var reason: RefreshOutcome.NotTried {
        switch self {
        case .signal: .stopped
        case .outOfTime: .outOfTime
        }
    }
}
