internal import CredentialVault
internal import OAuthCore

/// What is asked for, settled before the browser opens so that nothing which could be known fails behind it.
struct ConsentPlan {
    enum Target {
        case new(name: String)
        case renewal(of: ConnectionRow)
    }

    let target: Target
    let app: TrustedApp
    let redirect: RedirectURI
    /// Asked for; empty where neither the app nor the profile names any.
    let scopes: [String]
    let expectedAccount: String?
    /// The tags of a new connection, as their column has them.
    let tags: String?

    /// Made of unverified rows: `holds(in:)` compares them with the verified ones before the code is sent.
    init(
        _ target: Target, app: AppRow, _ options: Connect.Options, locked: LockedVault, in context: Context
    ) throws(OperationError) {
        self.target = target
        self.app = try TrustedApp(app, in: context)
        redirect = try self.app.redirectURI()
        expectedAccount = options.expectedAccount
        tags = try Tag.column([Tag]().adding(options.tags))
        scopes = Self.scopes(options, target, self.app)
        guard Scopes.join(scopes) != nil else { throw .scope }
        switch options.mode {
        case .paste: break
        case .browser, .noBrowser:
            guard redirect.isLoopback else { throw .needsPaste(redirectURI: redirect.text) }
        }
        // A setting that the test will stumble over is better said now.
        _ = try LadderRun(context: context, app: self.app).ladder(scopes: scopes, tokenAge: nil)
        warnOfOtherScopes(locked, context)
    }

    private static func scopes(
        _ options: Connect.Options, _ target: Target, _ app: TrustedApp
    ) -> [String] {
        if !options.scopes.isEmpty { return options.scopes }
        if case .renewal(let row) = target, !row.scopes.isEmpty { return Scopes.split(row.scopes) }
        return app.scopes
    }

    /// Asking for another scope set ends all earlier access tokens of that member for that app at LinkedIn.
    private func warnOfOtherScopes(_ locked: LockedVault, _ context: Context) {
        let others = locked.connections.filter { other in
            guard other.id != renewed?.id, let its = locked.apps.first(where: { $0.id == other.appID }),
                context.isSameClient(its, app.row)
            else { return false }
            return Set(Scopes.split(other.scopes)) != Set(scopes)
        }
        if !others.isEmpty { context.notice(.otherScopes(connections: others.map(\.name).sorted())) }
    }

    var renewed: ConnectionRow? {
        switch target {
        case .new: nil
        case .renewal(let row): row
        }
    }

    /// The verified app, where it still sends the member's code to where the member was sent from, and the name is
    /// still as it was.
    func verifiedApp(in vault: borrowing OpenVault) throws(OperationError) -> AppRow {
        guard let row = vault.app(app.row.id), row.provider == app.row.provider,
            row.profile == app.row.profile, row.clientID == app.row.clientID,
            row.redirectURI == app.row.redirectURI
        else { throw .vault(.changedMeanwhile) }
        switch target {
        case .new(let name):
            guard vault.connection(named: name) == nil else { throw .connectionTaken(name) }
        case .renewal(let seen):
            guard vault.connection(seen.id) != nil else { throw .noConnection(seen.name) }
        }
        return row
    }
}
