internal import CredentialVault

/// `refresh`: new access tokens for connections, one after the other; one failure never stops the rest.
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

    package struct Report: Equatable, Sendable {
        /// In the order of the names, or by name.
        package let results: [RefreshResult]
    }

    /// Commands that come within so many seconds of each other, as several timers do, count as one: a request for
    /// each would only wear the grant.
    package static let atOnceSeconds: Int64 = 5

    /// - Throws: what keeps every connection from being looked at. What befalls one is in its result.
    package static func run(
        _ selection: Selection, _ when: When, in context: Context
    ) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let chosen = try selection.rows(in: locked.connections)
        // Before it is known whether anything is due: a cron job without its key must not look healthy until the
        // first token is over.
        try context.key.check()
        let run = RefreshRun(context: context, when: when, begun: context.clock())
        var outcomes = run.withoutRequest(chosen)
        let rest = chosen.filter { outcomes[$0.id] == nil }
        if !rest.isEmpty { outcomes.merge(try run.refresh(rest)) { _, new in new } }
        return try report(chosen, outcomes, context)
    }

    private static func report(
        _ chosen: [ConnectionRow], _ outcomes: [RowID: RefreshOutcome], _ context: Context
    ) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let now = context.clock()
        return Report(
            results: chosen.map { row in
                let current = locked.connections.first { $0.id == row.id }
                let app = locked.apps.first { $0.id == row.appID }
                return RefreshResult(
                    name: row.name, outcome: outcomes[row.id] ?? .notDue,
                    connection: current.map { ConnectionReport($0, app: app, now: now) })
            })
    }
}
