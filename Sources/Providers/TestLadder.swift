package import OAuthCore

/// The test of a connection as a pure value: say what to ask, be told the answer, until there is nothing to ask.
package struct TestLadder: Equatable, Sendable {
    package struct Settings: Equatable, Sendable {
        /// nil: the profile's default.
        package var apiVersion: String?
        package var today: CalendarDate
        /// Seconds since the access token was issued; nil: unknown.
        package var tokenAge: Int64?
        /// What the connection was asked for; empty: the profile's.
        package var scopes: [String]

        package init(apiVersion: String?, today: CalendarDate, tokenAge: Int64?, scopes: [String]) {
            self.apiVersion = apiVersion
            self.today = today
            self.tokenAge = tokenAge
            self.scopes = scopes
        }
    }

    package enum Step: Equatable, Sendable {
        /// `Introspection.request` with the access token.
        case introspect
        /// `APICall.request(bearer:)`, after so many seconds.
        case call(APICall, afterSeconds: Int)
    }

    /// In the order of the ladder; grows as answers come.
    package private(set) var rungs: [TestRung] = []
    package private(set) var accounts: [AdAccount] = []
    /// There are more accounts than the answer showed.
    package private(set) var moreAccounts = false
    /// What introspection said, where it was understood.
    package private(set) var introspection: IntrospectionAnswer?

    package init(profile: ProviderProfile, settings: Settings) { fatalError() }

    /// What to send next; nil: done.
    package var next: Step? { fatalError() }

    /// Judges the answer to `next`.
    package mutating func take(_ answer: borrowing HTTPAnswer) { fatalError() }

    /// `next` got no answer.
    package mutating func takeNoAnswer() { fatalError() }

    /// The worst that was found, or `.works`.
    package var verdict: TestVerdict { fatalError() }
}
