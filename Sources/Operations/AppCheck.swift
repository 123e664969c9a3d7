internal import CredentialVault
package import OAuthCore

/// `app check`: proves the app's ID and secret by asking the provider about a token that nobody has. Where the provider
/// has no introspection nothing can be proven before a consent, and that is said.
package enum AppCheck {
    package struct Report: Equatable, Sendable {
        package let name: String
        package let provider: String
        package let verdict: Introspection.AppVerdict
        /// There is a client secret, and the verdict speaks of it too.
        package let hasSecret: Bool
    }

    /// The vault is locked again before anything is sent. A wrong ID or secret is a verdict, not an error.
    ///
    /// - Throws: `.appNotProvable` before the key is asked for.
    package static func run(_ name: String, in context: Context) throws(OperationError) -> Report {
        let named = try TrustedApp(context.readLocked().appNamed(name), in: context)
        let hasSecret = named.profile.clientAuth != .none
        guard named.profile.introspectURL != nil else {
            throw .appNotProvable(app: name, hasSecret: hasSecret)
        }
        try context.key.check()
        var app: TrustedApp?
        // An open vault moves its -wal when it is closed: not into one that a restore is putting there.
        let context = try context.withKeyInHand()
        let locks = try context.sharedLock()
        let sent = try withExtendedLifetime(locks) { () throws(OperationError) in
            try context.unlocked { (vault) throws(OperationError) in
                guard let row = vault.app(named: name) else { throw .noApp(name) }
                let trusted = try TrustedApp(row, in: context)
                app = trusted
                let secrets = try ofVault(vault.secrets(of: row))
                let request = try ofOAuth(
                    Introspection.appCheck(
                        profile: trusted.profile, clientID: row.clientID, clientSecret: secrets.clientSecret))
                return Sent(request: request, secrets: secrets)
            }
        }
        guard let profile = app?.profile else { throw .noApp(name) }
        let answer = try context.answer(to: sent.request)
        do throws(OAuthError) {
            let verdict = try Introspection.judgeAppCheck(answer, profile: profile)
            return Report(
                name: name, provider: profile.name, verdict: verdict, hasSecret: profile.clientAuth != .none)
        } catch { throw .oauth(error.withholding(sent.secrets.clientSecret)) }
    }

    /// What leaves the unlocked vault: the request, and the secret in it that its answer may not repeat.
    private struct Sent: ~Copyable {
        let request: HTTPRequest
        let secrets: AppSecrets
    }
}
