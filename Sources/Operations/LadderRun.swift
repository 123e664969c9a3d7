internal import CredentialVault
internal import HTTPTransport
internal import OAuthCore
internal import Providers
internal import Secrets

/// Sends what the ladder asks for and tells it the answers.
struct LadderRun {
    let context: Context
    let app: TrustedApp

    /// Throws `.providers(.apiVersion)` for a setting that is none; `connect` finds that out before the browser.
    func ladder(scopes: [String], tokenAge: Int64?) throws(OperationError) -> TestLadder {
        let settings = TestLadder.Settings(
            optionVersion: context.apiVersion, apiVersion: context.apiVersions[app.profile.name],
            today: CalendarDate(unixSeconds: context.clock()), tokenAge: tokenAge, scopes: scopes)
        return try ofProviders(TestLadder(profile: app.profile, settings: settings))
    }

    func climb(
        _ ladder: consuming TestLadder, token: borrowing SecretBytes, secrets: borrowing AppSecrets
    ) throws(OperationError) -> TestFinding {
        var ladder = ladder
        while let step = ladder.next {
            let request: HTTPRequest
            switch step {
            case .introspect:
                request = try ofOAuth(
                    Introspection.request(
                        profile: app.profile, clientID: app.row.clientID,
                        clientSecret: secrets.clientSecret, token: token))
            case .call(let call, let seconds):
                if seconds > 0 {
                    context.notice(.pausing(seconds: seconds))
                    context.pause(seconds * 1000)
                }
                request = try ofOAuth(call.request(bearer: token))
            }
            do throws(TransportError) { ladder.take(try context.send(request)) } catch {
                ladder.takeNoAnswer()
            }
        }
        return TestFinding(ladder, withholding: token, secrets.clientSecret)
    }

    /// Whether the provider says of the refresh token that it lives: proof that it was never traded in. No answer,
    /// a no and a provider that does not know refresh tokens all prove nothing.
    func isAlive(refreshToken: borrowing SecretBytes, secrets: borrowing AppSecrets) -> Bool {
        do {
            let request = try Introspection.request(
                profile: app.profile, clientID: app.row.clientID, clientSecret: secrets.clientSecret,
                token: refreshToken)
            let answer = try context.send(request)
            return try IntrospectionAnswer.read(answer, profile: app.profile).active
        } catch { return false }
    }
}
