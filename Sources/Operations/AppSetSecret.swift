internal import CredentialVault
internal import OAuthCore
package import Secrets

/// `app set-secret`: replaces the client secret; the connections stay as they are.
package enum AppSetSecret {
    /// To be called before the secret is asked for. Throws where there is no such app or it uses no secret.
    package static func check(_ name: String, in context: Context) throws(OperationError) {
        let app = try TrustedApp(context.readLocked().appNamed(name), in: context)
        guard app.profile.clientAuth != .none else { throw .clientSecretNotUsed }
    }

    package static func run(
        _ name: String, secret: consuming SecretBytes, in context: Context
    ) throws(OperationError) -> AppReport {
        let app = try TrustedApp(context.readLocked().appNamed(name), in: context)
        let secret = Optional(secret)
        try ClientSecret.check(secret, for: app.profile)
        return try AppChange.run(
            name, secrets: AppSecrets(clientSecret: secret), .appSetSecret, in: context
        ) { (row) throws(OperationError) in
            _ = try TrustedApp(row, in: context)
        }
    }
}
