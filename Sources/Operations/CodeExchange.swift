internal import CredentialVault
internal import OAuthCore
internal import Secrets

/// From the authorization code to the stored and tested connection.
struct CodeExchange {
    let context: Context
    let plan: ConsentPlan

    func run(
        _ code: borrowing SecretBytes, _ authorization: borrowing AuthorizationRequest,
        in vault: inout OpenVault, under locks: borrowing VaultLocks
    ) throws(OperationError) -> Connect.Report {
        let spool = locks.spool
        switch plan.target {
        case .new: return try exchange(code, authorization, &vault, spool)
        case .renewal(let row):
            // No refresh of the tokens that are being replaced may run meanwhile.
            return try context.holding(row.id, of: &vault, under: locks) { (vault) throws(OperationError) in
                try exchange(code, authorization, &vault, spool)
            }
        }
    }

    private func exchange(
        _ code: borrowing SecretBytes, _ authorization: borrowing AuthorizationRequest,
        _ vault: inout OpenVault, _ spool: Spool
    ) throws(OperationError) -> Connect.Report {
        let app = try plan.verifiedApp(in: vault)
        let secrets = try ofVault(vault.secrets(of: app))
        let expected = try expectedAccount(vault)
        let request = try ofOAuth(
            TokenRequest.exchange(
                profile: plan.app.profile, clientID: plan.app.row.clientID,
                clientSecret: secrets.clientSecret, redirectURI: plan.redirect, code: code,
                verifier: authorization.verifier))
        // Reserved before the code is spent; a new connection has no row that a record could be sealed for.
        var place = plan.renewed == nil ? nil : try ofVault(spool.reserve(wait: context.lockWaitSeconds))
        var found: TestFinding?
        var (flagged, missing): ([TokenAnswer.Field], [String]) = ([], [])
        let stored = try SignalHold.during { () throws(OperationError) in
            let tokens = try tokens(for: request, with: code, authorization.verifier, secrets)
            flagged = tokens.implausible
            missing = plan.scopes.filter { tokens.scopes?.contains($0) == false }
            // Before the spool: what stands there is stored by the next command, and must be no other member's. A kill in
            // the meantime costs this consent.
            if let expected { found = try check(expected, tokens, secrets) }
            return try store(tokens, account: found?.account, &place, &vault)
        }
        context.notice(.stored(connection: stored.name))
        return try report(stored, found, (flagged, missing), secrets, &vault)
    }

    private func tokens(
        for request: borrowing HTTPRequest, with code: borrowing SecretBytes,
        _ verifier: borrowing SecretBytes?, _ secrets: borrowing AppSecrets
    ) throws(OperationError) -> TokenAnswer {
        // Sent or not, nothing is stored yet: the member connects again.
        let answer = try context.answer(to: request)
        do throws(OAuthError) { return try TokenAnswer.read(answer, profile: plan.app.profile) } catch {
            throw .exchange(error.withholding(code).withholding(verifier).withholding(secrets.clientSecret))
        }
    }

    // MARK: Whose consent it is

    private struct Expected {
        let account: String
        /// Asked for by the person, so that an account that cannot be known is refused too.
        let isDemanded: Bool
    }

    private func expectedAccount(_ vault: borrowing OpenVault) throws(OperationError) -> Expected? {
        if let account = plan.expectedAccount { return Expected(account: account, isDemanded: true) }
        guard let renewed = plan.renewed, let row = vault.connection(renewed.id) else { return nil }
        let held = try ofVault(vault.secrets(of: row))
        return held.accountText.map { Expected(account: $0, isDemanded: false) }
    }

    /// Asks the provider's API who consented, before anything is stored.
    private func check(
        _ expected: Expected, _ tokens: borrowing TokenAnswer, _ secrets: borrowing AppSecrets
    ) throws(OperationError) -> TestFinding {
        let run = LadderRun(context: context, app: plan.app)
        let ladder = try run.ladder(scopes: plan.scopes, tokenAge: 0)
        let finding = try run.climb(ladder, token: tokens.accessToken, secrets: secrets)
        guard let found = finding.account else {
            if expected.isDemanded { throw .accountUnknown(expected: expected.account) }
            return finding
        }
        guard
            found == expected.account || found.split(separator: ":").last.map(String.init) == expected.account
        else { throw .otherAccount(expected: expected.account, found: found) }
        return finding
    }

    // MARK: Storing

