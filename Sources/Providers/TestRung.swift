package import OAuthCore

/// One rung with what to quote to the provider's support.
package struct TestRung: Equatable, Sendable {
    /// "introspect", or the name in the profile's `tests`.
    package let name: String
    package let verdict: TestVerdict
    /// HTTP status; nil: no answer, or not asked.
    package let status: Int?
    /// The provider's word and message, foreign text: at most 100 and 1,000 characters.
    package let word: String?
    package let message: String?
    /// x-li-uuid and x-li-request-id, as sent, at most 100 characters each.
    package let requestIDs: [HTTPHeader]

    package init(
        name: String, verdict: TestVerdict, status: Int? = nil, word: String? = nil, message: String? = nil,
        requestIDs: [HTTPHeader] = []
    ) {
        self.name = name
        self.verdict = verdict
        self.status = status
        self.word = word
        self.message = message
        self.requestIDs = requestIDs
    }

    /// The same without the provider's words: for when they repeat the token (`ForeignText.holds`).
    package var withoutWords: TestRung {
        TestRung(name: name, verdict: verdict, status: status, requestIDs: requestIDs)
    }
}

/// An ad account as the provider named it. Foreign text, but for the URN, whose form was checked.
package struct AdAccount: Equatable, Sendable {
    /// `urn:li:sponsoredAccount:123`.
    package let urn: String
    /// `ACCOUNT_MANAGER`; nil where only the search showed the account.
    package let role: String?
    /// `urn:li:person:…`: the member who consented.
    package let member: String?

    package init(urn: String, role: String?, member: String?) {
        self.urn = urn
        self.role = role
        self.member = member
    }
}
