/// What a platform does apart from RFC 6749, as data: a profile carries it, the sorting and reading obey it.
package struct ProviderQuirks: Equatable, Sendable {
    /// The word by which a provider file asks for these ("linkedin-ads").
    package let name: String
    /// Looked at in order, before the rules of RFC 6749.
    package let errorRules: [ErrorRule]
    /// Lifetimes in seconds that are believed.
    package let lifetimes: PlausibleLifetimes
    /// The header that carries the API version, with its default value.
    package let apiVersion: HTTPHeader?
    /// Further headers of API calls; not sent to the token endpoint.
    package let apiHeaders: [HTTPHeader]

    package init(
        name: String, errorRules: [ErrorRule], lifetimes: PlausibleLifetimes,
        apiVersion: HTTPHeader?,
        apiHeaders: [HTTPHeader]
    ) {
        self.name = name
        self.errorRules = errorRules
        self.lifetimes = lifetimes
        self.apiVersion = apiVersion
        self.apiHeaders = apiHeaders
    }
}

/// One row of a provider's error table.
package struct ErrorRule: Equatable, Sendable {
    /// Statuses the row is for; empty: any.
    package let statuses: Set<Int>
    package let word: String
    /// A documented part of the description, compared without regard to ASCII case; nil where the word says
    /// enough. Only for words that a provider uses for several things.
    package let descriptionHolds: String?
    package let kind: OAuthError.Kind
    package let code: OAuthError.Code

    package init(
        _ word: String, at statuses: Set<Int> = [], holding part: String? = nil, is kind: OAuthError.Kind,
        _ code: OAuthError.Code
    ) {
        self.statuses = statuses
        self.word = word
        self.descriptionHolds = part
        self.kind = kind
        self.code = code
    }
}
