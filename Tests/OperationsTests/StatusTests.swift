import CredentialVault
import Operations
import Testing

/// What `status` says of a connection, clock by clock.
@Suite struct StatusTests {
    private static let day: Int64 = 86_400

    /// One connection, `automatic` unless it has no refresh token; ends in days from now.
    private func reasons(
        access: Int64?, of lifetime: Int64 = 60, consent: Int64? = 300, manual: Bool = false,
        within: Int64? = nil, quirks: Bool = true, _ change: (inout ConnectionRow) -> Void = { _ in }
    ) throws -> [Status.Reason] {
        let desk = try Desk()
        try desk.addApp(refresh: "stable", more: quirks ? #","quirks":"linkedin-ads""# : "")
        try desk.addConnection(refresh: manual ? nil : "refresh-0") { row in
            let issued = desk.now + ((access ?? lifetime) - lifetime) * Self.day
            (row.consentedAt, row.refreshedAt) = (issued, manual ? nil : issued)
            row.accessExpiresAt = access.map { desk.now + $0 * Self.day }
            row.refreshExpiresAt = manual ? nil : consent.map { desk.now + $0 * Self.day }
            change(&row)
        }
        desk.keysRead = 0
        let report = try Status.run(within: within, in: desk.context)
        #expect(desk.keysRead == 0 && desk.requests.isEmpty)
        let row = try #require(report.rows.first)
        #expect(row.severity == row.reasons.map(\.severity).max() ?? .ok)
        #expect(report.severity == row.severity)
        return row.reasons
    }

    private let now: Int64 = 1_800_000_000

    @Test func allIsWell() throws {
        #expect(try reasons(access: 60) == [])
        // Due, and the job that refreshes has its time.
        #expect(try reasons(access: 14) == [])
        #expect(try reasons(access: 8) == [])
    }

    @Test func whatShouldHaveBeenRefreshedIsSaid() throws {
        #expect(try reasons(access: 7) == [.refreshOverdue(accessEnds: now + 7 * Self.day)])
        #expect(try reasons(access: 0) == [.accessOver(at: now)])
        #expect(try reasons(access: -1) == [.accessOver(at: now - Self.day)])
        // A token of an hour is refreshed by whoever needs it.
        #expect(try reasons(access: -1, of: 1) == [])
    }

    @Test func theConsentIsWarnedOfInTime() throws {
        #expect(try reasons(access: 50, consent: 30) == [])
        #expect(try reasons(access: 50, consent: 29) == [.consentEnds(at: now + 29 * Self.day)])
        #expect(try reasons(access: 50, consent: 60, within: 61 * Self.day).count == 1)
        #expect(try reasons(access: 50, consent: 29, within: 7 * Self.day) == [])
        #expect(try reasons(access: -1, consent: 0) == [.reconnect(nil)])
    }

    /// The last access token of a consent ends with it: nothing is overdue, the member is asked.
    @Test func aTokenThatIsCutByTheConsentIsNotOverdue() throws {
        #expect(try reasons(access: 5, consent: 5) == [.consentEnds(at: now + 5 * Self.day)])
    }

    @Test func byHandTheAccessTokenIsTheClock() throws {
        #expect(try reasons(access: 15, manual: true) == [])
        #expect(try reasons(access: 14, manual: true) == [.accessEnds(at: now + 14 * Self.day)])
        #expect(try reasons(access: 20, manual: true, within: 30 * Self.day).count == 1)
        #expect(try reasons(access: 14, manual: true, within: Self.day) == [])
        #expect(try reasons(access: 0, manual: true) == [.reconnect(nil)])
    }

    @Test func anUnknownEndIsUnknownWhereTheProviderSaysIt() throws {
        #expect(try reasons(access: 60, consent: nil) == [.endUnknown(.consent)])
        #expect(try reasons(access: nil) == [.endUnknown(.access)])
        #expect(try reasons(access: nil, consent: nil) == [.endUnknown(.access), .endUnknown(.consent)])
        #expect(try reasons(access: nil, quirks: false) == [])
        #expect(try reasons(access: nil, manual: true) == [.endUnknown(.access)])
        #expect(try reasons(access: 60, consent: nil, quirks: false) == [])
        #expect(try reasons(access: nil, manual: true, quirks: false) == [])
    }

    /// Then its end says nothing, whoever the provider is; two clocks may be five minutes apart.
    @Test(arguments: [false, true], [false, true])
    func aClockThatWasAheadIsSaid(_ isManual: Bool, _ quirks: Bool) throws {
        for (ahead, expected) in [(300, []), (301, [Status.Reason.clockWasAhead(issued: now + 301)])] {
            let found = try reasons(access: 60, manual: isManual, quirks: quirks) { row in
                let issued = now + Int64(ahead)
                (row.consentedAt, row.refreshedAt) = (issued, isManual ? nil : issued)
            }
            #expect(found == expected)
        }
    }

    /// A consent under a clock that was ahead says nothing of a token that was refreshed since.
    @Test func aRefreshEndsIt() throws {
        #expect(try reasons(access: 60) { $0.consentedAt = now + 9 * Self.day } == [])
    }

    @Test func aStateIsCritical() throws {
        #expect(
            try reasons(access: 60) { ($0.state, $0.lastError) = (.reconnect, .invalidGrant) }
                == [.reconnect(.invalidGrant)])
        #expect(try reasons(access: 60) { $0.state = .interrupted } == [.interrupted])
        #expect(try reasons(access: 60) { $0.pending = now } == [.interrupted])
        #expect(
            try reasons(access: 60) { ($0.state, $0.lastError) = (.appError, .invalidClient) }
                == [.appRefused(.invalidClient)])
    }

    @Test func whatDoesNotPassByItselfIsSaidAndTheWeightiestFirst() throws {
        #expect(try reasons(access: 60) { $0.lastError = .apiVersion } == [.found(.apiVersion)])
        #expect(try reasons(access: 60) { $0.lastError = .network } == [])
        #expect(
            try reasons(access: 60, consent: nil) { $0.lastError = .forbidden }
                == [.found(.forbidden), .endUnknown(.consent)])
        #expect(
            try reasons(access: -1, consent: 20)
                == [.accessOver(at: now - Self.day), .consentEnds(at: now + 20 * Self.day)])
    }

    @Test func theWeightiestConnectionCounts() throws {
        let desk = try Desk()
        try desk.addApp()
        #expect(try Status.run(within: nil, in: desk.context).severity == .ok)
        try desk.addConnection("b")
        try desk.addConnection("a") { $0.state = .interrupted }
        let report = try Status.run(within: nil, in: desk.context)
        #expect(report.rows.map(\.connection.name) == ["a", "b"])
        #expect(report.severity == .critical)
        #expect(
            try Status.run(Filter(states: [.ok]), within: nil, in: desk.context).severity == .ok)
    }
}
