internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore

/// One connection of a batch on its way through it.
final class BatchEntry {
    /// As it was when the command was begun.
    let seen: ConnectionRow
    /// Requests made for it.
    var attempts = 0
    /// When it may be tried again, by `Context.uptime`.
    var notBefore: Int64 = 0
    /// What its host had answered when its first attempt failed.
    var answersBefore = 0
    /// Of the last attempt.
    var lastError: OperationError?
    let app: TrustedApp

    init(_ seen: ConnectionRow, app: TrustedApp) { (self.seen, self.app) = (seen, app) }
}

/// A request of a batch that is under way, and whose lock is held.
final class BatchRequest {
    let entry: BatchEntry
    let lane: ProviderLane
    let app: TrustedApp
    private var sent: SentRefresh?

    init(_ entry: BatchEntry, _ lane: ProviderLane, app: TrustedApp, _ sent: consuming SentRefresh) {
        (self.entry, self.lane, self.app) = (entry, lane, app)
        self.sent = consume sent
    }

    /// Stores what came, and says how long the provider asks to be left alone.
    /// - Parameters:
    ///   - isPatient: `Store.renew`'s.
    ///   - commit: how what came is committed, once it is in the spool.
    func settle(
        _ result: consuming FinishedExchange.Result, in vault: inout OpenVault, _ context: Context,
        asked: inout Int64?, isPatient: Bool, by commit: Store.Commit
    ) throws(OperationError) -> RefreshOutcome {
        let grant = RefreshGrant(context: context, app: app)
        switch sent.take() {
        case .some(let sent):
            switch consume result {
            case .answer(let answer):
                asked = answer.header("retry-after").flatMap {
                    RetryAfter.seconds($0, now: context.clock())
                }
                return try grant.settle(sent, answer, in: &vault, isPatient: isPatient, by: commit)
            case .failed(let error):
                throw grant.settle(sent, error, in: &vault, isPatient: isPatient, by: commit)
            }
        case .none: fatalError("a request ended twice")
        }
    }
}
