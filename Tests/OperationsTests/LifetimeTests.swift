import CredentialVault
import Foundation
import OAuthCore
import Operations
import Testing

/// The two clocks of a LinkedIn connection: what the provider says of them, and what is believed.
@Suite struct LifetimeTests {
    private static let day: Int64 = 86_400

    /// A connection of 365 days, `age` days after the consent, whose provider answers a refresh so.
    private func desk(age: Int64, access: Int64, consent: Int64?) throws -> Desk {
        let desk = try Desk()
        try desk.addApp(refresh: "stable", more: #","quirks":"linkedin-ads""#)
        try desk.addConnection("acme") { $0.refreshExpiresAt = desk.now + 365 * Self.day }
        desk.now += age * Self.day
        desk.reply = { _ in .tokens(access: "access-1", expires: access, consent: consent) }
        return desk
    }

    private func refresh(_ desk: Desk) throws -> RefreshOutcome {
        try Refresh.run(.named(["acme"]), .forced, in: desk.context).results[0].outcome
    }

    /// Refreshing moves the access clock and never the consent's.
    @Test(arguments: [1, 60, 300]) func theConsentCountsDown(_ age: Int64) throws {
        let left = (365 - age) * Self.day
        let desk = try desk(age: age, access: min(60 * Self.day, left), consent: left)
        let end = desk.now + left
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.row().refreshExpiresAt == end)
        #expect(try desk.row().accessExpiresAt == desk.now + 60 * Self.day)
    }

    /// On the last day both ends are the same, and neither is taken for a mistake.
    @Test func theLastAccessTokenIsCutToTheConsent() throws {
        let desk = try desk(age: 364, access: 43_200, consent: 43_200)
        #expect(try refresh(desk) == .refreshed(flagged: []))
        #expect(try desk.row().accessExpiresAt == desk.now + 43_200)
        #expect(try desk.row().refreshExpiresAt == desk.now + 43_200)
    }

    @Test(arguments: [3_600, 86_399, 34_560_001] as [Int64])
    func anAccessLifetimeThatCannotBeRightIsUnknown(_ seconds: Int64) throws {
        let desk = try desk(age: 10, access: seconds, consent: 355 * Self.day)
        #expect(try refresh(desk) == .refreshed(flagged: [.accessLifetime]))
        let row = try desk.row()
        #expect(row.accessExpiresAt == nil && row.state == .ok)
        #expect(row.refreshExpiresAt == desk.now + 355 * Self.day)
        // Unknown is neither due nor over, and the token is there.
        #expect(try Refresh.run(.all, .due, in: desk.context).results[0].outcome == .notDue)
        #expect(try desk.tokens().access == "access-1")
    }

    /// A refresh that says it in minutes leaves the end that the consent began with.
    @Test(arguments: [439_200, 525_600, 34_560_001] as [Int64])
    func aConsentInMinutesDoesNotMoveTheClock(_ seconds: Int64) throws {
        let desk = try desk(age: 60, access: 60 * Self.day, consent: seconds)
        let end = try desk.row().refreshExpiresAt
        #expect(try refresh(desk) == .refreshed(flagged: [.refreshLifetime]))
        #expect(try desk.row().refreshExpiresAt == end)
    }
}
