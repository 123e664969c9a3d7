internal import CredentialVault
internal import OAuthCore

/// The other connections that may live on one connection's grant: of the same client at the same provider.
struct SameMember {
    /// The same member's: one grant.
    var known: [ConnectionRow] = []
    /// The member of one side or the other is not known.
    var perhaps: [ConnectionRow] = []

    var isEmpty: Bool { known.isEmpty && perhaps.isEmpty }
}

extension OpenVault {
    /// By name, each part.
    func sameMember(as row: ConnectionRow, in context: Context) throws(OperationError) -> SameMember {
        guard let app = app(row.appID) else { throw .vault(.changedMeanwhile) }
        let account = try ofVault(secrets(of: row)).accountText
        var same = SameMember()
        for other in connections.sorted(by: { $0.name < $1.name }) where other.id != row.id {
            guard let its = self.app(other.appID), context.isSameClient(its, app) else { continue }
            let found = try ofVault(secrets(of: other)).accountText
            if account == nil || found == nil {
                same.perhaps.append(other)
            } else if found == account {
                same.known.append(other)
            }
        }
        return same
    }
}

extension Context {
    /// Two apps of the vault are one client to the server that keeps the grants: one client ID, and one provider
    /// file or two that lead to one token endpoint's host (linkedin-ads and linkedin-ads-native).
    func isSameClient(_ a: AppRow, _ b: AppRow) -> Bool {
        guard a.clientID == b.clientID else { return false }
        if a.provider == b.provider { return true }
        guard let one = tokenHost(of: a), let other = tokenHost(of: b) else { return false }
        return one == other
    }

    private func tokenHost(of app: AppRow) -> String? {
        (try? profile(named: app.provider))?.tokenURL.host
    }
}
