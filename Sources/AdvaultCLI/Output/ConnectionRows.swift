internal import CredentialVault
internal import OAuthCore
internal import Operations

extension ConnectionReport {
    /// A row of `list --json`.
    var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("provider", .string(provider)),
            .init("app", .string(app)),
            .init("state", .string(state.rawValue)),
            .init("renewal", .string(renewal.rawValue)),
            .init("scopes", .texts(scopes)),
            .init("access_expires_at", .time(accessExpiresAt)),
            .init("refresh_expires_at", .time(refreshExpiresAt)),
            .init("consented_at", .time(consentedAt)),
            .init("refreshed_at", .time(refreshedAt)),
            .init("last_error", .text(lastError?.rawValue)),
            .init("tags", .texts(tags)),
        ])
    }

    /// Both clocks and what renews them, as lines under a name.
    func clocks(now: Int64) -> [String] {
        var lines = ["access token: \(Self.end(accessExpiresAt, now))"]
        switch renewal {
        case .automatic:
            lines.append("consent:      \(Self.end(refreshExpiresAt, now))")
            lines.append("renewal:      automatic")
        case .manual:
            lines.append("consent:      no refresh token came")
            let by = accessExpiresAt.map { " before \(Timestamp.date($0))" } ?? " when the token is over"
            lines.append("renewal:      manual: run advault reconnect \(Printable.argument(name))\(by)")
        }
        return lines
    }

    static func end(_ moment: Int64?, _ now: Int64) -> String {
        guard let moment else { return "end unknown" }
        let verb = moment > now ? "ends" : "ended"
        return "\(verb) \(Timestamp.date(moment)), \(Timestamp.distance(from: now, to: moment))"
    }
}
