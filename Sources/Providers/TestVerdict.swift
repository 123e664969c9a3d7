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
    /// The API version was withdrawn; the header that carries it and the version that was sent.
    case apiVersionWithdrawn(header: String, version: String)
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
        case noAccount, notOffered, earlierFailure
    }
}

/// One rung with what to quote to the provider's support.
package struct TestRung: Equatable, Sendable {
    /// "introspect", or the name in the profile's `tests`.
    package let name: String
    package let verdict: TestVerdict
    package let status: Int?
    /// The provider's word and message, foreign text: at most 100 and 1,000 characters.
    package let word: String?
    package let message: String?
    /// x-li-uuid and x-li-request-id, as sent, at most 100 characters each.
    package let requestIDs: [HTTPHeader]
}

/// An ad account as the provider named it. Foreign text.
package struct AdAccount: Equatable, Sendable {
    /// `urn:li:sponsoredAccount:123`.
    package let urn: String
    /// `ACCOUNT_MANAGER`; nil where only the search showed the account.
    package let role: String?
    /// `urn:li:person:…`: the member who consented.
    package let member: String?
}
