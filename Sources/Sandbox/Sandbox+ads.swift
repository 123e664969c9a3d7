import Foundation

/// The calls of the test ladder (LINKEDIN.md, Test of a connection).
extension Sandbox {
    func ads(_ request: Request, _ endpoint: Endpoint) -> Answer {
        guard request.method == "GET" else { return .methodNotAllowed }
        switch bearer(request) {
        case .failure(let fault): return fault.answer
        case .success(let family):
            if let fault = versionFault(request) ?? quotaFault() { return fault }
            switch endpoint {
            case .adAccountUsers: return adAccountUsers(request, family)
            case .adAccounts: return adAccounts(request, family)
            case .adAnalytics: return adAnalytics(request, family)
            case .authorize, .consent, .token, .introspect, .revoke: return .notFound
            }
        }
    }

    private struct Fault: Error { let answer: Answer }

    private func bearer(_ request: Request) -> Result<Family, Fault> {
        func refuse(_ code: Int, _ word: String, _ message: String) -> Result<Family, Fault> {
            .failure(Fault(answer: .apiError(401, service: code, code: word, message)))
        }
        guard let header = request.headers["authorization"], header.lowercased().hasPrefix("bearer "),
            let token = tokens[String(header.dropFirst(7))], token.kind == .access,
            let family = families[token.family]
        else { return refuse(65_600, "INVALID_ACCESS_TOKEN", "Invalid access token") }
        if family.isRevoked || token.state != .live {
            return refuse(
                65_601, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user")
        }
        if isExpired(token) {
            return refuse(65_602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired")
        }
        if settings.memberRestricted {
            return refuse(65_608, "MEMBER_RESTRICTED", "The member is restricted")
        }
        return .success(family)
    }

    private func versionFault(_ request: Request) -> Answer? {
        guard let version = request.headers["linkedin-version"] else {
            return .apiError(
                400, code: "VERSION_MISSING",
                "A version must be present. Please specify a version by adding the LinkedIn-Version header.")
        }
        guard settings.apiVersions.contains(version) else {
            return .apiError(426, code: "NONEXISTENT_VERSION", "Requested version \(version)01 is not active")
        }
        return nil
    }

    private func quotaFault() -> Answer? {
        guard let left = settings.callsLeft else { return nil }
        guard left > 0 else {
            return .apiError(
                429, service: 101, code: "TOO_MANY_REQUESTS",
                "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.")
        }
        settings.callsLeft = left - 1
        return nil
    }

    private func adAccountUsers(_ request: Request, _ family: Family) -> Answer {
        guard Form(request.query)?["q"] == "authenticatedUser" else { return badQuery }
        guard family.scopes.contains("r_ads") else { return denied(request) }
        let elements: [[String: any Sendable]] = settings.accounts.map {
            ["account": "urn:li:sponsoredAccount:\($0.id)", "role": $0.role, "user": Sandbox.member]
        }
        return page(elements)
    }

    /// `pageToken` is the number of elements before the page.
    private func adAccounts(_ request: Request, _ family: Family) -> Answer {
        guard let form = Form(request.query), form["q"] == "search" else { return badQuery }
        guard family.scopes.contains("r_ads") else { return denied(request) }
        guard let size = Int(form["pageSize"] ?? "100"), (1...1_000).contains(size),
            let start = Int(form["pageToken"] ?? "0"), start >= 0
        else { return badQuery }
        let elements: [[String: any Sendable]] = settings.accounts.dropFirst(start).prefix(size).map {
            [
                "id": $0.id, "name": $0.name, "status": "ACTIVE", "type": "BUSINESS", "currency": "EUR",
                "test": true,
            ]
        }
        let more = start + size < settings.accounts.count
        let metadata: [String: any Sendable] = more ? ["nextPageToken": String(start + size)] : [:]
        return .json(200, ["elements": elements, "metadata": metadata])
    }

    private func adAnalytics(_ request: Request, _ family: Family) -> Answer {
        guard let ids = AnalyticsQuery.accounts(request.query),
            request.headers["x-restli-protocol-version"] == "2.0.0"
        else { return badQuery }
        guard family.scopes.contains("r_ads_reporting") else { return denied(request) }
        let mine = Set(settings.accounts.map(\.id))
        guard ids.allSatisfy(mine.contains) else { return denied(request) }
        let elements: [[String: any Sendable]] = ids.map { _ in ["impressions": 1_234, "clicks": 56] }
        return page(elements)
    }

    private func page(_ elements: [[String: any Sendable]]) -> Answer {
        let links: [String] = []
        let paging: [String: any Sendable] = [
            "start": 0, "count": 10, "total": elements.count, "links": links,
        ]
        return .json(200, ["elements": elements, "paging": paging])
    }

    private func denied(_ request: Request) -> Answer {
        let resource = request.path.replacingOccurrences(of: "/rest", with: "")
        return .apiError(
            403, service: 100, code: "ACCESS_DENIED", "Not enough permissions to access: GET \(resource)")
    }

    private var badQuery: Answer {
        .apiError(400, code: "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    }
}

/// The query of adAnalytics in Rest.li 2.0's form: `( ) : ,` stand literally, the colons of a URN are escaped.
enum AnalyticsQuery {
    /// The accounts asked for; nil where the form is wrong.
    static func accounts(_ query: String) -> [Int]? {
        var fields: [Substring: Substring] = [:]
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            fields[halves[0]] = halves[1]
        }
        guard fields["q"] == "analytics", fields["pivot"] != nil, fields["timeGranularity"] != nil,
            let range = fields["dateRange"], range.wholeMatch(of: dateRange) != nil,
            let list = fields["accounts"], list.hasPrefix("List("), list.hasSuffix(")")
        else { return nil }
        let urns = list.dropFirst(5).dropLast().split(separator: ",")
        let ids = urns.compactMap { urn -> Int? in
            let prefix = "urn%3Ali%3AsponsoredAccount%3A"
            return urn.uppercased().hasPrefix(prefix.uppercased()) ? Int(urn.dropFirst(prefix.count)) : nil
        }
        return ids.count == urns.count && !ids.isEmpty ? ids : nil
    }

    private static var dateRange: some RegexComponent {
        /\(start:\(year:\d{4},month:\d{1,2},day:\d{1,2}\)(,end:\(year:\d{4},month:\d{1,2},day:\d{1,2}\))?\)/
    }
}
