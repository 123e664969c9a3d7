internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Secrets

/// The end of a grant at the provider, where that harms no other connection.
///
/// Whoever calls holds the connection's lock and the signals, and deletes the connection after it.
struct GrantEnd {
    let context: Context

    func run(_ row: ConnectionRow, in vault: inout OpenVault) throws(OperationError) -> Disconnect.Grant {
        let app: TrustedApp
        do throws(OperationError) { app = try vault.trustedApp(of: row, in: context) } catch {
            return .notAsked(.unusable(error))
        }
        // Where the platform has quirks, member and client are one grant (LinkedIn); elsewhere each consent is its own.
        let others =
            app.profile.quirks == nil ? SameMember() : try vault.sameMember(as: row, in: context)
        guard others.isEmpty else {
            return .notAsked(.shared(with: others.known.map(\.name), perhaps: others.perhaps.map(\.name)))
        }
        let held = try ofVault(vault.secrets(of: row))
        guard app.profile.revokeURL != nil, held.hasToken else { return .asked(.notSupported) }
        let client = try ofVault(vault.secrets(of: app.row))
        try mark(row, in: &vault)
        return .asked(revoke(held, app, client))
    }

    /// Before the request: whatever ends this process, no refresh trusts the tokens again before a test or a consent.
    private func mark(_ row: ConnectionRow, in vault: inout OpenVault) throws(OperationError) {
        var marked = row
        (marked.state, marked.lastError) = (.interrupted, .interrupted)
        _ = try vault.note(marked, Event(.disconnect, .begun, connection: row.id), now: context.clock())
    }

    /// The refresh token first: with it goes the whole grant. A server that ends no access token with it (RFC 7009,
    /// 2.1: SHOULD) is asked for that too; what it says of the first is what counts.
    private func revoke(
        _ held: borrowing ConnectionSecrets, _ app: TrustedApp, _ client: borrowing AppSecrets
    ) -> Revocation.Verdict {
        var verdicts: [Revocation.Verdict] = []
        switch held.refreshToken {
        case .some(let token): verdicts.append(revoke(token, app, client))
        case .none: break
        }
        switch held.accessToken {
        case .some(let token) where verdicts.allSatisfy({ $0 == .revoked }):
            verdicts.append(revoke(token, app, client))
        case .some: break
        case .none: break
        }
        return verdicts.first ?? .notSupported
    }

    private func revoke(
        _ token: borrowing SecretBytes, _ app: TrustedApp, _ client: borrowing AppSecrets
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

extension ConnectionSecrets {
    fileprivate var hasToken: Bool {
        switch refreshToken {
        case .some: return true
        case .none: break
        }
        switch accessToken {
        case .some: return true
        case .none: return false
        }
    }
}
