internal import CredentialVault
internal import Secrets

extension OpenVault {
    /// Puts what a test found into the row and the journal. The caller holds the connection's lock.
    ///
    /// - Parameter tested: the row as it was tested. Where the tokens are others by now, the verdict was about
    ///   tokens that are gone, and only the journal hears of it.
    /// - Parameter isTrial: an API version was tried out, which says nothing of the one that is set.
    mutating func record(
        _ finding: TestFinding, of tested: ConnectionRow, isTrial: Bool, now: Int64
    ) throws(OperationError) {
        guard let row = connection(tested.id) else { throw .noConnection(tested.name) }
        let event = Event(.test, finding.outcome, connection: row.id)
        guard !row.hasNewerTokens(than: tested) else { return try ofVault(commit(.note, event, now: now)) }
        var changed = row
        changed.take(finding.verdict, now: now)
        if isTrial { changed.keepAPIVersionFinding(of: row) }
        let held = try ofVault(secrets(of: row))
        if let account = finding.account, !held.hasAccount {
            let named = try ofSecrets(ConnectionSecrets(held, account: account))
            do { return try commit(.replaceConnection(changed, named), event, now: now) } catch {
                throw .vault(error)
            }
        }
        guard changed != row else { return try ofVault(commit(.note, event, now: now)) }
        _ = try note(changed, event, now: now)
    }
}

extension ConnectionRow {
    /// What was found of the API version that is set stands, unless something was found that is worse.
    fileprivate mutating func keepAPIVersionFinding(of row: ConnectionRow) {
        let isWorse = state != row.state || accessExpiresAt != row.accessExpiresAt
        if lastError == .apiVersion || (row.lastError == .apiVersion && !isWorse) {
            lastError = row.lastError
        }
    }
}

extension ConnectionSecrets {
    var hasAccount: Bool {
        switch account {
        case .some: true
        case .none: false
        }
    }

    /// The same tokens, with the account that they turned out to be for.
    init(_ held: borrowing ConnectionSecrets, account: String) throws(SecretsError) {
        self.init(
            accessToken: try Self.copy(held.accessToken), refreshToken: try Self.copy(held.refreshToken),
            account: try unsafe SecretBytes(copying: Array(account.utf8).span.bytes))
    }
}
