import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Testing

/// `token`: which access token is handed out, and what is asked of the provider before.
@Suite struct TokenTests {
    private static let long: Int64 = 5_184_000

    /// A connection whose access token lives so long.
    private func desk(
        _ refresh: String = "rotating", lifetime: Int64? = long, isManual: Bool = false,
        _ change: (inout ConnectionRow) -> Void = { _ in }
    ) throws -> Desk {
        let desk = try Desk()
        try desk.addApp(refresh: refresh)
        try desk.addConnection(refresh: isManual ? nil : "refresh-0") { row in
            row.accessExpiresAt = lifetime.map { desk.now + $0 }
            change(&row)
        }
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1", expires: Self.long) }
        return desk
    }

    private func lent(_ desk: Desk) throws -> String {
        try Token.lend(of: "acme", in: desk.context) { clear($0) }
    }

    private func refusal(_ desk: Desk) -> OperationError? {
        let context = desk.context
        return failure { () throws(OperationError) in try Token.lend(of: "acme", in: context) { clear($0) } }
    }

    @Test func aTokenIsLentAfterTheVaultIsClosed() throws {
        let desk = try desk()
        let path = desk.path
        let isAlone = try Token.lend(of: "acme", in: desk.context) { token in
            clear(token) == "access-0" && (try? VaultLocks.exclusive(beside: path, wait: 0)) != nil
        }
        #expect(isAlone)
        #expect(desk.requests.isEmpty)
    }

    @Test(arguments: [(300, "access-0"), (299, "access-1"), (0, "access-1"), (-9, "access-1")])
    func oneThatEndsWithinFiveMinutesIsRenewedFirst(_ left: Int64, _ expected: String) throws {
        let desk = try desk()
        desk.now += Self.long - left
        #expect(try lent(desk) == expected)
        #expect(desk.requests.count == (expected == "access-1" ? 1 : 0))
        #expect(desk.notices == [])
    }

    @Test(arguments: [(10, "access-0"), (9, "access-1")])
    func ofAShortLifetimeItIsTheLastQuarter(_ left: Int64, _ expected: String) throws {
        let desk = try desk(lifetime: 40)
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1", expires: 40) }
        desk.now += 40 - left
        #expect(try lent(desk) == expected)
        // The new one is not renewed again at the next call.
        #expect(try lent(desk) == expected)
        #expect(desk.requests.count == (expected == "access-1" ? 1 : 0))
    }

    @Test func anUnknownEndIsNotNear() throws {
        let desk = try desk(lifetime: nil)
        desk.now += 10 * Self.long
        #expect(try lent(desk) == "access-0")
        #expect(desk.requests.isEmpty && desk.notices == [])
    }

    @Test func anEndOfAClockThatWasAheadIsNear() throws {
        let desk = try desk { $0.consentedAt = 1_800_000_301 }
        #expect(try lent(desk) == "access-1")
        #expect(try lent(desk) == "access-1")
        #expect(desk.requests.count == 1)
    }

    /// Whatever its end says.
    @Test(arguments: [LastError.revoked, .expired])
    func aTokenThatATestFoundDeadIsRenewedFirst(_ found: LastError) throws {
        let desk = try desk { $0.lastError = found }
        #expect(try lent(desk) == "access-1")
        #expect(try desk.row().lastError == nil)
        #expect(try lent(desk) == "access-1")
        #expect(desk.requests.count == 1)
    }

    @Test func aTokenThatATestFoundDeadIsNotLentWhereItCannotBeRenewed() throws {
        let desk = try desk("stable") { $0.lastError = .revoked }
        desk.reply = { (_) throws(TransportError) in throw .notSent(.connect) }
        #expect(refusal(desk) == .network(.notSent(.connect)))
    }

    @Test(arguments: [LastError.revoked, .expired])
    func aTokenThatATestFoundDeadIsNotLentWhereNothingRenewsIt(_ found: LastError) throws {
        let desk = try desk(isManual: true) { ($0.state, $0.lastError) = (.reconnect, found) }
        #expect(refusal(desk) == .accessOver)
        #expect(desk.requests.isEmpty)
    }

