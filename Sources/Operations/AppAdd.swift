internal import CredentialVault
package import Secrets

/// `app add`: seals a checked app with its client secret.
package enum AppAdd {
    /// - Throws: `.clientSecretMissing` and its kin before the key is asked for.
    package static func run(
        _ draft: AppDraft, secret: consuming SecretBytes?, in context: Context
    ) throws(OperationError) -> AppReport {
        try ClientSecret.check(secret, for: draft.profile)
        let row = try draft.row()
        try context.key.check()
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        var secret = secret
        return try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked(under: locks) { (vault) throws(OperationError) in
                let secrets = AppSecrets(clientSecret: secret.take())
                do throws(VaultError) {
                    try vault.commit(.addApp(row, secrets), Event(.appAdd, .ok), now: context.clock())
                } catch .nameTaken { throw OperationError.appTaken(row.name) } catch {
                    throw OperationError.vault(error)
                }
                return AppReport(vault.app(row.id) ?? row, connections: [], in: context)
            }
        }
    }
}
