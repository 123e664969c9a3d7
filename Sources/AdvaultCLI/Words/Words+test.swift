internal import OAuthCore
internal import Operations
internal import Providers

extension Explanation {
    /// What a test's verdict means and what to do; nil when the connection works.
    /// - Parameter report: the connection as it stands; nil where it went while it was tested.
    init?(_ verdict: TestVerdict, connection: String, report: ConnectionReport?) {
        guard let kind = verdict.kind else { return nil }
        let name = Printable.argument(connection)
        self.init(
            "test-" + (verdict.code?.rawValue ?? "failed"), kind.exit, "the test failed: \(verdict.words)",
            next: verdict.advice(name, report) ?? Self.runAgain, retryable: kind == .transient)
        if case .appRefused(let refusal) = verdict { what += ": \(refusal.words)" }
        if let app = report?.app { next = next?.replacing("APP", with: Printable.argument(app)) }
        if case .scopesMissing(let missing) = verdict {
            // A new consent asks for what was granted unless it is told otherwise.
            for scope in (report?.scopes ?? []).filter({ !missing.contains($0) }) + missing {
                next? += " --scope \(Printable.argument(scope))"
            }
        }
    }
}

extension TestVerdict {
    /// What a rung showed, as a word in a table or after "the test failed: ".
    var words: String {
        switch self {
        case .works: "ok"
        case .worksWithoutAccount: "ok, but the member has no role on an ad account"
        case .scopesMissing(let scopes):
            "the grant lacks " + scopes.map { Printable.bare($0) }.joined(separator: ", ")
        case .permissionMissing:
            "forbidden: a scope, a product of the app or a role on the ad account is missing"
        case .notFound: "not found, which may mean forbidden"
        case .apiVersionWithdrawn(let version):
            "the API version \(Printable.bare(version.value)), \(version.origin.words), was withdrawn"
        case .quotaUsed: "the day's quota is used up until 00:00 UTC"
        case .revoked: "the token was revoked"
        case .expired: "the token has expired"
        case .invalid: "the token is not valid, or is another app's"
        case .memberRestricted: "the member's account is restricted"
        case .appRefused: "the app's own credentials were refused"
        case .transient: "the provider gave no usable answer"
        case .unreadable: "the provider's answer cannot be read"
        case .ourBug: "the provider says that the request was wrong"
        case .skipped(let reason): "skipped: \(reason.words)"
        }
    }

    /// The whole test in a word, where nothing is wrong.
    var summary: String {
        switch self {
        case .works: "works"
        case .worksWithoutAccount: "works, but the member has no role on an ad account"
        case .scopesMissing, .permissionMissing, .notFound, .apiVersionWithdrawn, .quotaUsed, .revoked,
            .expired,
            .invalid, .memberRestricted, .appRefused, .transient, .unreadable, .ourBug, .skipped:
            words
        }
    }

    /// What to do about it; nil when there is nothing to do.
    /// - Parameter report: the connection as it stands; nil where it went while it was tested.
    func advice(_ name: String, _ report: ConnectionReport?) -> String? {
        switch self {
        case .works, .skipped: nil
        case .worksWithoutAccount: "have the member added to the ad account at the provider"
        case .scopesMissing: "add the product that grants them to the app, then: advault reconnect \(name)"
        case .permissionMissing, .notFound:
            "the provider does not say which: check the scopes (advault list --json), the app's products, "
                + "and the member's role on the ad account"
        case .apiVersionWithdrawn(let version): version.advice
        case .quotaUsed: "try again after 00:00 UTC; until then every call is refused"
        case .revoked, .invalid, .expired:
            // Of the access token alone: a refresh token may live on, unless it is known that it does not.
            report?.renewal == .manual || report?.state == .reconnect
                ? "connect again: advault reconnect \(name)"
                : "advault refresh --force \(name); if that is refused: advault reconnect \(name)"
        case .memberRestricted:
            "ask the member to settle it with the provider, then: advault reconnect \(name)"
        case .appRefused:
            "check the app's client ID and secret: advault app check APP, advault app set-secret APP"
        case .transient, .unreadable: "try again later"
        case .ourBug: "please report this with the request IDs that were printed"
        }
    }

    /// For `--json`.
    var word: String {
        switch self {
        case .works: "works"
        case .worksWithoutAccount: "works-without-account"
        case .scopesMissing: "scopes-missing"
        case .permissionMissing: "permission-missing"
        case .notFound: "not-found"
        case .apiVersionWithdrawn: "api-version-withdrawn"
        case .quotaUsed: "quota-used"
        case .revoked: "revoked"
        case .expired: "expired"
        case .invalid: "invalid"
        case .memberRestricted: "member-restricted"
        case .appRefused: "app-refused"
        case .transient: "transient"
        case .unreadable: "unreadable"
        case .ourBug: "our-bug"
        case .skipped: "skipped"
        }
    }
}

extension TestVerdict.Reason {
    var words: String {
        switch self {
        case .noAccount: "there is no ad account to ask about"
        case .notOffered: "the provider offers no address for it"
        case .earlierFailure: "an earlier one failed"
        }
    }
}
