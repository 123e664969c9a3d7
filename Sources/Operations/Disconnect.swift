internal import CredentialVault
internal import HTTPTransport
package import OAuthCore
internal import Secrets

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
            /// These connections of the same member through the same app live on the same grant.
            case shared(with: [String])
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
                let grant =
                    localOnly ? Grant.notAsked(.localOnly) : try endGrant(of: row, &vault, context)
                let event = Event(.disconnect, .ok, connection: row.id)
                try ofVault(vault.commit(.removeConnection(row.id), event, now: context.clock()))
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

    private static func endGrant(
        of row: ConnectionRow, _ vault: inout OpenVault, _ context: Context
    ) throws(OperationError) -> Grant {
        let app: TrustedApp
        do throws(OperationError) { app = try vault.trustedApp(of: row, in: context) } catch {
            return .notAsked(.unusable(error))
        }
        let others = try vault.sameMember(as: row).map(\.name)
        guard others.isEmpty else { return .notAsked(.shared(with: others)) }
        let held = try ofVault(vault.secrets(of: row))
        let client = try ofVault(vault.secrets(of: app.row))
        // The refresh token first: with it goes the whole grant. A server that ends no access token with it (RFC
        // 7009, 2.1: SHOULD) is asked for that too; what it says of the first is what counts.
        var verdicts: [Revocation.Verdict] = []
        switch held.refreshToken {
        case .some(let token): verdicts.append(revoke(token, app, client, context))
        case .none: break
        }
        switch held.accessToken {
        case .some(let token) where verdicts.allSatisfy({ $0 == .revoked }):
            verdicts.append(revoke(token, app, client, context))
        case .some: break
        case .none: break
        }
        return .asked(verdicts.first ?? .notSupported)
    }

    private static func revoke(
        _ token: borrowing SecretBytes, _ app: TrustedApp, _ client: borrowing AppSecrets,
        _ context: Context
    ) -> Revocation.Verdict {
        do {
            let request = try Revocation.request(
                profile: app.profile, clientID: app.row.clientID, clientSecret: client.clientSecret,
                token: token)
            return Revocation.judge(try context.send(request))
        } catch OAuthError.notOffered {
            return .notSupported
        } catch {
            return .unknown
        }
    }
}

extension OpenVault {
    /// The other connections through the same app that the same member consented to, by name: at a provider they
    /// are one grant. None where the member is not known.
    func sameMember(as row: ConnectionRow) throws(OperationError) -> [ConnectionRow] {
        guard let account = try ofVault(secrets(of: row)).accountText else { return [] }
        var same: [ConnectionRow] = []
        for other in connections where other.appID == row.appID && other.id != row.id {
            if try ofVault(secrets(of: other)).accountText == account { same.append(other) }
        }
        return same.sorted { $0.name < $1.name }
    }
}
