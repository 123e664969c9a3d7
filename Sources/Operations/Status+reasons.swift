package import CredentialVault
internal import OAuthCore

extension Status {
    /// Why a connection needs somebody.
    package enum Reason: Equatable, Sendable {
        /// The member has to connect again.
        case reconnect(LastError?)
        case interrupted
        case appRefused(LastError?)
        /// Renewed by itself, and over: nothing has refreshed it.
        case accessOver(at: Int64)
        /// Renewed by itself, half of the time in which it is due has gone by, and nothing has refreshed it.
        case refreshOverdue(accessEnds: Int64)
        case consentEnds(at: Int64)
        /// Renewed by hand.
        case accessEnds(at: Int64)
        /// The last test or refresh found something that does not pass by itself.
        case found(LastError)
        /// The provider always says when this ends, and this time it said nothing that can be believed.
        case endUnknown(Clock)
        /// The clock was ahead when the access token was issued, or is behind now: no end says anything.
        case clockWasAhead(issued: Int64)

        /// What has an end.
        package enum Clock: Equatable, Sendable {
            case access
            case consent
        }

        package var severity: Severity {
            switch self {
            case .reconnect, .interrupted, .appRefused, .accessOver: .critical
            case .refreshOverdue, .consentEnds, .accessEnds, .found: .warning
            case .endUnknown, .clockWasAhead: .unknown
            }
        }

        /// A word for programs.
        package var word: String {
            switch self {
            case .reconnect: "reconnect"
            case .interrupted: "interrupted"
            case .appRefused: "app-refused"
            case .accessOver: "access-over"
            case .refreshOverdue: "refresh-overdue"
            case .consentEnds: "consent-ends"
            case .accessEnds: "access-ends"
            case .found: "found"
            case .endUnknown(.access): "access-end-unknown"
            case .endUnknown(.consent): "consent-end-unknown"
            case .clockWasAhead: "clock-was-ahead"
            }
        }

        static func all(
            of row: ConnectionRow, _ profile: ProviderProfile?, within: Int64?, now: Int64
        ) -> [Reason] {
            switch ShownState(row, now: now) {
            case .reconnect: return [.reconnect(row.lastError)]
            case .interrupted: return [.interrupted]
            case .appError: return [.appRefused(row.lastError)]
            case .ok, .due, .expiring: break
            }
            let found = row.lastError.flatMap { $0.passesByItself ? nil : Reason.found($0) }
            let reasons = [accessClock(row, profile, now), renewal(row, profile, within, now), found]
            // A stable order where two weigh the same: as above.
            return reasons.compactMap(\.self).enumerated().sorted {
                ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
            }.map(\.element)
        }

        /// Whether the access token was refreshed as it should be. One that lives for less than two days is not
        /// looked at: `token`, `exec` and `test` refresh it when they need it.
        private static func accessClock(
            _ row: ConnectionRow, _ profile: ProviderProfile?, _ now: Int64
        ) -> Reason? {
            if let begin = row.issuedAt, row.isIssuedAhead(of: now) { return .clockWasAhead(issued: begin) }
            guard row.renewal == .automatic else { return nil }
            guard let end = row.accessExpiresAt else {
                return profile?.quirks == nil ? nil : .endUnknown(.access)
            }
            guard let begin = row.issuedAt, end - begin >= 2 * 86_400 else { return nil }
            if end <= now { return .accessOver(at: end) }
            return end - now < (end - begin) / 8 && !row.isCutByConsent
                ? .refreshOverdue(accessEnds: end) : nil
        }

        /// Whether the member has to be asked soon.
        private static func renewal(
            _ row: ConnectionRow, _ profile: ProviderProfile?, _ within: Int64?, _ now: Int64
        ) -> Reason? {
            switch row.renewal {
            case .automatic:
                guard let end = row.refreshExpiresAt else {
                    return profile?.quirks == nil ? nil : .endUnknown(.consent)
                }
                return end - now < within ?? standardWithin ? .consentEnds(at: end) : nil
            case .manual:
                guard let end = row.accessExpiresAt else {
                    return profile?.quirks == nil ? nil : .endUnknown(.access)
                }
                let isNear = within.map { end - now < $0 } ?? row.isDue(at: now)
                return isNear ? .accessEnds(at: end) : nil
            }
        }
    }
}

extension LastError {
    /// Whether the next refresh or test may find it gone without anybody doing anything.
    var passesByItself: Bool {
        switch self {
        case .transient, .network, .unreadable, .quota, .expired, .interrupted: true
        case .invalidGrant, .clientMismatch, .invalidClient, .unauthorizedClient, .redirectURI,
            .invalidRequest, .scope, .revoked, .restricted, .forbidden, .apiVersion:
            false
        }
    }
}
