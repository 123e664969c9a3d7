internal import OAuthCore

/// LinkedIn Ads as data: where it is, what it says, and what it says in its own way.
enum LinkedInAds {
    static let name = "linkedin-ads"
    static let nativeName = "linkedin-ads-native"

    /// LinkedIn's ordinary app: client secret in the body, no PKCE, a refresh token that stays the same.
    static let profile: ProviderProfile = {
        var profile = ProviderProfile(
            name: name, authorizeURL: url("https://www.linkedin.com/oauth/v2/authorization"),
            tokenURL: url("https://www.linkedin.com/oauth/v2/accessToken"), clientAuth: .post,
            refresh: .stable)
        profile.introspectURL = url("https://www.linkedin.com/oauth/v2/introspectToken")
        // Called by many, documented nowhere: tried, and the answer reported for what it is.
        profile.revokeURL = url("https://www.linkedin.com/oauth/v2/revoke")
        profile.consentPage = url("https://www.linkedin.com/psettings/permitted-services")
        profile.documentation = url(
            "https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow")
        profile.scopes = ["r_ads", "r_ads_reporting"]
        profile.tests = [
            .init(
                name: "adAccountUsers",
                url: url("https://api.linkedin.com/rest/adAccountUsers?q=authenticatedUser"), scope: "r_ads"),
            .init(
                name: "adAccounts", url: url("https://api.linkedin.com/rest/adAccounts?q=search&pageSize=10"),
                scope: "r_ads"),
            .init(
                name: "adAnalytics",
                url: url(
                    "https://api.linkedin.com/rest/adAnalytics?q=analytics&pivot=ACCOUNT&timeGranularity=ALL"
                        + "&dateRange={dateRange}&accounts=List({account})&fields=impressions,clicks"),
                scope: "r_ads_reporting"),
        ]
        profile.quirks = quirks
        return profile
    }()

    /// The same for an app without a client secret, which LinkedIn enables by itself for each: PKCE in its place, and
    /// redirects to loopback literals alone.
    ///
    /// Introspection and revocation want a client secret: asked without one they would refuse the app, which says
    /// nothing of the token. So neither is offered here; the calls of the ladder show whether a token works.
    static let native: ProviderProfile = {
        var native = profile
        native.name = nativeName
        native.authorizeURL = url("https://www.linkedin.com/oauth/native-pkce/authorization")
        (native.clientAuth, native.pkce, native.redirectHost) = (.none, .s256, .literal)
        (native.introspectURL, native.revokeURL) = (nil, nil)
        native.documentation = url(
            "https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow-native")
        return native
    }()

    static let quirks = ProviderQuirks(
        name: name, errorRules: errorRules,
        // Nothing real is over 400 days, and no access token of a day or less but for the last one of a consent: 86400
        // is the 60 days of an access token in minutes. The documentation's own samples give the consent's lifetime in minutes, 525600 and 439200: whatever would be
        // 400 days at most if it were minutes may be minutes.
        lifetimes: PlausibleLifetimes(
            access: 86_401...(400 * 86_400), refresh: (400 * 1_440 + 1)...(400 * 86_400), endTogether: true),
        // Versions live about a year: this is the default of a setting.
        apiVersion: HTTPHeader("LinkedIn-Version", "202610"),
        apiHeaders: [HTTPHeader("X-Restli-Protocol-Version", "2.0.0")])

    /// LinkedIn's error table. `invalid_request` stands for several things, which only the description tells
    /// apart: the documented parts of it stand here and nowhere else.
    private static let errorRules: [ErrorRule] = [
        ErrorRule(
            "invalid_request", at: [400],
            holding: "authorization grant or refresh token is invalid, expired or revoked",
            is: .reconnect, .invalidGrant),
        ErrorRule("invalid_grant", at: [400], is: .reconnect, .invalidGrant),
        ErrorRule("refresh_token_client_mismatch", at: [400], is: .reconnect, .clientMismatch),
        ErrorRule("invalid_request", at: [400], holding: "A required parameter", is: .ours, .invalidRequest),
        ErrorRule("invalid_redirect_uri", at: [400], is: .app, .redirectURI),
        ErrorRule(
            "invalid_request", at: [400], holding: "does not match authorization code", is: .app, .redirectURI
        ),
        ErrorRule(
            "invalid_request", at: [400, 401], holding: "authorization code not found", is: .reconnect,
            .invalidGrant),
        ErrorRule("invalid_client", at: [401], is: .app, .invalidClient),
        ErrorRule("unauthorized_client", at: [400], is: .app, .unauthorizedClient),
        ErrorRule("unauthorized_scope_error", is: .app, .scope),
        // Any other description is unknown, and unknown is transient.
        ErrorRule("invalid_request", is: .transient, .transient),
    ]

    private static func url(_ text: String) -> EndpointURL {
        // A literal of this file; the tests read every one of them.
        try! EndpointURL(text)
    }
}
