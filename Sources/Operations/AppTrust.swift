internal import CredentialVault
package import OAuthCore
internal import Providers

/// `app trust`: accepts where the provider's profile now sends secrets.
package enum AppTrust {
    /// What will be trusted: to be shown before it is. Throws where there is no such profile.
    package static func profile(of name: String, in context: Context) throws(OperationError)
        -> ProviderProfile
    {
        try context.profile(named: context.readLocked().appNamed(name).provider)
    }

    /// - Parameter profile: what was shown, so that a file that changes meanwhile is not trusted unseen.
    package static func run(
        _ name: String, _ profile: ProviderProfile, in context: Context
    ) throws(OperationError) -> AppReport {
        let digest = try ofSecrets(profile.destinationDigest())
        return try AppChange.run(name, secrets: nil, .appTrust, in: context) { (row) throws(OperationError) in
            guard row.provider == profile.name else { throw .providers(.unknownProvider(row.provider)) }
            row.profile = digest
        }
    }
}
