/// What a token is.
package enum TokenKind: String, Codable, Sendable { case code, access, refresh }

/// One member's consent to one app; every token that came of it belongs to its family.
struct Family: Sendable {
    let id: String
    let clientID: String
    let scopes: [String]
    /// Epoch seconds.
    let consentedAt: Int
    /// When the refresh token and all that comes of it ends: from the consent, never extended.
    let refreshEnds: Int
    var isRevoked = false
}

/// One token or authorization code.
struct Token: Sendable {
    enum State: Equatable, Sendable {
        case live
        /// Epoch seconds of its use.
        case spent(Int)
        case revoked
    }

    let text: String
    let kind: TokenKind
    let family: String
    let issuedAt: Int
    let expiresAt: Int
    var state = State.live
    /// Of a code alone.
    var binding: CodeBinding?
}

/// What a code may be exchanged with.
struct CodeBinding: Equatable, Sendable {
    let redirectURI: String
    /// SHA-256 of the verifier in base64url, where one was asked.
    let challenge: String?
}

/// A consent page that waits for its member.
struct Consent: Sendable {
    let clientID: String
    let redirectURI: String
    let scopes: [String]
    let state: String?
    let challenge: String?
}