    /// Each leaves the refresh token unspent, or at a provider that keeps it.
    @Test(arguments: ["connect", "cut off", "503", "429"])
    func aLivingTokenIsLentWhereItCannotBeRenewedNow(_ trouble: String) throws {
        let desk = try desk("stable")
        desk.reply = { (_) throws(TransportError) in
            switch trouble {
            case "connect": throw .notSent(.connect)
            case "cut off": throw .outcomeUnknown(.cutOff)
            case "503": return .error(503, "temporarily_unavailable")
            default: return .error(429, "slow_down")
            }
        }
        desk.now += Self.long - 60
        #expect(try lent(desk) == "access-0")
        #expect(desk.requests.count == 1)
        guard case .lentUnrenewed("acme", seconds: 60, _)? = desk.notices.last else {
            throw Unexpected(desk.notices)
        }
        #expect(try desk.row().state == .ok)
        desk.now += 60
        #expect(refusal(desk) != nil, "over is over")
    }

    @Test func aTokenThatEndsWhileItIsRenewedInVainIsNotLent() throws {
        let desk = try desk("stable")
        desk.now += Self.long - 60
        desk.reply = { [unowned desk] (_) throws(TransportError) in
            desk.now += 60
            throw .notSent(.timeout)
        }
        #expect(refusal(desk) == .network(.notSent(.timeout)))
    }

    @Test func aConnectionThatAnotherProcessHoldsIsLentAsItIs() throws {
        let desk = try desk()
        let locks = try VaultLocks.shared(beside: desk.path, wait: 0)
        try locks.lock(connection: desk.row().id, wait: 0)
        desk.now += Self.long - 60
        var context = desk.context
        context.lockWaitSeconds = 0
        #expect(try Token.lend(of: "acme", in: context) { clear($0) } == "access-0")
        guard case .lentUnrenewed("acme", seconds: 60, .vault(.busy))? = desk.notices.last else {
            throw Unexpected(desk.notices)
        }
        #expect(desk.requests.isEmpty)
        withExtendedLifetime(locks) {}
    }

    /// What was sent may be spent at a provider that rotates: said at once, and not sent again by the next call.
    @Test func anUnknownOutcomeIsNoReasonToSendTheRefreshTokenAgain() throws {
        let desk = try desk()
        desk.reply = { (_) throws(TransportError) in throw .outcomeUnknown(.cutOff) }
        desk.now += Self.long - 60
        #expect(refusal(desk) == .interrupted)
        #expect(refusal(desk) == .interrupted)
        #expect(desk.requests.count == 1)
        #expect(try desk.row().state == .interrupted && desk.notices == [])
    }

    @Test func aMarkOfADeadProcessIsNotSentAgainEither() throws {
        let desk = try desk { $0.pending = 1 }
        desk.now += Self.long - 60
        #expect(refusal(desk) == .interrupted)
        #expect(desk.requests.isEmpty)
    }

    @Test(arguments: [("invalid_grant", OAuthError.Kind.reconnect), ("invalid_client", .app)])
    func whatDoesNotPassIsSaidAtOnce(_ word: String, _ kind: OAuthError.Kind) throws {
        let desk = try desk()
        desk.reply = { _ in .error(400, word) }
        desk.now += Self.long - 60
        guard case .oauth(let error)? = refusal(desk) else { throw Unexpected(desk.notices) }
        #expect(error.kind == kind && desk.notices == [])
    }

    @Test func manualRenewalIsSaidWhileTheTokenLives() throws {
        let desk = try desk(isManual: true)
        // Nothing of the provider is needed for it.
        desk.files = []
        desk.now += Self.long - 301
        #expect(try lent(desk) == "access-0")
        #expect(desk.notices == [])
        desk.now += 2
        #expect(try lent(desk) == "access-0")
        #expect(desk.notices == [.lentManual(connection: "acme", seconds: 299)])
        desk.now += 299
        #expect(refusal(desk) == .accessOver)
        #expect(desk.requests.isEmpty)
    }

    @Test func aRevokedTokenWithoutARefreshTokenIsNotLentWhenItIsNearlyOver() throws {
        let desk = try desk(isManual: true) { ($0.state, $0.lastError) = (.reconnect, .revoked) }
        desk.now += Self.long - 60
        #expect(refusal(desk) == .accessOver)
    }
}
