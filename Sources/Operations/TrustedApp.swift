internal import CredentialVault
internal import OAuthCore
internal import Providers

/// An app together with the provider's profile, after the profile was found to send secrets where it did when the
/// app was added (FORMAT.md, `profile`).
struct TrustedApp {
    let row: AppRow
    let profile: ProviderProfile

    /// Throws `.profileChanged` where it does not, `.providers` where there is no such profile any more.
    init(_ row: AppRow, in context: Context) throws(OperationError) {
        profile = try context.profile(named: row.provider)
        guard try ofSecrets(profile.destinationDigest()) == row.profile else {
            throw .profileChanged(app: row.name, provider: row.provider)
        }
        self.row = row
    }

    /// What a consent asks for unless told otherwise: the app's own scopes, else the profile's.
    var scopes: [String] { row.scopes.isEmpty ? profile.scopes : Scopes.split(row.scopes) }

    func redirectURI() throws(OperationError) -> RedirectURI {
        do { return try RedirectURI(row.redirectURI) } catch { throw .redirectURI(error) }
    }
}

extension Context {
    func profile(named name: String) throws(OperationError) -> ProviderProfile {
        try ofProviders(Catalog.profile(named: name, files: providerFiles))
    }
}

extension OpenVault {
    /// The verified app of a verified connection, with its profile.
    func trustedApp(of row: ConnectionRow, in context: Context) throws(OperationError) -> TrustedApp {
        guard let app = app(row.appID) else { throw .vault(.changedMeanwhile) }
        return try TrustedApp(app, in: context)
    }
}
