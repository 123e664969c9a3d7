internal import CredentialVault
internal import OAuthCore
package import Providers
internal import Secrets

/// What the ladder showed of one connection.
package struct TestFinding: Equatable, Sendable {
    /// Every rung, the skipped ones too.
    package let rungs: [TestRung]
    /// The weightiest of them.
    package let verdict: TestVerdict
    /// Foreign text.
    package let accounts: [AdAccount]
    package let moreAccounts: Bool

    /// - Parameter token: the access token that was shown to the provider; `secret`: the app's.
    init(
        _ ladder: TestLadder, withholding token: borrowing SecretBytes, _ secret: borrowing SecretBytes?
    ) {
        rungs = ladder.rungs.map { $0.withholding(token).withholding(secret) }
        verdict = ladder.verdict
        (accounts, moreAccounts) = (ladder.accounts, ladder.moreAccounts)
    }

    /// Who consented, where the provider says so: `urn:li:person:…`. Foreign text, at most 256 bytes.
    package var account: String? {
        accounts.lazy.compactMap(\.member).first { (1...256).contains($0.utf8.count) }
    }

    /// What the journal says of it.
    var outcome: Outcome {
        switch verdict {
        case .works, .worksWithoutAccount, .skipped: .ok
        case .revoked, .expired, .invalid, .memberRestricted: .reconnect
        case .appRefused: .app
        case .transient, .unreadable, .quotaUsed: .transient
        case .scopesMissing, .permissionMissing, .notFound, .apiVersionWithdrawn, .ourBug: .failed
        }
    }
}

extension ConnectionRow {
    /// Takes a verdict over. What is said of the access token never clears what a refresh found of the refresh
    /// token: an unknown outcome, or an invalid grant.
    mutating func take(_ verdict: TestVerdict, now: Int64) {
        guard state != .interrupted, pending == nil, !isGrantKnownDead else { return }
        switch verdict {
        case .works, .worksWithoutAccount:
            (state, lastError) = (.ok, nil)
        case .revoked, .invalid, .expired:
            // Said of the access token alone: a provider ends one when it gives another, and the refresh token lives on.
            // Whether it does is for the next refresh to find, and that is due now.
            if renewal == .automatic {
                accessExpiresAt = min(now, accessExpiresAt ?? now)
            } else {
                state = .reconnect
            }
            lastError = LastError(verdict)
        case .memberRestricted:
            (state, lastError) = (.reconnect, LastError(verdict))
        case .appRefused:
            (state, lastError) = (.appError, LastError(verdict))
        case .scopesMissing, .permissionMissing, .notFound, .apiVersionWithdrawn, .quotaUsed, .transient,
            .unreadable, .ourBug:
            lastError = LastError(verdict)
        case .skipped: break
        }
    }

    private var isGrantKnownDead: Bool {
        state == .reconnect && renewal == .automatic
            && (lastError == .invalidGrant || lastError == .clientMismatch)
    }
}
