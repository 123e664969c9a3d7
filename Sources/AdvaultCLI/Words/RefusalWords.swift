internal import OAuthCore

extension OAuthError.Refusal {
    /// `Status: 400, Error: The provided authorization grant …`, as users of hosted connectors know it.
    var words: String {
        let said = description ?? word ?? code.rawValue
        guard let status else { return "Error: \(Printable.bare(said))" }
        return "Status: \(status), Error: \(Printable.bare(said))"
    }
}

extension OAuthError.Code {
    /// What a refusal means, in our words.
    var meaning: String {
        switch self {
        case .invalidGrant: "the member's grant is over"
        case .clientMismatch: "the grant belongs to another app"
        case .invalidClient: "the app's client ID or secret is refused; the member's grant is not touched"
        case .unauthorizedClient:
            "the app is not approved for this at the provider; the member's grant is not touched"
        case .redirectURI: "the redirect URI is refused"
        case .invalidRequest: "the provider misses something in the request"
        case .scope: "the app may not ask for these scopes"
        case .revoked: "the grant was revoked"
        case .expired: "the grant has expired"
        case .restricted: "the member's account is restricted"
        case .forbidden: "the provider forbids this"
        case .quota: "the day's quota is used up until 00:00 UTC"
        case .apiVersion: "the API version was withdrawn"
        case .transient: "the provider could not answer now"
        case .unreadable: "the provider's answer cannot be read"
        case .cancelled: "the member cancelled at the provider"
        }
    }

    /// What to do about it. NAME stands for the connection, APP for the app, where they are not at hand.
    var advice: String {
        switch self {
        case .invalidGrant, .revoked, .expired, .clientMismatch: "connect again: advault reconnect NAME"
        case .restricted: "have the member settle it with the provider, then: advault reconnect NAME"
        case .invalidClient:
            "see which: advault app check APP; replace the secret: advault app set-secret APP"
        case .unauthorizedClient:
            "have the provider approve the app for refresh tokens, or go on by hand when the access token is over: "
                + "advault reconnect NAME"
        case .redirectURI:
            "register the redirect URI with the app exactly as advault app show APP prints it, then connect again"
        case .invalidRequest:
            "compare advault app show APP with the app's page at the provider; if they agree, please report this"
        case .scope: "add the product that grants them on the app's page, or ask for fewer: --scope"
        case .forbidden: "a scope, a product of the app or a role on the ad account is missing"
        case .quota: "try again after 00:00 UTC; until then every call is refused"
        case .apiVersion: "set a newer version: advault help settings"
        case .transient, .unreadable: "try again later"
        case .cancelled: "connect again when the member is ready"
        }
    }
}
