internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Secrets

/// One refresh of one connection, from the mark to the stored answer (SAFETY.md, Never lose a token, 2–5 and 7).
///
/// Whoever calls holds the connection's lock and has reloaded the vault under it.
struct RefreshGrant {
    let context: Context
    let app: TrustedApp

    /// The whole of it, one request after the other. Throws `.interrupted` without sending anything where the
    /// outcome of a former refresh is unknown.
    func run(
        _ row: ConnectionRow, in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) -> RefreshOutcome {
        let spool = locks.spool
        var client: HeldClient?
        // Held from before the mark to after the answer is stored, so that no signal leaves a mark behind.
        return try SignalHold.during { () throws(OperationError) in
            let prepared = try prepare(row, &client, in: &vault, spool, wait: context.lockWaitSeconds)
            let begun = try mark(prepared, in: &vault)
            let answer: HTTPAnswer
            do throws(TransportError) { answer = try context.send(begun.request) } catch {
                throw settle(begun.sent, error, in: &vault)
            }
            return try settle(begun.sent, answer, in: &vault)
        }
    }

    /// Everything before the request but its mark: checks and secrets. Whoever calls holds the signals, has it marked,
    /// sends the request at most once and hands what came of it to `settle`.
    ///
    /// A failure up to the mark leaves the token unspent. Throws `.interrupted` where the outcome of a former refresh is
    /// unknown.
    /// - Parameters:
    ///   - lastClient: the app that was opened last; replaced where it is another.
    ///   - seconds: how long a place in the spool is waited for.
    func prepare(
        _ row: ConnectionRow, _ lastClient: inout HeldClient?, in vault: inout OpenVault, _ spool: Spool,
        wait seconds: Int
    ) throws(OperationError) -> PreparedRefresh {
        try refuseUnknown(row, &vault)
        let held = try ofVault(vault.secrets(of: row))
        let client = try lastClient.of(app.row, in: vault)
        let request = try request(with: held, client.secrets)
        // Room for the answer before the token is spent.
        let place = try ofVault(spool.reserve(wait: seconds))
        return PreparedRefresh(row: row, request: request, held: held, client: client, place: place)
    }

    /// Reserve before spending. A failure here leaves the token unspent.
    func mark(
        _ prepared: consuming PreparedRefresh, in vault: inout OpenVault
    ) throws(OperationError) -> BegunRefresh {
        let (name, now) = (prepared.row.name, context.clock())
        do throws(VaultError) { try vault.commit(prepared.mark(now: now), now: now) } catch {
            throw .vault(error)
        }
        guard let marked = vault.connection(prepared.row.id) else { throw .noConnection(name) }
        return prepared.begun(marked)
    }

    /// Everything after the answer. Returns when the new tokens are stored and read back, or another process has
    /// stored newer ones. Whatever else was said is noted the same way: the spool first, then the vault.
    /// - Parameters:
    ///   - isPatient: `Store.renew`'s.
    ///   - commit: how what came is committed, once it is in the spool.
    func settle(
        _ sent: consuming SentRefresh, _ answer: consuming HTTPAnswer, in vault: inout OpenVault,
        isPatient: Bool = true, by commit: Store.Commit = Store.alone
    ) throws(OperationError) -> RefreshOutcome {
        var sent = sent
        let tokens: TokenAnswer
        do throws(OAuthError) { tokens = try TokenAnswer.read(answer, profile: app.profile) } catch {
            let refusal = error.withholding(sent.client.secrets, sent.held)
            return try refused(refusal, &sent, &vault, isPatient: isPatient, by: commit)
        }
        return try keep(
            tokens, sent.held, sent.marked, &sent.place, &vault, isPatient: isPatient, by: commit)
    }

    /// No whole answer came. Returns what is to be said of it, once that is noted.
    func settle(
        _ sent: consuming SentRefresh, _ error: TransportError, in vault: inout OpenVault,
        isPatient: Bool = true, by commit: Store.Commit = Store.alone
    ) -> OperationError {
        var sent = sent
        switch error {
        case .notSent:
            let said = unspent(.network(error), .network, of: sent)
            return note(said, &sent, &vault, isPatient: isPatient, by: commit)
        case .outcomeUnknown:
            let said = unknown(.network(error), .network, of: sent)
            return note(said, &sent, &vault, isPatient: isPatient, by: commit)
        }
    }

    // MARK: Before the request

    /// A mark found under the lock is a dead process's: whether its token was spent nobody knows.
    private func refuseUnknown(
        _ row: ConnectionRow, _ vault: inout OpenVault
    ) throws(OperationError) {
        guard row.state != .interrupted else { throw .interrupted }
        guard row.pending != nil, !app.profile.maySendAgain(row, now: context.clock()) else { return }
        var marked = row
        RefreshVerdict.interrupted.put(onto: &marked)
        _ = try vault.note(marked, RefreshVerdict.interrupted.event(of: row.id), now: context.clock())
        throw .interrupted
    }

    private func request(
        with held: borrowing ConnectionSecrets, _ secrets: borrowing AppSecrets
    ) throws(OperationError) -> HTTPRequest {
        switch held.refreshToken {
        case .some(let token):
            return try ofOAuth(
                TokenRequest.refresh(
                    profile: app.profile, clientID: app.row.clientID, clientSecret: secrets.clientSecret,
                    refreshToken: token))
        case .none: throw .accessOver
        }
    }

    // MARK: After the request

