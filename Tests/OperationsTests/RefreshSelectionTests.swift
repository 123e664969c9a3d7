import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
import Operations
import Testing

/// Which connections are refreshed, and what is said of the rest.
@Suite struct RefreshSelectionTests {
    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.addApp()
        return desk
    }

    @Test func nothingDueNeedsNoKeyButAKeySource() throws {
        let desk = try desk()
        try desk.addConnection()
        desk.keysRead = 0
        #expect(try Refresh.run(.all, .due, in: desk.context).results.map(\.outcome) == [.notDue])
        #expect(desk.keysRead == 0)

        let missing = OperationError.input(InputFailure(Missing.key))
        var context = desk.context
        context.key = KeySource(
            isInteractive: false, check: { () throws(OperationError) in throw missing },
            read: { () throws(OperationError) in throw missing })
        let locked = context
        #expect(failure { () throws(OperationError) in try Refresh.run(.all, .due, in: locked) } == missing)
    }

    private enum Missing: Error { case key }

    @Test(arguments: [(749, false), (750, false), (751, true), (1_000, true), (2_000, true)])
    func dueIsUnderAQuarterOfTheLifetime(_ elapsed: Int64, _ isDue: Bool) throws {
        let desk = try desk()
        try desk.addConnection()
        desk.now += elapsed
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        let outcome = try Refresh.run(.all, .due, in: desk.context).results[0].outcome
        #expect(outcome == (isDue ? .refreshed(flagged: []) : .notDue))
    }

    @Test func withinCountsSeconds() throws {
        let desk = try desk()
        try desk.addConnection()
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        #expect(
            try Refresh.run(.all, .within(seconds: 1_000), in: desk.context).results[0].outcome == .notDue)
        #expect(
            try Refresh.run(.all, .within(seconds: 1_001), in: desk.context).results[0].outcome
                == .refreshed(flagged: []))
    }

    /// Nobody knows when it ends: a refresh a day tells.
    @Test(
        arguments: [(0, false), (86_400, false), (86_401, true)], [Refresh.When.due, .within(seconds: 60)])
    func anUnknownEndIsDueAfterADay(_ age: (seconds: Int64, isDue: Bool), _ when: Refresh.When) throws {
        let desk = try desk()
        try desk.addConnection { $0.accessExpiresAt = nil }
        desk.now += age.seconds
        desk.reply = { _ in Reply(body: #"{"access_token":"access-1","refresh_token":"refresh-1"}"#) }
        let outcome = try Refresh.run(.all, when, in: desk.context).results[0].outcome
        #expect(outcome == (age.isDue ? .refreshed(flagged: []) : .notDue))
        // And a day after that again, not at each call.
        #expect(try Refresh.run(.all, when, in: desk.context).results[0].outcome == .notDue)
    }

    @Test func byHandAnUnknownEndIsNotDue() throws {
        let desk = try desk()
        try desk.addConnection(refresh: nil) { $0.accessExpiresAt = nil }
        desk.now += 1_000_000_000
        #expect(try Refresh.run(.all, .due, in: desk.context).results[0].connection?.state == .ok)
    }

    /// Issued in the future: the clock was ahead, and the end that it gave says nothing.
    @Test(arguments: [(300, false), (301, true)], [Refresh.When.due, .within(seconds: 60)])
    func anEndOfAClockThatWasAheadIsDueAtOnce(_ ahead: (seconds: Int64, isDue: Bool), _ when: Refresh.When)
        throws
    {
        let desk = try desk()
        desk.now += ahead.seconds
        try desk.addConnection()
        desk.now -= ahead.seconds
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        let outcome = try Refresh.run(.all, when, in: desk.context).results[0].outcome
        #expect(outcome == (ahead.isDue ? .refreshed(flagged: []) : .notDue))
        // Though the consent is still in the future.
        #expect(try Refresh.run(.all, when, in: desk.context).results[0].outcome == .notDue)
    }

    /// What the provider takes no more is no new token, whoever moved its end meanwhile.
    @Test func anEndThatATestMovedIsNoRefresh() throws {
        let desk = try desk()
        try desk.addConnection("one")
        try desk.addConnection("two")
        var isFirst = true
        desk.reply = { [unowned desk] _ in
            if isFirst {
                try? desk.edit("two") { ($0.accessExpiresAt, $0.lastError) = (desk.now, .revoked) }
            }
            isFirst = false
            return .tokens(access: "access-1", refresh: "refresh-1")
        }
        var limits = Refresh.Limits()
        limits.jobs = 1
        let results = try Refresh.run(.all, .always, limits, in: desk.context).results
        #expect(results.map(\.outcome) == [.refreshed(flagged: []), .refreshed(flagged: [])])
    }

    @Test func oneFailureStopsNothingAndOneUnlockServesAll() throws {
        let desk = try desk()
        for name in ["a", "b", "c"] { try desk.addConnection(name, refresh: "refresh-\(name)") }
        desk.keysRead = 0
        desk.reply = { sent in
            sent.body.contains("refresh-b")
                ? .error(400, "invalid_grant") : .tokens(access: "new", refresh: "next")
        }
        let results = try Refresh.run(.all, .always, in: desk.context).results
        #expect(results.map(\.name) == ["a", "b", "c"])
        #expect(
            results[0].outcome == .refreshed(flagged: []) && results[2].outcome == .refreshed(flagged: []))
        #expect(results.map { $0.connection?.state } == [.ok, .reconnect, .ok])
        #expect(desk.keysRead == 1)
    }

    @Test func aNameThatThereIsNotIsSaidFirst() throws {
        let desk = try desk()
        try desk.addConnection()
        #expect(
            failure { () throws(OperationError) in
                try Refresh.run(.named(["acme", "nobody"]), .always, in: desk.context)
            } == .noConnection("nobody"))
        #expect(desk.requests.isEmpty)
    }

    /// Where the refresh token stays the same, a refresh gives no more time to a token that ends with the consent; once
    /// that is over the provider is asked.
    @Test(arguments: [("stable", 0), ("rotating", 1)])
    func aTokenThatEndsWithTheConsentIsNotRefreshedForNothing(_ model: String, _ requests: Int) throws {
        let desk = try Desk()
        try desk.addApp(refresh: model)
        try desk.addConnection { $0.refreshExpiresAt = $0.accessExpiresAt }
        desk.now += 900
        desk.reply = { _ in .error(400, "invalid_grant") }
        _ = try Refresh.run(.all, .due, in: desk.context)
        #expect(desk.requests.count == requests)
        desk.now += 100
        let outcome = try Refresh.run(.all, .due, in: desk.context).results[0].outcome
        #expect(desk.requests.count == requests + 1)
        #expect(outcome != .notDue)
    }

    @Test func withoutARefreshTokenTheDateIsSaidAndLaterTheEnd() throws {
        let desk = try desk()
        try desk.addConnection(refresh: nil)
        desk.keysRead = 0
        let result = try Refresh.run(.named(["acme"]), .forced, in: desk.context).results[0]
        #expect(result.outcome == .manual)
        #expect(result.connection?.renewal == .manual)
        #expect(result.connection?.reconnectBy == desk.now + 1_000)
        desk.now += 1_000
        #expect(try Refresh.run(.all, .due, in: desk.context).results[0].outcome == .failed(.accessOver))
        #expect(desk.keysRead == 0 && desk.requests.isEmpty)
    }

    /// An app's error found by a test says nothing of the member's access token.
    @Test func byHandAndWithAnErrorOfTheAppIsNotOver() throws {
        let desk = try desk()
        try desk.addConnection(refresh: nil) { ($0.state, $0.lastError) = (.appError, .invalidClient) }
        #expect(try Refresh.run(.all, .always, in: desk.context).results[0].outcome == .manual)
    }

    @Test func whatWasJustRefreshedIsDoneUnlessForced() throws {
        let desk = try desk()
        try desk.addConnection()
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        desk.now += 1
        let acme = Selection.named(["acme"])
        #expect(
            try Refresh.run(acme, .always, in: desk.context).results[0].outcome == .refreshed(flagged: []))
        desk.now += 4
        #expect(try Refresh.run(acme, .always, in: desk.context).results[0].outcome == .justRefreshed)
        #expect(
            try Refresh.run(acme, .forced, in: desk.context).results[0].outcome == .refreshed(flagged: []))
        desk.now += 5
        #expect(
            try Refresh.run(acme, .always, in: desk.context).results[0].outcome == .refreshed(flagged: []))
    }

    @Test(arguments: [4, 5, 1_000_000])
    func aClockThatWasPutBackDoesNotMakeItDone(_ seconds: Int64) throws {
        let desk = try desk()
        try desk.addConnection { $0.refreshedAt = desk.now + seconds }
        desk.reply = { _ in .tokens(access: "access-1", refresh: "refresh-1") }
        let outcome = try Refresh.run(.all, .always, in: desk.context).results[0].outcome
        #expect(outcome == (seconds < 5 ? .justRefreshed : .refreshed(flagged: [])))
    }

    /// Each thread has a description of the lock file and a database of its own, as a process has.
    @Test(arguments: [Refresh.When.always, .forced, .due])
    func eightAtOnceMakeOneRequest(_ when: Refresh.When) throws {
        let desk = try desk()
        try desk.addConnection { ($0.consentedAt, $0.accessExpiresAt) = (desk.now - 1_000, desk.now + 1) }
        let server = StrictServer()
        let outcomes = Outcomes()
        let context = desk.context
        let gate = DispatchSemaphore(value: 0)
        let threads = (0..<8).map { _ in
            // Everything that the threads share through it only reads, but for the server, which locks.
            nonisolated(unsafe) var context = context
            let key = nonisolatedKey(desk)
            context.key = KeySource(isInteractive: false, check: { () throws(OperationError) in }, read: key)
            let now = desk.now
            // A refresh reads the clock first after it has looked at the row.
            let looked = Once(server.everybodyIsWaiting)
            context.clock = {
                looked.signal()
                return now
            }
            context.notice = { _ in }
            context.exchanges = { connections in
                DeskExchanges(connections) { (sent) throws(TransportError) in server.answer(sent) }.exchanges
            }
            context.uptime = { 0 }
            context.progress = { _ in }
            return Thread {
                let outcome = try? Refresh.run(.named(["acme"]), when, in: context).results[0].outcome
                outcomes.add(outcome)
                gate.signal()
            }
        }
        for thread in threads { thread.start() }
        for _ in threads { gate.wait() }
        #expect(server.spent == ["refresh-0"])
        #expect(outcomes.all.filter { $0 == .refreshed(flagged: []) }.count == 1)
        #expect(outcomes.all.filter { $0 == .alreadyRefreshed }.count == 7)
    }

    private func nonisolatedKey(_ desk: Desk) -> () throws(OperationError) -> UnlockKey {
        nonisolated(unsafe) let desk = desk
        return { () throws(OperationError) in try desk.machineKey() }
    }
}