    private func store(
        _ tokens: borrowing TokenAnswer, account: String?, _ place: inout SpoolPlace?,
        _ vault: inout OpenVault
    ) throws(OperationError) -> ConnectionRow {
        let now = context.clock()
        let secrets: ConnectionSecrets
        do throws(SecretsError) { secrets = try ConnectionSecrets(tokens, account: account) } catch {
            throw .notStored(.secrets(error), .nowhere)
        }
        let id = try rowID()
        let verb: Operation = plan.renewed == nil ? .connect : .reconnect
        let store = Store(context: context, event: Event(verb, .ok, connection: id), now: now)
        switch place.take() {
        case .some(var place):
            try store.renew(secrets, in: &vault, through: &place) { vault in
                renewed(vault.connection(id) ?? newRow(id), tokens, now)
            }
        case .none:
            try store.add(secrets, in: &vault) { vault in
                // There already when a commit that seemed to fail had not.
                if let row = vault.connection(id) { return .renewed(renewed(row, tokens, now)) }
                return .new(renewed(newRow(id), tokens, now))
            }
        }
        guard let row = vault.connection(id) else { throw .noConnection(name) }
        return row
    }

    private func newRow(_ id: RowID) -> ConnectionRow {
        var row = ConnectionRow(id: id, name: name, appID: plan.app.row.id, scopes: "")
        row.tags = plan.tags
        return row
    }

    private func renewed(
        _ row: ConnectionRow, _ tokens: borrowing TokenAnswer, _ now: Int64
    ) -> ConnectionRow {
        var row = row
        // Scopes that fit no column were not granted under any name we could ask for again.
        row.scopes = tokens.scopes.flatMap(Scopes.join) ?? Scopes.join(plan.scopes) ?? ""
        row.beginClocks(tokens, plan.app.profile, now: now)
        return row
    }

    private func rowID() throws(OperationError) -> RowID {
        if let renewed = plan.renewed { return renewed.id }
        return try ofVault(RowID.random())
    }

    private var name: String {
        switch plan.target {
        case .new(let name): name
        case .renewal(let row): row.name
        }
    }

    // MARK: Testing

    /// Stored it is: whatever befalls the test is reported beside it, never thrown.
    private func report(
        _ stored: ConnectionRow, _ found: TestFinding?,
        _ said: (flagged: [TokenAnswer.Field], missing: [String]),
        _ secrets: borrowing AppSecrets, _ vault: inout OpenVault
    ) throws(OperationError) -> Connect.Report {
        var (finding, failure) = (found, OperationError?.none)
        do throws(OperationError) {
            if finding == nil { finding = try test(stored, secrets, vault) }
            if let finding {
                let isTrial = context.apiVersion != nil
                try vault.record(finding, of: stored, isTrial: isTrial, now: context.clock())
            }
        } catch { failure = error }
        let row = vault.connection(stored.id) ?? stored
        tellSameMember(row, vault)
        return Connect.Report(
            connection: ConnectionReport(row, app: plan.app.row, now: context.clock()),
            account: finding?.account, missingScopes: said.missing, flagged: said.flagged,
            finding: finding, testFailure: failure)
    }

    /// For a new connection that is no new grant, and for whatever this consent has ended. Not worth an error.
    private func tellSameMember(_ row: ConnectionRow, _ vault: borrowing OpenVault) {
        let others = (try? vault.sameMember(as: row, in: context))?.known ?? []
        let scopes = Set(Scopes.split(row.scopes))
        let ended = others.filter { Set(Scopes.split($0.scopes)) != scopes }
        guard plan.renewed == nil ? !others.isEmpty : !ended.isEmpty else { return }
        context.notice(.sameMember(connections: others.map(\.name), ended: ended.map(\.name)))
    }

    private func test(
        _ stored: ConnectionRow, _ secrets: borrowing AppSecrets, _ vault: borrowing OpenVault
    ) throws(OperationError) -> TestFinding {
        let run = LadderRun(context: context, app: plan.app)
        let ladder = try run.ladder(scopes: plan.scopes, tokenAge: 0)
        let held = try ofVault(vault.secrets(of: stored))
        switch held.accessToken {
        case .some(let token): return try run.climb(ladder, token: token, secrets: secrets)
        case .none: throw .accessOver
        }
    }
}

extension ConnectionSecrets {
    /// What a consent gave.
    init(_ answer: borrowing TokenAnswer, account: String?) throws(SecretsError) {
        let name: SecretBytes?
        if let account {
            name = try unsafe SecretBytes(copying: Array(account.utf8).span.bytes)
        } else {
            name = nil
        }
        self.init(
            accessToken: try answer.accessToken.copy(), refreshToken: try Self.copy(answer.refreshToken),
            account: name)
    }

    /// The account in the clear: `connect` and `test` print it.
    var accountText: String? {
        switch account {
        case .some(let account):
            account.withBytes { span in
                unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
            }
        case .none: nil
        }
    }
}