    private func keep(
        _ tokens: borrowing TokenAnswer, _ held: borrowing ConnectionSecrets, _ marked: ConnectionRow,
        _ place: inout SpoolPlace, _ vault: inout OpenVault, isPatient: Bool, by commit: Store.Commit
    ) throws(OperationError) -> RefreshOutcome {
        let now = context.clock()
        let profile = app.profile
        let secrets: ConnectionSecrets
        do { secrets = try ConnectionSecrets(tokens, keeping: held) } catch {
            throw .notStored(.secrets(error), .nowhere)
        }
        let store = Store(context: context, event: Event(.refresh, .ok, connection: marked.id), now: now)
        try store.renew(secrets, in: &vault, through: &place, isPatient: isPatient, by: commit) { vault in
            var row = vault.connection(marked.id) ?? marked
            row.scopes = tokens.scopes.flatMap(Scopes.join) ?? row.scopes
            row.renewClocks(tokens, profile, now: now)
            return row
        }
        return .refreshed(flagged: tokens.implausible)
    }

    /// The provider answered with something else than tokens. Returns where another process refreshed meanwhile;
    /// throws everywhere else. No token is ever deleted here.
    private func refused(
        _ error: OAuthError, _ sent: inout SentRefresh, _ vault: inout OpenVault, isPatient: Bool,
        by commit: Store.Commit
    ) throws(OperationError) -> RefreshOutcome {
        let word = error.code.flatMap { LastError($0) } ?? .transient
        let said: RefreshVerdict
        switch error.kind {
        case .reconnect:
            // Where this fails, so does the note, and says why.
            try? vault.refresh()
            guard let row = vault.connection(sent.marked.id) else { throw .noConnection(sent.marked.name) }
            if row.hasNewerTokens(than: sent.marked) { return .alreadyRefreshed }
            // After a former request of unknown outcome nobody knows which of the two was answered with the last
            // word about the grant: this is the end of it all the same.
            said = RefreshVerdict(.oauth(error), .reconnect, word, state: .reconnect)
        case .app:
            said = unspent(.oauth(error), word, of: sent, outcome: .app, state: .appError)
        case .transient, .cancelled, .ours:
            said =
                error.leavesTokenUnspent
                ? unspent(.oauth(error), word, of: sent) : unknown(.oauth(error), word, of: sent)
        }
        throw note(said, &sent, &vault, isPatient: isPatient, by: commit)
    }

    /// This request is known not to have spent the token. What became of a former one that carried the same token is
    /// as unknown as before: its mark stays, until the server's grace is over or an answer says more.
    private func unspent(
        _ error: OperationError, _ word: LastError, of sent: borrowing SentRefresh,
        outcome: Outcome = .transient, state: StoredState? = nil
    ) -> RefreshVerdict {
        let former = sent.isRepeated && app.profile.refresh != .stable ? sent.marked.pending : nil
        return RefreshVerdict(error, outcome, word, pending: former, state: state)
    }

    /// Nobody knows whether the token was spent.
    private func unknown(
        _ error: OperationError, _ word: LastError, of sent: borrowing SentRefresh
    ) -> RefreshVerdict {
        guard app.profile.maySendAgain(sent.marked, now: context.clock()) else { return .interrupted }
        // Within a server's grace the mark stays and says until when; a stable token is never spent.
        let pending = app.profile.refresh == .stable ? nil : sent.marked.pending
        return RefreshVerdict(error, .transient, word, pending: pending)
    }

    /// By the way of new tokens: the place that was reserved for them is what a full disk leaves. Not noted, a token that
    /// is known to be unspent would be taken for one that may be spent.
    private func note(
        _ verdict: RefreshVerdict, _ sent: inout SentRefresh, _ vault: inout OpenVault, isPatient: Bool,
        by commit: Store.Commit
    ) -> OperationError {
        let marked = sent.marked
        let store = Store(context: context, event: verdict.event(of: marked.id), now: context.clock())
        do throws(OperationError) {
            try store.renew(
                sent.held, in: &vault, through: &sent.place, isPatient: isPatient, by: commit
            ) { vault in
                var row = vault.connection(marked.id) ?? marked
                verdict.put(onto: &row)
                return row
            }
        } catch .notStored(let reason, let keeping) {
            return .unnoted(verdict.error, reason, keeping)
        } catch { return error }
        return verdict.error
    }
}

extension ProviderProfile {
    /// The refresh token of a marked row, which may have been spent, may be sent once more: it is never spent, or the
    /// server's grace, which began when it was first sent, still runs. A clock that was put back since the mark, or
    /// since the row was last written, measures no grace.
    func maySendAgain(_ row: ConnectionRow, now: Int64) -> Bool {
        if refresh == .stable { return true }
        guard let begun = row.pending, begun <= now, row.updatedAt <= now else { return false }
        return now - begun < refreshGraceSeconds
    }

    /// Whether a server that takes a spent token for a while takes the row's no longer.
    func graceIsOver(for row: ConnectionRow, now: Int64) -> Bool {
        guard refresh != .stable, let begun = row.pending, refreshGraceSeconds > 0 else { return true }
        return now - begun >= refreshGraceSeconds
    }
}

extension ConnectionRow {
    /// Another process refreshed, or the member connected again. An end that a test moved is no new token's.
    func hasNewerTokens(than seen: ConnectionRow) -> Bool {
        version != seen.version
            && (refreshedAt != seen.refreshedAt || consentedAt != seen.consentedAt
                || (accessExpiresAt != seen.accessExpiresAt && !isAccessKnownDead))
    }
}

extension ConnectionSecrets {
    /// What a refresh leaves: the new access token, the new refresh token or, where none came, the former one.
    init(_ answer: borrowing TokenAnswer, keeping former: borrowing ConnectionSecrets) throws(SecretsError) {
        let refresh: SecretBytes?
        switch answer.refreshToken {
        case .some(let token): refresh = try token.copy()
        case .none: refresh = try Self.copy(former.refreshToken)
        }
        self.init(
            accessToken: try answer.accessToken.copy(), refreshToken: refresh,
            account: try Self.copy(former.account))
    }
}
