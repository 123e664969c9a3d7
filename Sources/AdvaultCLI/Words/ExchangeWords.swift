internal import OAuthCore

extension Explanation {
    /// The code was shown to the provider, and no tokens came: its words are about the code as much as about the app.
    init(ofExchange error: OAuthError) {
        self.init(error)
        next = next.map { _ in Self.again }
        guard case .refused(let refusal) = error else { return }
        what = "\(refusal.code.meaningOfCode): \(refusal.words)"
        next = refusal.code.adviceOfCode ?? next
    }

    static let again = "nothing was stored; connect again later: advault reconnect NAME"
}

extension OAuthError.Code {
    /// `meaning` at the exchange of the authorization code.
    fileprivate var meaningOfCode: String {
        switch self {
        case .invalidGrant:
            "the authorization code is refused: it is unknown, was used before, or is too old"
        case .redirectURI:
            "the authorization code is refused: the client ID, the redirect URI or the PKCE verifier is another "
                + "than it was given for, the code is too old, or the member's account is bound elsewhere"
        case .unauthorizedClient: "the app is not approved for this at the provider"
        case .clientMismatch, .invalidClient, .invalidRequest, .scope, .revoked, .expired, .restricted,
            .forbidden,
            .quota, .apiVersion, .transient, .unreadable, .cancelled:
            meaning
        }
    }

    /// nil: what is said of a new attempt is enough.
    fileprivate var adviceOfCode: String? {
        switch self {
        case .invalidGrant:
            "nothing was stored; a code is good once and for minutes, connect again: advault reconnect NAME"
        case .unauthorizedClient:
            "nothing was stored; ask for it on the app's page at the provider, then: advault reconnect NAME"
        case .redirectURI:
            "nothing was stored; compare client ID and redirect URI of advault app show APP with the app's page at "
                + "the provider, then: advault reconnect NAME"
        case .clientMismatch, .revoked, .expired, .transient, .unreadable: nil
        case .invalidClient, .invalidRequest, .scope, .restricted, .forbidden, .quota,
            .apiVersion, .cancelled:
            advice
        }
    }
}
