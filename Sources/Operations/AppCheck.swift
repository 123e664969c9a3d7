internal import CredentialVault
package import OAuthCore

/// `app check`: proves the app's ID and secret by asking the provider about a token that nobody has.
package enum AppCheck {
    package struct Report: Equatable, Sendable {
        package let name: String
        package let provider: String
        package let verdict: Introspection.AppVerdict
    }

    /// The vault is locked again before anything is sent. A wrong ID or secret is a verdict, not an error.
    package static func run(_ name: String, in context: Context) throws(OperationError) -> Report {
        _ = try TrustedApp(context.readLocked().appNamed(name), in: context)
        try context.key.check()
        var app: TrustedApp?
        // An open vault moves its -wal when it is closed: not into one that a restore is putting there.
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
            return Report(name: name, provider: profile.name, verdict: verdict)
        } catch { throw .oauth(error.withholding(sent.secrets.clientSecret)) }
    }

    /// What leaves the unlocked vault: the request, and the secret in it that its answer may not repeat.
    private struct Sent: ~Copyable {
        let request: HTTPRequest
        let secrets: AppSecrets
    }
}