/// Takes each refresh token once; answers slowly enough that the others are waiting by then.
private final class StrictServer: @unchecked Sendable {
    // @unchecked: the lock guards it.
    private let lock = NSLock()
    private var sent: [String] = []
    let everybodyIsWaiting = Countdown(8)

    var spent: [String] { lock.withLock { sent } }

    func answer(_ request: Sent) -> HTTPAnswer {
        let token = request.body.split(separator: "&").first { $0.hasPrefix("refresh_token=") }
        let value = String(token?.dropFirst("refresh_token=".count) ?? "")
        let isFirst = lock.withLock {
            defer { sent.append(value) }
            return !sent.contains(value)
        }
        // The others have looked at the row and are waiting for their turn when this answer leaves.
        everybodyIsWaiting.wait()
        return
            (isFirst ? Reply.tokens(access: "access-1", refresh: "refresh-1") : .error(400, "invalid_grant"))
            .answer()
    }
}

private final class Outcomes: @unchecked Sendable {
    // @unchecked: the lock guards it.
    private let lock = NSLock()
    private var found: [RefreshOutcome?] = []

    func add(_ outcome: RefreshOutcome?) { lock.withLock { found.append(outcome) } }
    var all: [RefreshOutcome?] { lock.withLock { found } }
}

/// Opens when it was counted down.
private final class Countdown: @unchecked Sendable {
    // @unchecked: the condition guards it.
    private let condition = NSCondition()
    private var left: Int

    init(_ count: Int) { left = count }

    func down() {
        condition.withLock {
            left -= 1
            condition.broadcast()
        }
    }

    func wait() {
        condition.withLock {
            while left > 0 { condition.wait() }
        }
    }
}

/// Counts down at its first signal alone. Used by one thread.
private final class Once {
    private let countdown: Countdown
    private var isDone = false

    init(_ countdown: Countdown) { self.countdown = countdown }

    func signal() {
        if !isDone { countdown.down() }
        isDone = true
    }
}
