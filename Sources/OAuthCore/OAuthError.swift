package import Secrets

/// Everything that OAuth can answer with instead of a result. Facts only; the words are the CLI's.
package enum OAuthError: Error, Equatable, Sendable {
    /// The provider said no, at the token endpoint, at introspection or in the callback.
    case refused(Refusal)
    /// The callback's `state` is missing, repeated or another's: not our callback, keep waiting.
    case stateMismatch
    /// `iss` is missing or not the profile's issuer (RFC 9207): another server's answer, the code is not sent.
    case issuerMismatch
    /// The callback is ours and cannot be used.
    case callback(CallbackFault)
    /// What was pasted is not the final URL.
    case pasted(PasteFault)
    /// An answer that cannot be believed: HTML, empty, cut off, no token in it. Everything is kept.
    case unreadable(status: Int, AnswerFault)
    case redirectURI(RedirectURI.Fault)
    case endpoint(EndpointURL.Fault)
    /// The profile's `client_auth` needs a client secret and there is none.
    case clientSecretMissing
    /// The profile has no endpoint for this (`introspect_url`, `revoke_url`).
    case notOffered
    case secrets(SecretsError)

    /// What a refusal means for the connection.
    package enum Kind: String, Equatable, Sendable, CaseIterable {
        /// The member's grant is over: connect again.
        case reconnect
        /// The app's registration or settings are refused; the member's grant may be fine.
        case app
        /// Try again later; keep everything.
        case transient
        /// The person said no.
        case cancelled
        /// A bug of ours, or a setting that made us ask wrongly.
        case ours
    }

    /// One word for what happened. The raw values are those of the vault's `last_error`, but for `cancelled`.
    package enum Code: String, Equatable, Sendable, CaseIterable {
        case invalidGrant = "invalid-grant"
        case clientMismatch = "client-mismatch"
        case invalidClient = "invalid-client"
        case unauthorizedClient = "unauthorized-client"
        case redirectURI = "redirect-uri"
        case invalidRequest = "invalid-request"
        case scope
        case revoked, expired, restricted, forbidden, quota
        case apiVersion = "api-version"
        case transient, unreadable
        /// Never stored: nothing was connected.
        case cancelled
    }

    /// A provider's "no", sorted.
    package struct Refusal: Equatable, Sendable {
        package let kind: Kind
        package let code: Code
        /// HTTP status; nil for an error that came in the callback.
        package let status: Int?
        /// The provider's `error`, as sent, at most 100 characters; nil where it sent none.
        package let word: String?
        /// The provider's `error_description`, entities decoded, at most 1,000 characters. Foreign text: print it
        /// through the one function that does.
        package let description: String?

        package init(kind: Kind, code: Code, status: Int?, word: String?, description: String?) {
            self.kind = kind
            self.code = code
            self.status = status
            self.word = word
            self.description = description
        }
    }

    package enum CallbackFault: Equatable, Sendable {
        /// Neither `code` nor `error`.
        case noCode
        /// A parameter stands twice (RFC 6749, 3.1).
        case repeated
        /// Bad percent-encoding, or a code of no or over 7,000 bytes or with bytes outside 0x20–0x7E.
        case malformed
    }

    package enum PasteFault: Equatable, Sendable {
        case nothing
        /// It does not begin with the redirect URI that was asked for.
        case notTheRedirectURI
        /// The redirect URI without a query: nothing to read.
        case noQuery
    }

    package enum AnswerFault: Error, Equatable, Sendable {
        case empty
        /// The body is not JSON: an HTML page of a proxy, or text.
        case notJSON
        case json(JSONFault)
        /// A success status with an `error` inside; its word, at most 100 characters.
        case errorInside(String)
        /// The same beside tokens: whether they are good, and what was sent is spent, nobody knows.
        case errorBesideTokens
        /// `access_token` is missing or no string; `active` for an introspection.
        case missingField
        /// A token that is empty, over 7,000 bytes, or holds bytes outside 0x20–0x7E.
        case token
        /// Neither success nor error: a redirect, 1xx, a status that nobody defined.
        case status
    }

    package var kind: Kind {
        switch self {
        case .refused(let refusal): refusal.kind
        case .unreadable: .transient
        case .stateMismatch, .issuerMismatch, .callback, .pasted: .transient
        case .redirectURI, .endpoint, .clientSecretMissing, .notOffered: .app
        case .secrets: .ours
        }
    }

    /// The word for the vault's `last_error`; nil where nothing of a connection is concerned.
    package var code: Code? {
        switch self {
        case .refused(let refusal): refusal.code
        case .unreadable: .unreadable
        case .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing,
            .notOffered, .secrets:
            nil
        }
    }

    /// HTTP status of the answer that this came from.
    package var status: Int? {
        switch self {
        case .refused(let refusal): refusal.status
        case .unreadable(let status, _): status
        case .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing,
            .notOffered, .secrets:
            nil
        }
    }

    /// The provider's description, raw: foreign text.
    package var providerDescription: String? {
        switch self {
        case .refused(let refusal): refusal.description
        case .unreadable, .stateMismatch, .issuerMismatch, .callback, .pasted, .redirectURI, .endpoint,
            .clientSecretMissing, .notOffered, .secrets:
            nil
        }
    }
}
