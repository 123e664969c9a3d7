internal import CredentialVault
internal import OAuthCore
package import Secrets

/// `token` and `exec`: lend the access token, after the vault is locked again and every lock of it is given back.
/// Refreshes first when it is over, or nearly, or known to be dead.
package enum Token {
    /// - Throws: `.accessOver` where it is over and nothing renews it, and whatever a refresh throws. While the token
    ///   still lives, a failure that passes is a notice instead.
    package static func lend<R: ~Copyable>(
        of name: String, in context: Context, _ body: (borrowing SecretBytes) -> R
    ) throws(OperationError) -> R {
        let row = try context.readLocked().connectionNamed(name)
        try context.key.check()
        let token = try fetch(row, in: context)
        return body(token)
    }

    private static func fetch(
        _ seen: ConnectionRow, in context: Context
    ) throws(OperationError) -> SecretBytes {
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try context.unlocked(under: locks) { (vault) throws(OperationError) in
            guard let row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
            if row.needsRenewal(at: context.clock()) {
                try renew(row, in: &vault, under: locks, context)
            }
            let held = try ofVault(vault.secrets(of: vault.connection(seen.id) ?? row))
            switch held.accessToken {
            case .some(let token): return try ofSecrets(token.copy())
            case .none: throw .accessOver
            }
        }
    }

    /// Returns where there is a token to hand out. No refresh token is sent that `refresh` would not send.
    private static func renew(
        _ row: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks, _ context: Context
    ) throws(OperationError) {
        do throws(OperationError) {
            guard case .manual = try refresh(row, in: &vault, under: locks, context) else { return }
            context.notice(
                .lentManual(connection: row.name, seconds: row.secondsLeft(at: context.clock())))
        } catch {
            guard passes(error) else { throw error }
            // Another process may have renewed it after all, and what lived before the attempt may be over now.
            try ofVault(vault.refresh())
            let seen = row
            guard let row = vault.connection(seen.id) else { throw .noConnection(seen.name) }
            // The attempt's own failure stands in the row now, in the place of what a test found.
            let isDead = seen.isAccessKnownDead && !row.hasNewerTokens(than: seen)
            let now = context.clock()
            guard isDead || row.needsRenewal(at: now) else { return }
            guard !isDead, !row.isAccessOver(at: now), !row.isAccessKnownDead else { throw error }
            context.notice(
                .lentUnrenewed(connection: row.name, seconds: row.secondsLeft(at: now), error))
        }
    }

    private static func refresh(
        _ row: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks, _ context: Context
    ) throws(OperationError) -> RefreshOutcome {
        // Whatever became of its app and its provider: a manual connection's token needs neither.
        if row.renewal == .manual {
            guard !row.isAccessKnownDead else { throw .accessOver }
            return try context.manual(row)
        }
        return try context.refreshOne(row, in: &vault, under: locks) {
            !$0.needsRenewal(at: context.clock())
        }
    }

    /// The network, a provider in trouble, a process that is busy with the connection. Not `.interrupted`: at a provider
    /// that rotates, the answer that never came may have ended this access token too.
    private static func passes(_ error: OperationError) -> Bool {
        let error = error.cause
        if case .network = error { return true }
        if case .vault(.busy) = error { return true }
        if case .oauth(let refusal) = error { return refusal.kind == .transient }
        return false
    }
}

extension ConnectionRow {
    /// It is not handed out without an attempt to renew it.
    fileprivate func needsRenewal(at now: Int64) -> Bool { isAccessKnownDead || isAccessNearlyOver(at: now) }

    fileprivate func secondsLeft(at now: Int64) -> Int64 { max(0, (accessExpiresAt ?? now) - now) }
}
