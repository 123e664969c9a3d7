internal import CredentialVault
internal import OAuthCore
internal import Operations

extension Status.Report {
    /// One line that says it all, as monitors show it, then a line for each connection that needs somebody.
    var lines: [String] {
        var table = Table("NAME", "STATUS", "WHAT TO DO")
        let needy = rows.filter { $0.severity != .ok }
        for row in needy {
            for reason in row.reasons {
                table.add(
                    Printable.bare(row.connection.name), reason.severity.rawValue,
                    reason.words(row.connection, now: at))
            }
        }
        return [headline(needy)] + (needy.isEmpty ? [] : [table.text])
    }

    private func headline(_ needy: [Status.Row]) -> String {
        let parts = Status.Severity.allCases.reversed().compactMap { severity -> String? in
            let names = needy.filter { $0.severity == severity }.map { Printable.bare($0.connection.name) }
            guard !names.isEmpty else { return nil }
            return "\(severity.rawValue): \(Count.names(names))"
        }
        let well = rows.count - needy.count
        return (parts + (well > 0 || parts.isEmpty ? ["ok: \(Count.words(well, "connection"))"] : []))
            .joined(separator: "; ")
    }

    /// For `--json`.
    func members(within: Int64?) -> [JSONValue.Member] {
        [
            .init("vault", vault.json(verified: false)), .init("status", .string(severity.rawValue)),
            .init("within_seconds", .integer(within ?? Status.standardWithin)), .init("at", .time(at)),
            .init("connections", .array(rows.map { $0.json(now: at) })),
        ]
    }
}

extension Status.Row {
    /// A row of `list --json`, with what is to be done and what is left of either clock.
    fileprivate func json(now: Int64) -> JSONValue {
        guard case .object(let members) = connection.json else { return connection.json }
        return .object(
            members + [
                .init("status", .string(severity.rawValue)),
                .init("reasons", .texts(reasons.map(\.word))),
                .init("access_seconds_left", left(connection.accessExpiresAt, now)),
                .init("consent_seconds_left", left(connection.refreshExpiresAt, now)),
            ])
    }

    private func left(_ end: Int64?, _ now: Int64) -> JSONValue {
        end.map { .integer(max(0, $0 - now)) } ?? .null
    }
}

extension Status.Reason {
    /// What is the matter, then the command that mends it.
    fileprivate func words(_ connection: ConnectionReport, now: Int64) -> String {
        let name = Printable.argument(connection.name)
        let clock = connection.renewal == .manual ? "the access token" : "the consent"
        let renewing = connection.renewal == .manual ? "reconnect" : "refresh"
        switch self {
        case .reconnect(let found):
            return "the member has to connect again\(Self.word(found)): advault reconnect \(name)"
        case .interrupted:
            return "a refresh has no stored answer; whether its token still lives says: advault test \(name)"
        case .appRefused(let found):
            let app = Printable.argument(connection.app)
            return "the provider refuses the app\(Self.word(found)): advault app check \(app)"
        case .accessOver(let end):
            return "the access token \(ConnectionReport.end(end, now)), and nothing refreshed it: "
                + "advault refresh \(name)"
        case .refreshOverdue(let end):
            return "the access token \(ConnectionReport.end(end, now)), and should have been refreshed: "
                + "advault refresh \(name)"
        case .consentEnds(let end), .accessEnds(let end):
            return "\(clock) \(ConnectionReport.end(end, now)): advault reconnect \(name)"
        case .found(let error):
            return "the last test or refresh found \(error.rawValue): advault test \(name)"
        case .endUnknown(.access):
            return "when the access token ends is unknown, the provider said nothing believable: "
                + "advault \(renewing) \(name)"
        case .endUnknown(.consent):
            return "when the consent ends is unknown, the provider said nothing believable: "
                + "advault reconnect \(name)"
        case .clockWasAhead(let issued):
            return
                "the access token was issued \(Timestamp.date(issued)), which is yet to come: a clock was wrong "
                + "and its end is unknown: advault \(renewing) \(name)"
        }
    }

    private static func word(_ error: LastError?) -> String { error.map { " (\($0.rawValue))" } ?? "" }
}
