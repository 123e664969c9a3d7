/// The token endpoint (LINKEDIN.md, Token endpoint).
extension Sandbox {
    func token(_ request: Request) -> Answer {
        guard request.method == "POST" else { return .methodNotAllowed }
        guard let form = request.form else { return .missingParameter("grant_type") }
        if let name = form.repeated {
            return .oauthError(400, "invalid_request", "The parameter \"\(name)\" is repeated")
        }
        guard let grantType = form["grant_type"] else { return .missingParameter("grant_type") }
        switch ClientAuthentication.check(request, form, apps: apps) {
        case .refused(let answer): return answer
        case .unknownClient, .wrongSecret: return ClientAuthentication.failed
        case .app(let app):
            switch grantType {
            case "authorization_code": return exchange(form, app)
            case "refresh_token": return refresh(form, app)
            default:
                return .oauthError(400, "unsupported_grant_type", "The grant type is not supported")
            }
        }
    }

    private func exchange(_ form: Form, _ app: App) -> Answer {
        guard let text = form["code"] else { return .missingParameter("code") }
        guard let redirectURI = form["redirect_uri"] else { return .missingParameter("redirect_uri") }
        guard let code = tokens[text], code.kind == .code, let family = families[code.family] else {
            return codeNotFound
        }
        guard code.state == .live else {
            if case .spent = code.state { reuse(code) }
            return codeNotFound
        }
        guard
            family.clientID == app.id, code.binding?.redirectURI == redirectURI, !isExpired(code),
            verifies(form["code_verifier"], code)
        else {
            return .oauthError(
                400, "invalid_redirect_uri",
                "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization "
                    + "code. Or authorization code expired. Or external member binding exists")
        }
        spend(code, finally: true)
        endAccess(of: app.id, otherThan: family.scopes)
        let refresh =
            givesRefreshTokens(app) ? issue(.refresh, for: family, expiresAt: family.refreshEnds) : nil
        return tokenAnswer(family, refresh: refresh)
    }

    /// The check and the spending are one step: nothing between them suspends.
    private func refresh(_ form: Form, _ app: App) -> Answer {
        guard let text = form["refresh_token"] else { return .missingParameter("refresh_token") }
        guard givesRefreshTokens(app) else { return .oauthError(400, "unauthorized_client") }
        guard let token = tokens[text], token.kind == .refresh, let family = families[token.family] else {
            return deadGrant
        }
        guard family.clientID == app.id else {
            return .oauthError(
                400, "refresh_token_client_mismatch",
                "The passed in client_id does not own the refresh token")
        }
        if case .spent(let time) = token.state, now >= time + settings.refreshGrace || family.isRevoked {
            reuse(token)
            return deadGrant
        }
        guard token.state != .revoked, !family.isRevoked, !isExpired(token) else { return deadGrant }
        let rotates = settings.refresh == .rotating
        spend(token, finally: rotates)
        let next = rotates ? issue(.refresh, for: family, expiresAt: family.refreshEnds) : token
        return tokenAnswer(family, refresh: rotates || settings.refreshInAnswer ? next : nil)
    }

    /// The access token is cut to the end of the consent.
    private func tokenAnswer(_ family: Family, refresh: Token?) -> Answer {
        let ends = givesRefreshTokens(apps[family.clientID]) ? family.refreshEnds : Int.max
        let access = issue(.access, for: family, expiresAt: min(now + settings.accessLifetime, ends))
        var object: [String: any Sendable] = ["access_token": access.text]
        let seconds = access.expiresAt - now
        object["expires_in"] = settings.expiresAsString ? String(seconds) : seconds
        if settings.scopeInAnswer { object["scope"] = family.scopes.joined(separator: ",") }
        if settings.tokenTypeInAnswer { object["token_type"] = "Bearer" }
        if let refresh {
            object["refresh_token"] = refresh.text
            object["refresh_token_expires_in"] = settings.claimedRefreshLifetime ?? (refresh.expiresAt - now)
        }
        var answer = Answer.json(200, object)
        answer.tokens = [access] + (refresh.map { [$0] } ?? [])
        return answer
    }

    private func givesRefreshTokens(_ app: App?) -> Bool {
        settings.refresh != .none && app?.refreshTokens == true
    }

    /// RFC 7636, 4.6; a verifier without a challenge is refused too.
    private func verifies(_ verifier: String?, _ code: Token) -> Bool {
        switch (verifier, code.binding?.challenge) {
        case (nil, nil): true
        case (let verifier?, let challenge?): PKCE.challenge(of: verifier) == challenge
        case (nil, _?), (_?, nil): false
        }
    }

    private var codeNotFound: Answer {
        .oauthError(
            settings.codeNotFoundStatus, "invalid_request",
            "Unable to retrieve access token: authorization code not found")
    }

    private var deadGrant: Answer {
        .oauthError(
            400, settings.deadGrantError,
            "The provided authorization grant or refresh token is invalid, expired or revoked")
    }
}
