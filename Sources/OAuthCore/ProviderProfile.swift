/// Everything advault knows of one provider: data, made by a built-in entry or by a provider file.
///
/// Mirrors DESIGN.md's "Provider file". Endpoints come from here alone, never from the vault or an answer.
package struct ProviderProfile: Equatable, Sendable {
    package enum ClientAuth: String, Equatable, Sendable, CaseIterable { case post, basic, none }
    package enum PKCE: String, Equatable, Sendable, CaseIterable { case s256 = "S256", none }
    /// The host of redirect URIs on this machine.
    package enum RedirectHost: String, Equatable, Sendable, CaseIterable {
        /// The standard one; any redirect URI may be registered instead.
        case localhost
        /// 127.0.0.1 or [::1] and nothing else (RFC 8252, 8.3): what native apps without a secret are held to.
        case literal = "127.0.0.1"
    }
    /// What a refresh does to the refresh token.
    package enum RefreshModel: String, Equatable, Sendable, CaseIterable {
        case rotating, stable, none, exchange
    }

    /// A parameter that is sent as it stands, percent-encoded.
    package struct Parameter: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One call that shows whether a token works: GET with the bearer token.
    package struct Test: Equatable, Sendable {
        package let name: String
        /// May hold the places `{dateRange}` and `{account}`, which a ladder fills.
        package let url: EndpointURL
        /// The scope that the call proves; nil where any will do.
        package let scope: String?

        package init(name: String, url: EndpointURL, scope: String?) {
            self.name = name
            self.url = url
            self.scope = scope
        }
    }

    package var name: String
    package var authorizeURL: EndpointURL
    package var tokenURL: EndpointURL
    package var introspectURL: EndpointURL?
    package var revokeURL: EndpointURL?
    /// Set where the server promises `iss` in its callbacks (RFC 9207); it is then demanded.
    package var issuer: String?
    /// Where a member ends a grant by hand.
    package var consentPage: EndpointURL?
    package var documentation: EndpointURL?
    package var clientAuth: ClientAuth
    package var pkce: PKCE = .none
    package var redirectHost: RedirectHost = .localhost
    package var scopes: [String] = []
    package var scopeSeparator = " "
    package var authorizeParams: [Parameter] = []
    package var tokenParams: [Parameter] = []
    package var refreshParams: [Parameter] = []
    package var refresh: RefreshModel
    /// Seconds in which the server takes a spent refresh token once more; 0: never send one twice.
    package var refreshGraceSeconds: Int64 = 0
    /// Sent with every request to this provider.
    package var headers: [HTTPHeader] = []
    /// Error word to kind; beats every built-in rule, but for statuses that are transient by themselves.
    package var errorClasses: [String: OAuthError.Kind] = [:]
    package var accessLifetimeField = "expires_in"
    package var refreshLifetimeField = "refresh_token_expires_in"
    package var tests: [Test] = []
    /// What is peculiar to a known platform, as data; nil for a plain OAuth 2.0 server.
    package var quirks: ProviderQuirks?

    package init(
        name: String, authorizeURL: EndpointURL, tokenURL: EndpointURL, clientAuth: ClientAuth,
        refresh: RefreshModel
    ) {
        self.name = name
        self.authorizeURL = authorizeURL
        self.tokenURL = tokenURL
        self.clientAuth = clientAuth
        self.refresh = refresh
    }
}
