internal import CredentialVault
internal import OAuthCore
internal import Providers
internal import Secrets

// A provider may repeat in its words what it was sent. Words that hold a secret of the request are dropped before an
// error or a finding goes anywhere: to the screen, to JSON, to a log.

extension OAuthError {
    func withholding(_ secret: borrowing SecretBytes?) -> OAuthError {
        switch secret {
        case .some(let secret): withholding(secret)
        case .none: self
        }
    }

    /// For a request that carried an app's secret and a connection's tokens.
    func withholding(
        _ app: borrowing AppSecrets, _ held: borrowing ConnectionSecrets
    ) -> OAuthError {
        withholding(app.clientSecret).withholding(held.refreshToken).withholding(held.accessToken)
    }
}

extension TestRung {
    func withholding(_ secret: borrowing SecretBytes) -> TestRung {
        let texts = [word, message].compactMap { $0 } + requestIDs.map(\.value)
        guard texts.contains(where: { ForeignText.holds(secret, in: $0) }) else { return self }
        return TestRung(name: name, verdict: verdict, status: status)
    }

    func withholding(_ secret: borrowing SecretBytes?) -> TestRung {
        switch secret {
        case .some(let secret): withholding(secret)
        case .none: self
        }
    }
}
