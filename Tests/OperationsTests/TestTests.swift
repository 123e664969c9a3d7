import CredentialVault
import Foundation
import HTTPTransport
import Operations
import Providers
import Testing

/// `test`: what it does to a connection that stands.
@Suite struct TestTests {
    private func desk(_ refresh: String = "rotating", _ change: (inout ConnectionRow) -> Void = { _ in })
        throws
        -> Desk
    {
        let desk = try Desk()
        try desk.addApp(refresh: refresh)
        try desk.addConnection("acme", change)
        desk.reply = { sent in
            if sent.isToken { return .tokens(access: "access-1", refresh: "refresh-1") }
            return sent.isIntrospection ? .active : .nothing
        }
        return desk
    }

    private func test(_ desk: Desk) throws -> Operations.Test.Result {
        try Operations.Test.run(.named(["acme"]), in: desk.context).results[0]
    }

    @Test func aLivingTokenIsTestedAsItIs() throws {
        let desk = try desk { $0.lastError = .transient }
        let result = try test(desk)
        #expect(result.finding?.verdict == .works && result.refreshed == nil && result.failure == nil)
        #expect(desk.requests.map(\.authorization) == [nil, "Bearer access-0"])
        #expect(try desk.row().lastError == nil)
    }

    @Test func anAccessTokenThatIsOverIsRefreshedFirst() throws {
        let desk = try desk()
        desk.now += 1_000
        let result = try test(desk)
        #expect(result.refreshed == .refreshed(flagged: []))
        #expect(desk.requests.last?.authorization == "Bearer access-1")
    }

    @Test func wordsOfARungThatRepeatTheTokenAreWithheld() throws {
        let desk = try desk()
        desk.reply = {
            $0.isIntrospection
                ? .active : Reply(status: 403, body: #"{"message":"access-0 may not","code":"X"}"#)
        }
        let rungs = try test(desk).finding?.rungs ?? []
        #expect(rungs.last?.status == 403)
        #expect(!rungs.contains { ($0.message ?? "").contains("access-0") })
    }

    /// The access token is dead; whether the refresh token lives is for the next refresh to find.
    @Test func aTokenThatTheProviderRefusesIsRefreshedNext() throws {
        let desk = try desk()
        desk.reply = { $0.isIntrospection ? .inactive : Reply(status: 401, body: "{}") }
        _ = try test(desk)
        #expect(try desk.row().state == .ok && desk.row().lastError == .revoked)
        #expect(try desk.row().accessExpiresAt == desk.now)
        #expect(try desk.tokens().refresh == "refresh-0")
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        let outcome = try Refresh.run(.all, .due, in: desk.context).results[0].outcome
        #expect(outcome == .refreshed(flagged: []))
        #expect(try desk.row().lastError == nil)
    }

    @Test func withoutARefreshTokenItMeansReconnect() throws {
        let desk = try Desk()
        try desk.addApp()
        try desk.addConnection(refresh: nil)
        desk.reply = { $0.isIntrospection ? .inactive : Reply(status: 401, body: "{}") }
        _ = try test(desk)
        #expect(try desk.row().state == .reconnect && desk.row().lastError == .revoked)
    }

    @Test func aGrantThatARefreshFoundDeadStaysSo() throws {
        let desk = try desk { ($0.state, $0.lastError) = (.reconnect, .invalidGrant) }
        desk.reply = { $0.isIntrospection ? .inactive : Reply(status: 401, body: "{}") }
        _ = try test(desk)
        #expect(try desk.row().state == .reconnect && desk.row().lastError == .invalidGrant)
    }

    @Test func aDeadRefreshTokenIsNotHealedByALivingAccessToken() throws {
        let desk = try desk { ($0.state, $0.lastError) = (.reconnect, .invalidGrant) }
        #expect(try test(desk).finding?.verdict == .works)
        #expect(try desk.row().state == .reconnect)
    }

    /// Interrupted, or marked by a process that died: the refresh token itself is asked about.
    @Test(arguments: [true, false], [true, false])
    func anUnknownOutcomeEndsWhereTheProviderSaysThatTheTokenLives(_ isAlive: Bool, _ isMark: Bool) throws {
        let desk = try desk { row in
            if isMark { row.pending = 1 } else { (row.state, row.lastError) = (.interrupted, .interrupted) }
        }
        let before = try desk.row()
        desk.reply = { sent in
            guard sent.isIntrospection else { return .nothing }
            return !isAlive && sent.body.contains("refresh-0") ? .inactive : .active
        }
        _ = try test(desk)
        let row = try desk.row()
        if isAlive {
            #expect(row.state == .ok && row.pending == nil && row.lastError == nil)
        } else {
            #expect(row.state == before.state && row.pending == before.pending)
        }
        #expect(!desk.requests.contains { $0.isToken })
    }

    /// That a server takes a spent token for a while is what its grace is: introspection may call it active till then.
    @Test(arguments: [59, 60])
    func aTokenThatIsActiveInItsGraceMayBeSpent(_ seconds: Int64) throws {
        let desk = try Desk()
        try desk.addApp(more: #","refresh_grace_s":60"#)
        try desk.addConnection { $0.pending = desk.now - seconds }
        desk.reply = { $0.isIntrospection ? .active : .nothing }
        _ = try test(desk)
        #expect(try desk.row().pending == (seconds < 60 ? desk.now - seconds : nil))
    }

    @Test func aVerdictAboutTokensThatAreGoneIsNotWritten() throws {
        let desk = try desk()
        desk.reply = { sent in
            if !sent.isIntrospection { try? desk.edit { $0.refreshedAt = desk.now } }
            return sent.isIntrospection ? .active : Reply(status: 401, body: "{}")
        }
        #expect(try test(desk).finding?.outcomeIsBad == true)
        #expect(try desk.row().state == .ok)
    }
}

extension TestFinding {
    var outcomeIsBad: Bool { verdict != .works }
}
