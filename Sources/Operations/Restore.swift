package import CredentialVault
private import Glibc
internal import OAuthCore

/// `restore`: puts a copy into the vault's place, after the whole of it was verified with the key.
///
/// Under the exclusive lock from beginning to end. Until the copy is published nothing is changed; from then on the
/// restored vault stands there, marks and all.
package enum Restore {
    /// What is about to be done, all of it verified but `standing`.
    package struct Plan: Equatable, Sendable {
        /// Where it will stand.
        package let place: String
        package let copy: VaultHeader
        package let counts: VaultCounts
        package let standing: Standing
        /// In what way the copy falls behind; nil: it does not. Accepted by the caller already.
        package let rollback: Rollback?
        /// Labels of keys that were removed or changed since, and will open the vault again.
        package let readmitted: [String]
        /// Connections whose refresh token may have been spent since the copy was made.
        package let interrupted: [String]
    }

    package enum Standing: Equatable, Sendable {
        case nothing
        case vault(VaultHeader)
        case unreadable(VaultError)
    }

    package struct Report: Equatable, Sendable {
        package let plan: Plan
        /// As it stands there now.
        package let vault: VaultHeader
        /// Where the former vault lies now; nil where there was none.
        package let aside: String?
    }

    /// - Parameter consent: is given what is about to be done; false ends it as `.declined`.
    package static func run(
        _ file: String, in context: Context, consent: (Plan) throws(OperationError) -> Bool
    ) throws(OperationError) -> Report {
        try context.key.check()
        try ofVault(StagedCopy.prepareFolder(of: context.vaultPath))
        let locks = try context.exclusiveLock()
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            // A signal waits, so that it leaves no copy lying about. A prompt looks for one by itself.
            try withExtendedLifetime(SignalHold()) { () throws(OperationError) in
                try restore(file, in: context, consent)
            }
        }
    }

    private static func restore(
        _ file: String, in context: Context, _ consent: (Plan) throws(OperationError) -> Bool
    ) throws(OperationError) -> Report {
        var staged = try ofVault(StagedCopy.take(file, for: context.vaultPath))
        let request = try Request(staged, in: context)
        let (plan, vault) = try request.ready(staged.path, consent)
        let aside = try ofVault(staged.publish(stamp: stamp(context.clock())))
        if let anchor = context.unlock.anchor {
            do throws(VaultError) { try anchor.keepRestored(at: context.vaultPath) } catch {
                context.notice(.noAnchor(error))
            }
        }
        return Report(plan: plan, vault: vault, aside: aside)
    }

    /// `20261125T031500Z`.
    private static func stamp(_ seconds: Int64) -> String {
        var moment = time_t(seconds)
        var parts = unsafe tm()
        unsafe gmtime_r(&moment, &parts)
        func pad(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = unsafe pad(parts.tm_year + 1900, 4) + pad(parts.tm_mon + 1, 2) + pad(parts.tm_mday, 2)
        return unsafe day + "T" + pad(parts.tm_hour, 2) + pad(parts.tm_min, 2) + pad(parts.tm_sec, 2) + "Z"
    }

    /// One restore, after what can be judged without a key was judged.
    private struct Request {
        let context: Context
        let standing: StandingVault
        let rollback: Rollback?
        let readmitted: [String]
        /// What the restored vault's epoch has to go past.
        let epoch: Int64

        /// Throws where the copy is of another vault than the place, or falls behind without leave.
        init(_ staged: borrowing StagedCopy, in context: Context) throws(OperationError) {
            self.context = context
            standing = staged.standing
            let copy: LockedVault
            do { copy = try Vault.readLocked(at: staged.path) } catch { throw .notRestored(error) }
            var behind: Rollback?
            var (newest, readmitted): (Int64, [String]) = (0, [])
            if case .readable(let there) = standing {
                guard there.header.id == copy.header.id else {
                    throw .otherVaultThere(found: there.header.id, copy: copy.header.id)
                }
                behind = copy.behind(there)
                readmitted = copy.readmitted(beside: there)
                // Nobody vouches for this number: what cannot be one is not followed.
                newest = min(there.header.epoch, 1 << 62)
            }
            if let anchor = context.unlock.anchor {
                let known = try ofVault(anchor.judge(copy, at: context.vaultPath))
                if let other = known.otherVault, context.unlock.pin != copy.header.id {
                    throw .otherVaultKnown(known: other, copy: copy.header.id)
                }
                behind = behind ?? known.rollback
                newest = max(newest, known.newestEpoch)
            }
            if let behind, !context.unlock.acceptRollback {
                throw .restoreFallsBehind(behind, readmitted: readmitted)
            }
            (rollback, epoch, self.readmitted) = (behind, newest, readmitted)
        }

        /// Verifies the whole copy, asks, and marks it. What fails here is the copy's.
        func ready(
            _ path: String, _ consent: (Plan) throws(OperationError) -> Bool
        ) throws(OperationError) -> (Plan, VaultHeader) {
            var inside = context
            inside.vaultPath = path
            // Judged already, by the place that it is for.
            inside.unlock.anchor = nil
            do throws(OperationError) {
                return try inside.unlocked { (vault) throws(OperationError) in
                    try ofVault(vault.verify())
                    let spent = vault.connections.filter { mayBeSpent($0, in: vault) }
                    let plan = plan(vault, interrupting: spent)
                    guard try consent(plan) else { throw .declined }
                    try ofVault(
                        vault.markRestored(
                            interrupting: Set(spent.map(\.id)), past: epoch, now: context.clock()))
                    try ofVault(vault.gather())
                    return (plan, vault.header)
                }
            } catch .vault(let error) { throw .notRestored(error) }
        }

        private func plan(
            _ vault: borrowing OpenVault, interrupting spent: [ConnectionRow]
        ) -> Plan {
            let there: Standing =
                switch standing {
                case .nothing: .nothing
                case .readable(let vault): .vault(vault.header)
                case .unreadable(let error): .unreadable(error)
                }
            return Plan(
                place: context.vaultPath, copy: vault.header, counts: VaultCounts(vault), standing: there,
                rollback: rollback, readmitted: readmitted, interrupted: spent.map(\.name).sorted())
        }

        /// A refresh since the copy was made spent its refresh token where the provider rotates them. Where nobody
        /// knows the provider any more, it is taken for one that does.
        private func mayBeSpent(_ row: ConnectionRow, in vault: borrowing OpenVault) -> Bool {
            guard row.renewal == .automatic, row.state != .reconnect else { return false }
            guard row.state != .interrupted || row.pending != nil else { return false }
            guard let app = vault.app(row.appID), let profile = try? context.profile(named: app.provider)
            else { return true }
            switch profile.refresh {
            case .rotating: return true
            case .stable, .none, .exchange: return false
            }
        }
    }
}
