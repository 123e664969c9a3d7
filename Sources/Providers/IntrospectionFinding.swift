internal import OAuthCore

/// The first rung: what an introspection answer says about the token, or about the app that asked.
struct IntrospectionFinding {
    let verdict: TestVerdict
    let answer: IntrospectionAnswer?
    private let refusal: OAuthError.Refusal?

    init(_ answer: borrowing HTTPAnswer, profile: ProviderProfile, wanted: [String]) {
        do {
            let read = try IntrospectionAnswer.read(answer, profile: profile)
            self.answer = read
            verdict = Self.judge(read, wanted)
            refusal = nil
        } catch {
            self.answer = nil
            verdict = Self.judge(error)
            if case .refused(let refusal) = error { self.refusal = refusal } else { refusal = nil }
        }
    }

    func rung(named name: String, _ answer: borrowing HTTPAnswer) -> TestRung {
        TestRung(
            name: name, verdict: verdict, status: answer.status, word: refusal?.word,
            message: refusal?.description, requestIDs: RequestIDs.of(answer))
    }

    private static func judge(_ answer: IntrospectionAnswer, _ wanted: [String]) -> TestVerdict {
        switch answer.status {
        case .revoked: return .revoked
        case .expired: return .expired
        case .active, nil: break
        }
        // Another app's token, or one that never was.
        guard answer.active else { return .invalid }
        let missing = answer.scopes.map { granted in wanted.filter { !granted.contains($0) } } ?? []
        return missing.isEmpty ? .works : .scopesMissing(missing)
    }

    private static func judge(_ error: OAuthError) -> TestVerdict {
        switch error {
        case .refused(let refusal):
            switch refusal.kind {
            case .app: .appRefused(refusal)
            case .transient: .transient
            // Introspection speaks of the token in its success answers alone.
            case .reconnect, .cancelled, .ours: .ourBug
            }
        case .unreadable(let status, _): status >= 500 ? .transient : .unreadable
        case .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing,
            .notOffered, .secrets:
            .ourBug
        }
    }
}

/// What a provider's support asks for.
enum RequestIDs {
    static func of(_ answer: borrowing HTTPAnswer) -> [HTTPHeader] {
        var found: [HTTPHeader] = []
        for header in answer.headers where ["x-li-uuid", "x-li-request-id"].contains(header.name) {
            found.append(HTTPHeader(header.name, String(header.value.prefix(100))))
        }
        return found
    }
}
