internal import CredentialVault
package import OAuthCore

/// `disconnect`: asks the provider to end the grant, where it has an address for that, and deletes the connection
/// here whatever it says.
package enum Disconnect {
    /// What became of the grant at the provider.
    package enum Grant: Equatable, Sendable {
        case asked(Revocation.Verdict)
        case notAsked(Reason)

        package enum Reason: Equatable, Sendable {
            /// `--local-only`.
            case localOnly
            /// Other connections of the same client: `with` are the same member's and live on the same grant,
            /// `perhaps` may, since the member of one side is not known.
            case shared(with: [String], perhaps: [String])
            /// The app or its provider's profile cannot be used, so no secret is sent anywhere.
            case unusable(OperationError)
        }
    }

    package struct Report: Equatable, Sendable {
        package let name: String
        package let provider: String
        package let grant: Grant
        /// Where the member ends the grant; nil where the profile names no page or is gone.
        package let consentPage: EndpointURL?
    }

    /// Needs no profile: a connection of a provider whose file is gone can be deleted too.
    package static func run(
        _ name: String, localOnly: Bool, in context: Context
    ) throws(OperationError) -> Report {
        let seen = try context.readLocked().connectionNamed(name)
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        return try locks.holding(seen.id, wait: context.lockWaitSeconds) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                guard let row = vault.connection(seen.id) else { throw .noConnection(name) }
                let provider = vault.app(row.appID)?.provider ?? ""
                let page = (try? context.profile(named: provider))?.consentPage
                // A signal between the provider's answer and the deletion would leave the one without the other.
                let grant = try SignalHold.untilTold { () throws(OperationError) in
                    let grant =
                        localOnly
                        ? Grant.notAsked(.localOnly) : try GrantEnd(context: context).run(row, in: &vault)
                    try delete(row, after: grant, in: &vault, context)
                    return grant
                }
                return Report(name: row.name, provider: provider, grant: grant, consentPage: page)
            }
        }
    }

    /// The member's page of a connection's provider, for when nothing in the vault can be changed. Locked.
    package static func consentPage(of name: String, in context: Context) -> EndpointURL? {
        guard let locked = try? context.readLocked(), let row = locked.connection(named: name),
            let app = locked.apps.first(where: { $0.id == row.appID })
        else { return nil }
        return (try? context.profile(named: app.provider))?.consentPage
    }

    /// - Throws: `.notDeleted` where the provider was asked before, so that nobody takes it for nothing done.
    private static func delete(
        _ row: ConnectionRow, after grant: Grant, in vault: inout OpenVault, _ context: Context
    ) throws(OperationError) {
        let event = Event(.disconnect, .ok, connection: row.id)
        do throws(VaultError) {
            try vault.commit(.removeConnection(row.id), event, now: context.clock())
        } catch {
            switch grant {
            case .asked(let verdict): throw .notDeleted(error, verdict)
            case .notAsked: throw .vault(error)
            }
        }
    }
}
