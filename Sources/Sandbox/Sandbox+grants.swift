/// The life of families and tokens. Nothing here suspends, so each change is whole.
extension Sandbox {
    /// A member's consent, now.
    func consented(to clientID: String, _ scopes: [String]) -> Family {
        let family = Family(
            id: "f\(families.count + 1)", clientID: clientID, scopes: scopes, consentedAt: now,
            refreshEnds: now + settings.refreshLifetime)
        families[family.id] = family
        return family
    }

    /// A new token of a family, logged as issued.
    func issue(_ kind: TokenKind, for family: Family, expiresAt: Int, binding: CodeBinding? = nil) -> Token {
        let prefix = "AQ"
        let length = max(settings.tokenLength, 16)
        let text = prefix + Random.string(length - prefix.count, from: Random.base64URL)
        let token = Token(
            text: text, kind: kind, family: family.id, issuedAt: now, expiresAt: expiresAt, binding: binding)
        tokens[text] = token
        log.append(.issued, token, at: now)
        return token
    }

    /// Marks a token as used; a code and a rotating refresh token have no second use.
    func spend(_ token: Token, finally: Bool) {
        if finally { tokens[token.text]?.state = .spent(now) }
        log.append(.spent, token, at: now)
    }

    /// A spent token came again: somebody else holds a copy (RFC 9700, 4.14.2).
    func reuse(_ token: Token) {
        log.append(.reused, token, at: now)
        if settings.reuseRevokes { revoke(family: token.family) }
    }

    /// Ends a grant: each of its live tokens is logged as revoked.
    func revoke(family id: String) {
        families[id]?.isRevoked = true
        for token in tokens.values where token.family == id && token.state == .live { revoke(token) }
    }

    func revoke(_ token: Token) {
        tokens[token.text]?.state = .revoked
        log.append(.revoked, token, at: now)
    }

    /// A consent to another scope set ends the earlier access tokens of the member for that app (LINKEDIN.md,
    /// Authorize).
    func endAccess(of clientID: String, otherThan scopes: [String]) {
        let earlier = families.values.filter { $0.clientID == clientID && Set($0.scopes) != Set(scopes) }
        for family in earlier {
            let access = tokens.values.filter { $0.family == family.id && $0.kind == .access }
            for token in access where token.state == .live { revoke(token) }
        }
    }

    func isExpired(_ token: Token) -> Bool { now >= token.expiresAt }
}
