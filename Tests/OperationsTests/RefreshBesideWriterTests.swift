@testable import CredentialVault
import HTTPTransport
import OAuthCore
import Operations
import Testing

/// Another program that writes to the vault while requests are in flight.
@Suite struct RefreshBesideWriterTests {
    private static let names = (10..<22).map { "c\($0)" }

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.addApp()
        for name in Self.names { try desk.addConnection(name, refresh: "refresh-\(name)") }
        desk.reply = { _ in .tokens(access: "access", refresh: "next") }
        return desk
    }

    /// It begins when so many requests have been sent. `looking` is told when answers are looked for, and how often the
    /// clock was looked at since, which is done for each request that is to be begun.
    private func refresh(
        _ desk: Desk, beside writer: Database, after count: Int, looking: @escaping (_ tries: Int) -> Void
    ) throws -> [RefreshOutcome] {
        var (context, sent, tries) = (desk.context, 0, 0)
        let exchanges = context.exchanges
        context.uptime = {
            tries += 1
            return desk.uptime
        }
        context.exchanges = { connections in
            let real = exchanges(connections)
            return Exchanges(
                add: { (request, tag) throws(TransportError) in
                    try real.add(request, tag)
                    sent += 1
                    guard sent == count else { return }
                    tries = 0
                    #expect(throws: Never.self) { try writer.execute("BEGIN IMMEDIATE") }
                },
                next: {
                    looking(tries)
                    return real.next($0)
                })
        }
        var limits = Refresh.Limits()
        limits.jobs = 8
        return try Refresh.run(.all, .always, limits, in: context).results.map(\.outcome)
    }

    @Test func oneThatCannotBeMarkedKeepsNoAnswerWaiting() throws {
        let desk = try desk()
        let writer = try Database(at: desk.path, .readWrite)
        var seen: [Int] = []
        let outcomes = try refresh(desk, beside: writer, after: 1) { tries in
            seen.append(tries)
            if seen.count == 1 { #expect(throws: Never.self) { try writer.execute("ROLLBACK") } }
        }
        #expect(outcomes == Self.names.map { _ in .refreshed(flagged: []) })
        // Whether there is time, thrice for the one that cannot be marked, and whether there is time.
        #expect(try #require(seen.first) <= 5)
    }

    /// Three requests are in flight when it begins, and it ends when two answers have been taken and neither could be
    /// committed.
    private func refreshWhileAnotherWrites(_ desk: Desk) throws -> [RefreshOutcome] {
        let writer = try Database(at: desk.path, .readWrite)
        var count = 0
        return try refresh(desk, beside: writer, after: 3) { _ in
            count += 1
            if count == 3 { #expect(throws: Never.self) { try writer.execute("ROLLBACK") } }
        }
    }

    /// How many were stored from the spool.
    private func recovered(_ desk: Desk) throws -> Int {
        var recovered = 0
        _ = try Vault.walkJournal(at: desk.path) { if $0.operation == .recover { recovered += 1 } }
        return recovered
    }

    @Test func whatIsAnsweredMeanwhileIsSpooledAndThenStored() throws {
        let desk = try desk()
        let outcomes = try refreshWhileAnotherWrites(desk)
        #expect(outcomes == Self.names.map { _ in .refreshed(flagged: []) })
        #expect(try recovered(desk) == 3)
        #expect(desk.requests.count == Self.names.count)
    }

    @Test func anotherWordThanTokensIsSpooledTooAndJudgedWhenItIsStored() throws {
        let desk = try desk()
        var asked = 0
        desk.reply = { _ in
            asked += 1
            return asked == 1 ? .error(429, "slow_down") : .tokens(access: "access", refresh: "next")
        }
        let outcomes = try refreshWhileAnotherWrites(desk)
        #expect(outcomes == Self.names.map { _ in .refreshed(flagged: []) })
        #expect(try recovered(desk) == 3)
        // The refused one is tried again, and was not sent twice for one mark.
        #expect(desk.requests.count == Self.names.count + 1)
    }

    @Test func thePatienceThatASpooledAnswerAsksForIsGiven() throws {
        let desk = try desk()
        var refusal = Reply.error(429, "slow_down")
        refusal.headers = [HTTPHeader("retry-after", "90")]
        desk.reply = { [refusal] _ in refusal }
        let outcomes = try refreshWhileAnotherWrites(desk)
        #expect(desk.requests.count == 3)
        #expect(desk.notices.contains { if case .leftAlone(_, 90) = $0 { true } else { false } })
        #expect(
            outcomes.filter { if case .notTried(.sameAs(.oauth)) = $0 { true } else { false } }.count == 9)
    }

    @Test func silencesThatAreSpooledCountAsSilences() throws {
        let desk = try desk()
        desk.reply = { _ throws(TransportError) in throw .outcomeUnknown(.timeout) }
        let outcomes = try refreshWhileAnotherWrites(desk)
        #expect(desk.requests.count == 3)
        #expect(outcomes.filter { $0 == .failed(.interrupted) }.count == 3)
        #expect(try desk.row(Self.names[0]).state == .interrupted)
    }
}
