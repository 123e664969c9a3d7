/// Introspection, and a revocation endpoint for those who want one (LINKEDIN.md, Introspection and revocation).
extension Sandbox {
    func introspect(_ request: Request) -> Answer {
        guard request.method == "POST" else { return .methodNotAllowed }
        guard let form = request.form else { return .missingParameter("token") }
        switch ClientAuthentication.check(request, form, apps: apps) {
        case .refused(let answer): return answer
        case .unknownClient:
            return .oauthError(400, "invalid_request", "The passed in client_id is invalid")
        case .wrongSecret: return ClientAuthentication.failed
        case .app(let app):
            // Documented with a secret alone, for native apps too.
            guard form["client_secret"] != nil || request.headers["authorization"] != nil else {
                return .missingParameter("client_secret")
            }
            guard let text = form["token"] else { return .missingParameter("token") }
            return .json(200, description(of: tokens[text], for: app))
        }
    }

    private func description(of token: Token?, for app: App) -> [String: any Sendable] {
        guard let token, token.kind != .code, let family = families[token.family], family.clientID == app.id
        else { return ["active": false] }
        let status = status(of: token, family)
        return [
            "active": status == "active", "status": status, "client_id": app.id, "auth_type": "3L",
            "scope": family.scopes.joined(separator: ","), "created_at": token.issuedAt,
            "expires_at": token.expiresAt, "authorized_at": family.consentedAt,
        ]
    }

    private func status(of token: Token, _ family: Family) -> String {
        if family.isRevoked { return "revoked" }
        switch token.state {
        case .revoked, .spent: return "revoked"
        case .live: return isExpired(token) ? "expired" : "active"
        }
    }

    /// RFC 7009, where it is switched on: the whole grant ends, an unknown token is no error.
    func revoke(_ request: Request) -> Answer {
        guard settings.revocation else { return .notFound }
        guard request.method == "POST" else { return .methodNotAllowed }
        guard let form = request.form else { return .missingParameter("token") }
        switch ClientAuthentication.check(request, form, apps: apps) {
        case .refused(let answer): return answer
        case .unknownClient, .wrongSecret: return ClientAuthentication.failed
        case .app(let app):
            guard let text = form["token"] else { return .missingParameter("token") }
            if let token = tokens[text], families[token.family]?.clientID == app.id {
                revoke(family: token.family)
            }
            return Answer(status: 200, headers: [:], body: .init())
        }
    }
}
