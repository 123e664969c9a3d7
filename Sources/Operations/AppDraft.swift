internal import CredentialVault
package import OAuthCore

/// An app that was checked and not yet stored: `app add` before the client secret is asked for.
package struct AppDraft: Sendable {
    package let name: String
    package let profile: ProviderProfile
    package let clientID: String
    package let redirectURI: RedirectURI
    /// As given; empty: the profile's.
    package let scopes: [String]
    /// 32 bytes.
    let digest: [UInt8]

    /// The profile's `client_auth` asks for a client secret.
    package var needsSecret: Bool { profile.clientAuth != .none }

    /// The port of the standard redirect URI, unless the settings have another.
    package static let standardPort: UInt16 = 8765

    /// Where our listener waits unless told otherwise: a callback path for each provider (mix-up defence).
    static func standardRedirectURI(for profile: ProviderProfile, port: UInt16) -> String {
        "http://\(profile.redirectHost.rawValue):\(port)/callback/\(profile.name)"
    }

    /// - Parameter redirectURI: nil: the standard one, on `port`.
    package init(
        name: String, provider: String, clientID: String, redirectURI: String?, port: UInt16 = standardPort,
        scopes: [String], in context: Context
    ) throws(OperationError) {
        try Name.check(name, .app)
        profile = try context.profile(named: provider)
        guard ClientID.isWellFormed(clientID) else { throw .clientID }
        do {
            self.redirectURI = try RedirectURI(
                redirectURI ?? Self.standardRedirectURI(for: profile, port: port))
            try profile.check(self.redirectURI)
        } catch { throw .redirectURI(error) }
        guard Scopes.join(scopes) != nil else { throw .scope }
        digest = try ofSecrets(profile.destinationDigest())
        (self.name, self.clientID, self.scopes) = (name, clientID, scopes)
        guard try context.readLocked().app(named: name) == nil else { throw .appTaken(name) }
    }

    func row() throws(OperationError) -> AppRow {
        AppRow(
            id: try ofVault(RowID.random()), name: name, provider: profile.name, profile: digest,
            clientID: clientID, redirectURI: redirectURI.text, scopes: scopes.joined(separator: " "))
    }
}
