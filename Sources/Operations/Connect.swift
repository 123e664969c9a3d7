internal import CredentialVault
package import OAuthCore
package import Secrets

/// `connect` and `reconnect`: a member consents in the browser, and what comes of it is stored, then tested.
///
/// Nothing is unlocked until the browser has come back. One failed test keeps the connection.
package enum Connect {
    package enum Mode {
        /// Opens the browser on our own start page.
        case browser
        /// The same, but the person opens it; the browser is on this machine.
        case noBrowser
        /// The browser is anywhere: the closure is given the provider's address and hands back the pasted final URL.
        case paste(Reading)

        /// `isFirst`: not asked once more after a mistake.
        package typealias Reading =
            (_ authorizeURL: String, _ isFirst: Bool) throws(OperationError) -> SecretBytes
    }

    package struct Options {
        package var mode: Mode
        /// Asked for instead of the app's; empty: the app's, and where it has none the profile's.
        package var scopes: [String] = []
        /// The account as `connect` prints it, or the part behind its last colon.
        package var expectedAccount: String?
        /// What a new connection is tagged with.
        package var tags: [Tag] = []
        /// How long the browser is waited for, in seconds.
        package var timeoutSeconds = 300

        package init(mode: Mode) { self.mode = mode }
    }

    package struct Report: Equatable, Sendable {
        package let connection: ConnectionReport
        /// Who consented, where the provider says so. Foreign text.
        package let account: String?
        /// Asked for, and not among what the provider says that it granted.
        package let missingScopes: [String]
        /// Fields of the token answer that are not believed.
        package let flagged: [TokenAnswer.Field]
        /// nil where the ladder could not be begun: `testFailure` says why. The connection is stored either way.
        package let finding: TestFinding?
        package let testFailure: OperationError?
    }

    /// - Parameter app: nil: the only one there is.
    package static func run(
        _ name: String, app: String?, _ options: Options, in context: Context
    ) throws(OperationError) -> Report {
        try Name.check(name, .connection)
        let locked = try context.readLocked()
        guard !locked.connections.contains(where: { $0.name == name }) else { throw .connectionTaken(name) }
        let row = try chosenApp(app, in: locked)
        return try consent(
            ConsentPlan(.new(name: name), app: row, options, locked: locked, in: context), options, context)
    }

    /// What several names would meet before their browser opens, so that nothing is begun for a mistyped one.
    package static func check(
        _ names: [String], app: String?, in context: Context
    ) throws(OperationError) {
        let locked = try context.readLocked()
        for name in names {
            try Name.check(name, .connection)
            guard locked.connection(named: name) == nil else { throw .connectionTaken(name) }
        }
        _ = try chosenApp(app, in: locked)
    }

    /// The same for a connection that there is: its tokens are replaced, its name, app and tags stay. Another
    /// account than the one that is known is refused, as with an expected one.
    package static func renew(
        _ name: String, _ options: Options, in context: Context
    ) throws(OperationError) -> Report {
        let locked = try context.readLocked()
        let connection = try locked.connectionNamed(name)
        guard let app = locked.apps.first(where: { $0.id == connection.appID }) else {
            throw .vault(.changedMeanwhile)
        }
        return try consent(
            ConsentPlan(.renewal(of: connection), app: app, options, locked: locked, in: context), options,
            context)
    }

    private static func chosenApp(_ name: String?, in locked: LockedVault) throws(OperationError) -> AppRow {
        if let name {
            guard let app = locked.apps.first(where: { $0.name == name }) else { throw .noApp(name) }
            return app
        }
        guard let first = locked.apps.first else { throw .noAppYet }
        guard locked.apps.count == 1 else { throw .whichApp(locked.apps.map(\.name).sorted()) }
        return first
    }

    private static func consent(
        _ plan: ConsentPlan, _ options: Options, _ context: Context
    ) throws(OperationError) -> Report {
        try context.key.check()
        let authorization = try ofOAuth(
            AuthorizationRequest.make(
                profile: plan.app.profile, clientID: plan.app.row.clientID, redirectURI: plan.redirect,
                scopes: plan.scopes))
        let code = try Browser(context: context, plan: plan).code(for: authorization, options)
        context.notice(.cameBack)
        return try context.withKeyInHand(attempts: 3) { (context, wasOpen) throws(OperationError) in
            let locks = try context.sharedLock()
            return try context.unlocked(under: locks) { (vault) throws(OperationError) in
                wasOpen = true
                return try CodeExchange(context: context, plan: plan)
                    .run(code, authorization, in: &vault, under: locks)
            }
        }
    }
}
