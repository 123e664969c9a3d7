package import CredentialVault
internal import OAuthCore

/// How a connection gets its next access token.
package enum Renewal: String, Equatable, Sendable, CaseIterable {
    /// A refresh token came.
    case automatic
    /// None came: the member connects again.
    case manual
}

// The two clocks of a connection, access and consent, as columns of its row.
//
// A row does not say by itself whether a refresh token is sealed in it, and `list` must know without a key. So a
// row that renews itself has a consent clock, or, where the provider named no end, a `refreshedAt` from the first
// day on: obtaining the grant counts as its first refresh. A row with neither is renewed by hand.
extension ConnectionRow {
    package var renewal: Renewal { refreshExpiresAt == nil && refreshedAt == nil ? .manual : .automatic }

    /// When the access token in hand was issued. Not the later of the two: what was refreshed after a consent under a
    /// clock that was ahead was issued at the refresh.
    var issuedAt: Int64? { refreshedAt ?? consentedAt }

    /// So far may an issue lie in the future: two machines' clocks are as far apart as that.
    static let clocksApartSeconds: Int64 = 300

    /// The clock was ahead when the access token was issued, or is behind now: its end says nothing.
    func isIssuedAhead(of now: Int64) -> Bool {
        guard let issuedAt, issuedAt > now else { return false }
        return issuedAt - now > Self.clocksApartSeconds
    }

    /// After so long an access token of unknown end is due: nobody knows when it ends, and a refresh a day tells that
    /// the grant lives and keeps a token that lives for longer than a day.
    static let unknownEndSeconds: Int64 = 86_400

    /// Renewed by itself, and its end says nothing: either unknown and a day gone by, or of a clock that was ahead.
    private func isDueWithoutEnd(at now: Int64) -> Bool {
        guard renewal == .automatic else { return false }
        if isIssuedAhead(of: now) { return true }
        guard accessExpiresAt == nil, let issuedAt, issuedAt < now else { return false }
        return now - issuedAt > Self.unknownEndSeconds
    }

    /// The access token's end has passed. An unknown end is unknown, not expired.
    func isAccessOver(at now: Int64) -> Bool { accessExpiresAt.map { $0 <= now } ?? false }

    /// A test found that the provider takes the access token no more, whatever its end says.
    var isAccessKnownDead: Bool { lastError == .revoked || lastError == .expired }

    /// So long before its end an access token is not handed out without an attempt to renew it.
    static let nearlyOverSeconds: Int64 = 300

    /// The access token ends within `nearlyOverSeconds`, or within a quarter of its lifetime where that is less, so that
    /// short-lived ones are not renewed at every call. An unknown end is never near; one of a clock that was ahead is,
    /// where a refresh gives another.
    func isAccessNearlyOver(at now: Int64) -> Bool {
        if renewal == .automatic, isIssuedAhead(of: now) { return true }
        guard let end = accessExpiresAt, end > now else { return isAccessOver(at: now) }
        // Both are 0…2^63-1, so no difference overflows.
        let quarter = issuedAt.map { max(0, end - $0) / 4 } ?? Self.nearlyOverSeconds
        return end - now < min(Self.nearlyOverSeconds, quarter)
    }

    /// Under a quarter of the access lifetime is left, or `unknownEndSeconds` are over where nobody knows how much is.
    func isDue(at now: Int64) -> Bool {
        if isDueWithoutEnd(at: now) { return true }
        guard let end = accessExpiresAt else { return false }
        guard let issuedAt, end > now else { return end <= now }
        // Both are 0…2^63-1, so no difference overflows.
        return end - now < (end - issuedAt) / 4
    }

    /// The access token ends with the consent (to the hour: two servers' clocks and a request lie between), so that a
    /// refresh gives it no more time where the refresh token stays the same.
    var isCutByConsent: Bool {
        guard let accessExpiresAt, let refreshExpiresAt else { return false }
        return accessExpiresAt >= refreshExpiresAt - 3_600
    }

    /// The access token ends within so many seconds, or may: see `isDue`.
    func ends(within seconds: Int64, of now: Int64) -> Bool {
        if isDueWithoutEnd(at: now) { return true }
        return accessExpiresAt.map { $0 <= now || $0 - now < seconds } ?? false
    }

    /// What was just consented to: both clocks begin.
    mutating func beginClocks(_ answer: borrowing TokenAnswer, _ profile: ProviderProfile, now: Int64) {
        let renews = answer.hasRefreshToken && profile.canRefresh
        consentedAt = now
        accessExpiresAt = Self.end(of: answer.expiresIn, from: now)
        refreshExpiresAt = renews ? Self.end(of: answer.refreshExpiresIn, from: now) : nil
        refreshedAt = renews && refreshExpiresAt == nil ? now : nil
        settle()
    }

    /// What a refresh gave: the access clock begins anew. The consent clock runs on, because a refresh is no consent:
    /// a stable refresh token's answer counts down from it and may only confirm or shorten it, and a rotating
    /// one begins a new clock only with a new token that says its lifetime.
    mutating func renewClocks(_ answer: borrowing TokenAnswer, _ profile: ProviderProfile, now: Int64) {
        refreshedAt = now
        accessExpiresAt = Self.end(of: answer.expiresIn, from: now)
        let told = Self.end(of: answer.refreshExpiresIn, from: now)
        if let told {
            switch profile.refresh {
            case .stable: refreshExpiresAt = min(told, refreshExpiresAt ?? told)
            case .rotating where answer.hasRefreshToken: refreshExpiresAt = told
            case .rotating, .none, .exchange: break
            }
        }
        settle()
    }

    /// Nothing is under way and nothing is wrong.
    mutating func settle() { (state, lastError, pending) = (.ok, nil, nil) }

    /// nil for an unknown lifetime, and for one that no clock can hold.
    private static func end(of lifetime: Int64?, from now: Int64) -> Int64? {
        guard let lifetime, lifetime >= 0 else { return nil }
        let (end, overflow) = now.addingReportingOverflow(lifetime)
        return overflow ? nil : end
    }
}

extension TokenAnswer {
    var hasRefreshToken: Bool {
        switch refreshToken {
        case .some: true
        case .none: false
        }
    }
}

extension ProviderProfile {
    /// There are refresh tokens at this provider.
    var canRefresh: Bool {
        switch refresh {
        case .rotating, .stable: true
        case .none, .exchange: false
        }
    }
}
