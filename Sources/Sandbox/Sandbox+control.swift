import Foundation

/// /sandbox/: settings, failures, the clock and the log, for those who have the control key.
extension Sandbox {
    func control(_ request: Request) -> Answer {
        guard request.headers["x-sandbox-key"] == controlKey else {
            return .json(403, ["error": "the header X-Sandbox-Key must carry the control key"])
        }
        do {
            return try obey(request)
        } catch let error as ControlError {
            return .json(400, ["error": error.description])
        } catch {
            return .json(400, ["error": "\(error)"])
        }
    }

    private func obey(_ request: Request) throws -> Answer {
        switch (request.method, request.path) {
        case ("GET", "/sandbox/settings"): return try show(settings)
        case ("PUT", "/sandbox/settings"), ("POST", "/sandbox/settings"):
            settings = try settings.merging(request.body)
            return try show(settings)
        case ("GET", "/sandbox/apps"): return try show(apps.values.sorted { $0.id < $1.id })
        case ("PUT", "/sandbox/apps"), ("POST", "/sandbox/apps"):
            let app = try read(App.self, request.body)
            apps[app.id] = app
            return try show(app)
        case ("GET", "/sandbox/failures"): return try show(failures)
        case ("POST", "/sandbox/failures"), ("PUT", "/sandbox/failures"):
            return try add(failure: request.body)
        case ("DELETE", "/sandbox/failures"):
            failures = []
            return try show(failures)
        case ("POST", "/sandbox/clock"), ("PUT", "/sandbox/clock"): return try moveClock(request.body)
        case ("POST", "/sandbox/revoke"): return try endGrants(request.body)
        case ("POST", "/sandbox/grants"): return try mint(request.body)
        case ("POST", "/sandbox/keep"):
            let name = try bookName(request.body)
            keepBooks(name)
            return .json(200, ["kept": name])
        case ("POST", "/sandbox/return"):
            let name = try bookName(request.body)
            try returnToBooks(name)
            return .json(200, ["returned": name])
        case ("POST", "/sandbox/release"): return .json(200, ["released": release()])
        case ("GET", "/sandbox/state"): return state()
        case ("GET", "/sandbox/log"): return logAnswer()
        default: return .json(404, ["error": "no such control: \(request.method) \(request.path)"])
        }
    }

    private func bookName(_ body: Data) throws -> String {
        guard let name = try jsonObject(body)["name"] as? String else {
            throw ControlError.body("a name was expected")
        }
        return name
    }

    private func add(failure body: Data) throws -> Answer {
        let known = Set(Failure.CodingKeys.allCases.map(\.rawValue))
        for name in try jsonObject(body).keys where !known.contains(name) {
            throw ControlError.body("unknown field of a failure: \(name)")
        }
        failures.append(try read(Failure.self, body))
        return try show(failures)
    }

    /// {"offset": S} sets, {"advance": S} adds; seconds.
    private func moveClock(_ body: Data) throws -> Answer {
        let fields = try jsonObject(body)
        if let offset = fields["offset"] as? Int { settings.clockOffset = offset }
        if let seconds = fields["advance"] as? Int { settings.clockOffset += seconds }
        return .json(200, ["offset": settings.clockOffset, "now": now])
    }

    /// The member ends grants at the provider: {"family": "f1"}, {"token": "…"} or {"all": true}.
    private func endGrants(_ body: Data) throws -> Answer {
        let fields = try jsonObject(body)
        var ended: [String] = []
        if let family = fields["family"] as? String { ended = families[family].map { [$0.id] } ?? [] }
        if let text = fields["token"] as? String { ended = tokens[text].map { [$0.family] } ?? [] }
        if fields["all"] as? Bool == true { ended = families.keys.sorted() }
        for family in ended { revoke(family: family) }
        return .json(200, ["revoked": ended])
    }

    /// So many grants without a browser: {"client_id": "…", "count": N}, for all of the app's scopes.
    private func mint(_ body: Data) throws -> Answer {
        let fields = try jsonObject(body)
        guard let id = fields["client_id"] as? String, let app = apps[id] else {
            throw ControlError.body("client_id names no app")
        }
        guard let count = fields["count"] as? Int, (1...10_000).contains(count) else {
            throw ControlError.body("count is a number from 1 to 10000")
        }
        let grants = (0..<count).map { _ -> [String: any Sendable] in
            let family = consented(to: app.id, app.scopes)
            let refresh = issue(.refresh, for: family, expiresAt: family.refreshEnds)
            let access = issue(.access, for: family, expiresAt: now + settings.accessLifetime)
            return [
                "family": family.id, "refresh_token": refresh.text, "refresh_expires_at": refresh.expiresAt,
                "access_token": access.text, "access_expires_at": access.expiresAt,
            ]
        }
        return .json(200, ["grants": grants])
    }

    /// Lets held answers go, and says how many.
    @discardableResult
    package func release() -> Int {
        let waiting = held
        held = []
        for continuation in waiting { continuation.resume() }
        return waiting.count
    }

    private func state() -> Answer {
        let requests = named(counts)
        let grants: [[String: any Sendable]] = families.values.sorted { $0.consentedAt < $1.consentedAt }.map
        {
            [
                "family": $0.id, "client_id": $0.clientID, "scopes": $0.scopes, "revoked": $0.isRevoked,
                "consented_at": $0.consentedAt, "refresh_ends": $0.refreshEnds,
            ]
        }
        return .json(
            200,
            [
                "requests": requests, "most_at_once": named(mostAtOnce),
                "connections": named(peers.mapValues(\.count)), "held": held.count, "now": now,
                "grants": grants,
            ])
    }

    private func named(_ numbers: [Endpoint: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: numbers.map { ($0.key.rawValue, $0.value) })
    }

    private func logAnswer() -> Answer {
        let lines = log.lines.map(TokenLog.encode).reduce(Data(), +)
        return Answer(status: 200, headers: ["Content-Type": "application/jsonl"], body: lines)
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ body: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw ControlError.body("the body cannot be read: \(error)")
        }
    }

    private func show(_ value: some Encodable) throws -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let headers = ["Content-Type": "application/json"]
        return Answer(status: 200, headers: headers, body: try encoder.encode(value))
    }
}
