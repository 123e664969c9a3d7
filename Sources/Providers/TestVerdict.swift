package import OAuthCore

/// What one rung of a test showed.
package enum TestVerdict: Equatable, Sendable {
    case works
    /// The token works; the member has no role on an ad account.
    case worksWithoutAccount
    /// Scopes that the test needs and the grant has not.
    case scopesMissing([String])
    /// Scope, product or account role is missing: the provider does not say which.
    case permissionMissing
    /// 404, which may mean forbidden.
    case notFound
    /// The API version that was sent was withdrawn.
    case apiVersionWithdrawn(APIVersion)
    /// The day's quota; it resets at 00:00 UTC; do not retry.
    case quotaUsed
    case revoked, expired, invalid, memberRestricted
    /// The app's own credentials were refused; says nothing of the member's grant.
    case appRefused(OAuthError.Refusal)
    case transient
    /// The answer cannot be believed.
    case unreadable
    /// We asked wrongly.
    case ourBug
    /// Not asked, and why.
    case skipped(Reason)

    package enum Reason: String, Equatable, Sendable {
        case noAccount = "no-account"
        case notOffered = "not-offered"
        case earlierFailure = "earlier-failure"
    }

    /// nil: nothing is wrong.
    package var kind: OAuthError.Kind? {
        switch self {
        case .works, .worksWithoutAccount, .skipped: nil
        case .revoked, .expired, .invalid, .memberRestricted: .reconnect
        case .scopesMissing, .permissionMissing, .notFound, .apiVersionWithdrawn, .appRefused: .app
        case .quotaUsed, .transient, .unreadable: .transient
        case .ourBug: .ours
        }
    }

    /// The word for the vault's `last_error`; nil: nothing is wrong.
    package var code: OAuthError.Code? {
        switch self {
        case .works, .worksWithoutAccount, .skipped: nil
        case .revoked: .revoked
        case .expired: .expired
        case .invalid: .invalidGrant
        case .memberRestricted: .restricted
        case .scopesMissing: .scope
        case .permissionMissing, .notFound: .forbidden
        case .apiVersionWithdrawn: .apiVersion
        case .quotaUsed: .quota
        case .appRefused(let refusal): refusal.code
        case .transient: .transient
        case .unreadable: .unreadable
        case .ourBug: .invalidRequest
        }
    }

    /// How much it matters when one word must stand for several rungs: the greatest wins.
    var weight: Int {
        switch self {
        case .revoked, .expired, .invalid, .memberRestricted: 9
        case .appRefused: 8
        case .apiVersionWithdrawn: 7
        case .scopesMissing, .permissionMissing: 6
        case .quotaUsed: 5
        case .transient, .unreadable: 4
        case .ourBug: 3
        case .notFound: 3
        case .worksWithoutAccount: 2
        case .works: 1
        case .skipped: 0
        }
    }

    /// Whether the rungs above would only say the same again.
    var endsTheLadder: Bool {
        switch self {
        case .revoked, .expired, .invalid, .memberRestricted, .apiVersionWithdrawn, .quotaUsed: true
        case .works, .worksWithoutAccount, .scopesMissing, .permissionMissing, .notFound, .appRefused,
            .transient,
            .unreadable, .ourBug, .skipped:
            false
        }
    }
}
