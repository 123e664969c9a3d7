package import OAuthCore

/// The test of a connection as a pure value: say what to ask, be told the answer, until there is nothing to ask.
///
/// First introspection, where the profile has it, then the profile's tests in their order.
package struct TestLadder: Equatable, Sendable {
    package struct Settings: Equatable, Sendable {
        /// Given with the command; beats `apiVersion`.
        package var optionVersion: String?
        /// Of the settings; nil: the one in the provider file's `headers`, else the platform's default.
        package var apiVersion: String?
        package var today: CalendarDate
        /// Seconds since the access token was issued; nil: unknown.
        package var tokenAge: Int64?
        /// What the connection was asked for; empty: the profile's.
        package var scopes: [String]

        package init(
            optionVersion: String? = nil, apiVersion: String?, today: CalendarDate, tokenAge: Int64?,
            scopes: [String]
        ) {
            self.optionVersion = optionVersion
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

    package static let introspectionName = "introspect"

    /// In the order of the ladder; grows as answers come. At the end it holds every rung, the skipped ones too.
    package private(set) var rungs: [TestRung] = []
    package private(set) var accounts: [AdAccount] = []
    /// There are more accounts than the answer showed.
    package private(set) var moreAccounts = false
    /// What introspection said, where it was understood.
    package private(set) var introspection: IntrospectionAnswer?

    private let profile: ProviderProfile
    private let settings: Settings
    /// The API version that calls carry; nil where the provider has none.
    private let apiVersion: APIVersion?
    private var attempt = 0

    /// Seconds before each repetition of a call whose token may be too young.
    private static let retryDelays = [2, 4, 8]
    /// A token this many seconds old is young no longer.
    private static let youth: Int64 = 60

    /// - Throws: `.apiVersion` for a version that is not six digits, YYYYMM, where the provider has versions.
    package init(profile: ProviderProfile, settings: Settings) throws(ProvidersError) {
        self.profile = profile
        self.settings = settings
        apiVersion = try APIVersion(
            profile: profile, option: settings.optionVersion, setting: settings.apiVersion)
        skipWhatCannotBeAsked()
    }

    /// What to send next; nil: done.
    package var next: Step? {
        guard rungs.count <= profile.tests.count else { return nil }
        guard rungs.count > 0 else { return .introspect }
        let test = profile.tests[rungs.count - 1]
        return .call(
            call(test), afterSeconds: attempt == 0 ? 0 : Self.retryDelays[attempt - 1])
    }

    /// Judges the answer to `next`. To be called only while there is one.
    package mutating func take(_ answer: borrowing HTTPAnswer) {
        guard rungs.count <= profile.tests.count else { return }
        guard rungs.count > 0 else { return takeIntrospection(answer) }
        let test = profile.tests[rungs.count - 1]
        let finding = APIFinding(answer, of: test, quirks: profile.quirks, apiVersion: apiVersion)
        if finding.verdict == .revoked, isYoung {
            guard attempt == Self.retryDelays.count else {
                attempt += 1
                return
            }
            // Still this young, and introspection saw nothing: an alarm that has not ended yet.
            return add(finding.rung(judgedAs: .transient))
        }
        accounts.merge(finding.accounts)
        moreAccounts = moreAccounts || finding.hasMore
        add(finding.rung(judgedAs: finding.verdict))
    }

    /// `next` got no answer.
    package mutating func takeNoAnswer() {
        guard rungs.count <= profile.tests.count else { return }
        let name = rungs.isEmpty ? Self.introspectionName : profile.tests[rungs.count - 1].name
        rungs.append(TestRung(name: name, verdict: .transient))
        // A second wait for a network that is not there would tell nothing new.
        skipTheRest()
    }

    /// The weightiest of all rungs; `.skipped` where there was nothing to ask.
    package var verdict: TestVerdict {
        rungs.map(\.verdict).max { $0.weight < $1.weight } ?? .skipped(.notOffered)
    }

    private mutating func takeIntrospection(_ answer: borrowing HTTPAnswer) {
        let wanted = settings.scopes.isEmpty ? profile.scopes : settings.scopes
        let finding = IntrospectionFinding(answer, profile: profile, wanted: wanted)
        introspection = finding.answer
        add(finding.rung(named: Self.introspectionName, answer))
    }

    private mutating func add(_ rung: TestRung) {
        attempt = 0
        rungs.append(rung)
        if rung.verdict.endsTheLadder { skipTheRest() } else { skipWhatCannotBeAsked() }
    }

    private mutating func skipTheRest() {
        while rungs.count <= profile.tests.count {
            rungs.append(
                TestRung(name: profile.tests[rungs.count - 1].name, verdict: .skipped(.earlierFailure)))
        }
    }

    private mutating func skipWhatCannotBeAsked() {
        if rungs.isEmpty, profile.introspectURL == nil {
            rungs.append(TestRung(name: Self.introspectionName, verdict: .skipped(.notOffered)))
        }
        while !rungs.isEmpty, rungs.count <= profile.tests.count {
            let test = profile.tests[rungs.count - 1]
            guard CallTemplate.needsAccount(test), accounts.isEmpty else { return }
            rungs.append(TestRung(name: test.name, verdict: .skipped(.noAccount)))
        }
    }

    private var isYoung: Bool {
        guard let age = settings.tokenAge, profile.quirks != nil else { return false }
        return age + Int64(Self.retryDelays.prefix(attempt).reduce(0, +)) < Self.youth
    }

    private func call(_ test: ProviderProfile.Test) -> APICall {
        let version = apiVersion.map { [HTTPHeader($0.header, $0.value)] } ?? []
        let ofTheAPI = version + (profile.quirks?.apiHeaders ?? [])
        let names = Set(ofTheAPI.map { $0.name.lowercased() })
        let headers = profile.headers.filter { !names.contains($0.name.lowercased()) } + ofTheAPI
        return APICall(
            url: CallTemplate.fill(test, today: settings.today, account: accounts.first?.urn),
            headers: headers)
    }
}

extension [AdAccount] {
    /// Adds accounts that are not known yet; the first mention, which has the role, stays.
    fileprivate mutating func merge(_ others: [AdAccount]) {
        for other in others where !contains(where: { $0.urn == other.urn }) { append(other) }
    }
}
