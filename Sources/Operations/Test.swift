internal import CredentialVault
internal import Secrets

/// `test`: the ladder against the provider's API; refreshes first when the access token is over.
package enum Test {
    package struct Result: Equatable, Sendable {
        package let name: String
        /// What the refresh before it did; nil where none was needed.
        package let refreshed: RefreshOutcome?
        /// nil where the ladder was not reached: `failure` says why.
        package let finding: TestFinding?
        package let failure: OperationError?
        /// As it stands now; nil when it is gone.
        package let connection: ConnectionReport?
    }

    package struct Report: Equatable, Sendable {
        package let results: [Result]
    }

    /// - Throws: what keeps every connection from being tested. What befalls one is in its result.
    package static func run(
        _ selection: Selection, in context: Context
    ) throws(OperationError) -> Report {
        let rows = try selection.rows(in: context.readLocked(), now: context.clock())
        try context.key.check()
        guard !rows.isEmpty else { return Report(results: []) }
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try context.unlocked(under: locks) { (vault) throws(OperationError) in
            Report(results: rows.map { TestRun(context: context).result($0, in: &vault, under: locks) })
        }
    }
}

/// One call of `test` on one connection.
struct TestRun {
    let context: Context

    func result(
        _ seen: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) -> Test.Result {
        var (refreshed, finding, failure): (RefreshOutcome?, TestFinding?, OperationError?)
        do throws(OperationError) {
            refreshed = try makeReady(seen, in: &vault, under: locks)
            finding = try climb(seen.id, seen.name, in: &vault, under: locks)
        } catch { failure = error }
        let row = vault.connection(seen.id)
        return Test.Result(
            name: seen.name, refreshed: refreshed, finding: finding, failure: failure,
            connection: row.map { ConnectionReport($0, app: vault.app($0.appID), now: context.clock()) })
    }

    /// Under the connection's lock: mends an unknown outcome where the provider can say it, and refreshes an
    /// access token that is over.
    private func makeReady(
        _ seen: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) -> RefreshOutcome? {
        try context.holding(seen.id, of: &vault, under: locks) { (vault) throws(OperationError) in
            guard let row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
            try settleUnknown(row, in: &vault)
            guard let row = vault.connection(seen.id), row.isAccessOver(at: context.clock()) else {
                return nil
            }
            return try context.refreshOne(row, in: &vault, under: locks) { _ in false }
        }
    }

    /// A mark found under the lock is a dead process's, and `interrupted` is an answer that never came. Where the
    /// provider's introspection says that the refresh token is active, it was not spent.
    private func settleUnknown(
        _ row: ConnectionRow, in vault: inout OpenVault
    ) throws(OperationError) {
        guard row.state == .interrupted || row.pending != nil else { return }
        let app = try vault.trustedApp(of: row, in: context)
        // Within its grace a server may call a spent token active: that it takes it is what the grace is.
        guard app.profile.graceIsOver(for: row, now: context.clock()) else { return }
        let held = try ofVault(vault.secrets(of: row))
        let secrets = try ofVault(vault.secrets(of: app.row))
        switch held.refreshToken {
        case .some(let token):
            guard LadderRun(context: context, app: app).isAlive(refreshToken: token, secrets: secrets) else {
                return
            }
        case .none: return
        }
        var row = row
        row.settle()
        _ = try vault.note(row, Event(.test, .ok, connection: row.id), now: context.clock())
    }

    /// The ladder runs without the lock, so that a refresh elsewhere need not wait for it.
    private func climb(
        _ id: RowID, _ name: String, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) -> TestFinding {
        guard let row = vault.connection(id) else { throw .noConnection(name) }
        let app = try vault.trustedApp(of: row, in: context)
        let run = LadderRun(context: context, app: app)
        let age = row.issuedAt.map { max(0, context.clock() - $0) }
        // The row has what was granted: perhaps less than what the app asks for, perhaps more.
        let granted = Scopes.split(row.scopes)
        let wanted = app.scopes + granted.filter { !app.scopes.contains($0) }
        let ladder = try run.ladder(scopes: wanted, tokenAge: age)
        let held = try ofVault(vault.secrets(of: row))
        let secrets = try ofVault(vault.secrets(of: app.row))
        let finding: TestFinding
        switch held.accessToken {
        case .some(let token): finding = try run.climb(ladder, token: token, secrets: secrets)
        case .none: throw .accessOver
        }
        try locks.holding(id, wait: context.lockWaitSeconds) { () throws(OperationError) in
            try ofVault(vault.refresh())
            try vault.record(finding, of: row, isTrial: context.apiVersion != nil, now: context.clock())
        }
        return finding
    }
}
