@testable import CredentialVault
import Foundation
import HTTPTransport
import OAuthCore
@testable import Operations
import Testing

/// Several connections at once: who is begun, who is tried again, and what one's failure means for the others.
@Suite struct RefreshBatchTests {
    private func desk(_ names: [String], refresh: String = "rotating") throws -> Desk {
        let desk = try Desk()
        try desk.addApp(refresh: refresh)
        for name in names { try desk.addConnection(name, refresh: "refresh-\(name)") }
        desk.reply = { sent in
            let name = String(sent.body.split(separator: "refresh-").last?.prefix { $0 != "&" } ?? "")
            return .tokens(access: "access-\(name)", refresh: "next-\(name)")
        }
        return desk
    }

    private func names(_ count: Int) -> [String] { (100..<100 + count).map { "c\($0)" } }

    private func limits(jobs: Int = 8, seconds: Int = 300) -> Refresh.Limits {
        var limits = Refresh.Limits()
        (limits.jobs, limits.seconds) = (jobs, seconds)
        return limits
    }

    private func run(_ desk: Desk, _ limits: Refresh.Limits = .init()) throws -> Refresh.Report {
        try Refresh.run(.all, .always, limits, in: desk.context)
    }

    private func outcomes(_ desk: Desk, _ limits: Refresh.Limits = .init()) throws -> [RefreshOutcome] {
        try run(desk, limits).results.map(\.outcome)
    }

    // MARK: At once

    @Test func asManyAsJobsAreInFlightAndEachIsStored() throws {
        let all = names(20)
        let desk = try desk(all)
        #expect(try outcomes(desk, limits(jobs: 6)) == all.map { _ in .refreshed(flagged: []) })
        #expect(desk.exchanges.map(\.most) == [6] && desk.exchanges.map(\.connections) == [6])
        for name in all {
            #expect(try desk.tokens(name) == .init(access: "access-\(name)", refresh: "next-\(name)"))
        }
        let last = try #require(desk.progress.last)
        #expect((last.done, last.of, last.inFlight, last.failed) == (20, 20, 0, 0))
        #expect(desk.requests.count == 20)
    }

    /// Where the secure heap has no room for as many answers, fewer are in flight, and none is lost.
    @Test func noMoreAreBegunThanTheSecureHeapHolds() throws {
        let all = names(64)
        let desk = try desk(all)
        #expect(try outcomes(desk, limits(jobs: 64)) == all.map { _ in .refreshed(flagged: []) })
    }

    /// Each with a secret of the greatest length: all of them together would fill the secure heap.
    @Test func soManyAppsAreNotHeldAtOnce() throws {
        let desk = try desk([])
        let count = 270
        try desk.unlocked { (vault) throws(OperationError) in
            do throws(VaultError) {
                guard let first = vault.app(named: "app") else { throw .changedMeanwhile }
                for number in 0..<count {
                    let app = AppRow(
                        id: try RowID.random(), name: "app-\(number)", provider: first.provider,
                        profile: first.profile, clientID: "client-\(number)",
                        redirectURI: first.redirectURI, scopes: first.scopes)
                    let secret = try vaultSecret(String(repeating: "s", count: 7_000))
                    try vault.commit(
                        .addApp(app, AppSecrets(clientSecret: secret)), Event(.appAdd, .ok), now: desk.now)
                    var row = ConnectionRow(
                        id: try RowID.random(), name: "c\(number)", appID: app.id, scopes: "read")
                    row.accessExpiresAt = desk.now + 1_000
                    row.refreshExpiresAt = desk.now + 31_536_000
                    let held = ConnectionSecrets(
                        accessToken: try vaultSecret("access"),
                        refreshToken: try vaultSecret("refresh-\(number)"),
                        account: nil)
                    try vault.commit(.addConnection(row, held), Event(.connect, .ok), now: desk.now)
                }
            } catch { throw .vault(error) }
        }
        let outcomes = try outcomes(desk)
        #expect(outcomes.count == count)
        #expect(Set(outcomes.map { "\($0)" }) == ["refreshed(flagged: [])"])
    }

    @Test func eachMarkIsCommittedBeforeItsRequestAndGoneAfterItsAnswer() throws {
        let desk = try desk(names(3))
        var marked: [Int] = []
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            marked.append((try? desk.locked().connections.filter { $0.pending != nil }.count) ?? -1)
            return try reply(sent)
        }
        _ = try outcomes(desk)
        #expect(marked == [3, 2, 1])
    }

    // MARK: An app that is refused

    @Test func anAppThatIsRefusedIsNotAskedForItsOtherConnections() throws {
        let desk = try desk(names(5))
        desk.reply = { _ in .error(401, "invalid_client") }
        let outcomes = try outcomes(desk, limits(jobs: 2))
        guard case .failed(.oauth(let error)) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(error.kind == .app)
        // Two were in flight when it turned out.
        #expect(desk.requests.count == 2)
        #expect(outcomes[1] == outcomes[0])
        #expect(outcomes[2...].allSatisfy { $0 == .notTried(.sameAs(.oauth(error))) })
        let rows = try desk.locked().connections.sorted { $0.name < $1.name }
        #expect(rows.map(\.state) == [.appError, .appError, .ok, .ok, .ok])
        #expect(rows.allSatisfy { $0.pending == nil })
    }

    // MARK: Trying again

    @Test func whatWasNotSentIsTriedThreeTimesWithGrowingPauses() throws {
        let desk = try desk(["a"])
        desk.reply = { _ throws(TransportError) in throw .notSent(.connect) }
        #expect(try outcomes(desk) == [.failed(.network(.notSent(.connect)))])
        #expect(desk.requests.count == 3)
        // Half of 1 s and half of 2 s; the other half is chance, which is none here.
        #expect(desk.uptime == 500 + 1_000)
        desk.chance = { $0 - 1 }
        desk.uptime = 0
        _ = try outcomes(desk)
        #expect(desk.uptime == 1_000 + 2_000)
        #expect(try desk.row("a").pending == nil && desk.row("a").lastError == .network)
    }

    @Test(arguments: [429, 503])
    func aHostThatAsksForPatienceGetsIt(_ status: Int) throws {
        let desk = try desk(names(10))
        let reply = desk.reply
        var asked = 0
        desk.reply = { sent throws(TransportError) in
            asked += 1
            guard asked == 1 else { return try reply(sent) }
            var refusal = Reply.error(status, "slow_down")
            refusal.headers = [HTTPHeader("retry-after", "7")]
            return refusal
        }
        #expect(try outcomes(desk, limits(jobs: 2)).allSatisfy { $0 == .refreshed(flagged: []) })
        #expect(desk.requests.count == 11)
        // Two were in flight; everything after the refusal waits, the other connections of the host too.
        #expect(desk.sentAt == [0, 0] + Array(repeating: 7_000, count: 9))
        #expect(try desk.tokens("c100").access == "access-c100")
    }

    @Test func aDateIsAsGoodAsSeconds() throws {
        let desk = try desk(["a"])
        // 1_800_000_000 is Fri, 15 Jan 2027 08:00:00 GMT.
        var answers = [Reply.error(429, "slow_down"), .tokens(access: "access-1", refresh: "next")]
        answers[0].headers = [HTTPHeader("retry-after", "Fri, 15 Jan 2027 08:00:20 GMT")]
        desk.reply = { _ in answers.removeFirst() }
        #expect(try outcomes(desk) == [.refreshed(flagged: [])])
        #expect(desk.uptime == 20_000)
    }

    @Test func moreThanAMinuteIsNotWaitedForAndTheHostIsLeftAlone() throws {
        let desk = try desk(names(4))
        desk.reply = { _ in
            Reply(
                status: 429, body: #"{"error":"slow_down"}"#, headers: [HTTPHeader("retry-after", "61")])
        }
        let outcomes = try outcomes(desk, limits(jobs: 1))
        guard case .failed(.oauth(let error)) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(error.status == 429)
        #expect(outcomes[1...].allSatisfy { $0 == .notTried(.sameAs(.oauth(error))) })
        #expect(desk.requests.count == 1 && desk.uptime == 0)
        #expect(desk.notices == [.leftAlone(host: "as.example", seconds: 61)])
    }

    @Test func aHostThatAnswersNobodyIsNotTriedForEach() throws {
        let desk = try desk(names(30))
        desk.reply = { _ throws(TransportError) in throw .notSent(.resolve) }
        let outcomes = try outcomes(desk, limits(jobs: 2))
        let error = OperationError.network(.notSent(.resolve))
        #expect(outcomes.allSatisfy { $0 == .failed(error) || $0 == .notTried(.sameAs(error)) })
        #expect(outcomes.contains(.notTried(.sameAs(error))))
        #expect(desk.requests.count < 10)
    }

    @Test func oneThatIsRefusedForGoodStopsNoOther() throws {
        let desk = try desk(names(6))
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            sent.body.contains("refresh-c102") ? .error(503, "later") : try reply(sent)
        }
        let outcomes = try outcomes(desk, limits(jobs: 2))
        #expect(outcomes.filter { $0 == .refreshed(flagged: []) }.count == 5)
        #expect(desk.requests.filter { $0.body.contains("refresh-c102") }.count == 3)
    }

    /// What may have been spent is not sent again, whatever the answer says of patience.
    @Test(arguments: [500, 502, 504])
    func whatIsNotKnownToBeUnspentIsNotSentAgain(_ status: Int) throws {
        let desk = try desk(["a"])
        desk.reply = { _ in
            Reply(status: status, body: "{}", headers: [HTTPHeader("retry-after", "1")])
        }
        _ = try outcomes(desk)
        #expect(desk.requests.count == 1 && desk.uptime == 0)
    }

    @Test func norWhatGotNoAnswer() throws {
        let desk = try desk(["a", "b"])
        desk.reply = { _ throws(TransportError) in throw .outcomeUnknown(.cutOff) }
        #expect(try outcomes(desk) == [.failed(.interrupted), .failed(.interrupted)])
        #expect(desk.requests.count == 2)
    }

    /// Each of them may have cost its token: a host that takes requests and answers none is not given all of them.
    @Test(arguments: [0, 503])
    func aHostThatTakesRequestsAndAnswersNoneIsNotGivenAll(_ status: Int) throws {
        let desk = try desk(names(30))
        desk.reply = { _ throws(TransportError) in
            guard status != 0 else { throw .outcomeUnknown(.cutOff) }
            return Reply(status: status, body: "<html>")
        }
        let outcomes = try outcomes(desk, limits(jobs: 2))
        #expect(desk.requests.count == 4)
        #expect(outcomes.prefix(4).allSatisfy { $0 == .failed(.interrupted) })
        let rest = RefreshOutcome.notTried(.sameAs(.network(.outcomeUnknown(.cutOff))))
        #expect(outcomes.dropFirst(4).allSatisfy { $0 == rest })
        #expect(try desk.locked().connections.filter { $0.state == .ok && $0.pending == nil }.count == 26)
    }

    @Test func oneThatGotNoAnswerStopsNoOther() throws {
        let desk = try desk(names(9))
        let reply = desk.reply
        var count = 0
        desk.reply = { sent throws(TransportError) in
            count += 1
            if !count.isMultiple(of: 3) { throw .outcomeUnknown(.timeout) }
            return try reply(sent)
        }
        #expect(try outcomes(desk, limits(jobs: 1)).filter { $0 == .refreshed(flagged: []) }.count == 3)
        #expect(desk.requests.count == 9)
    }

    @Test func norWhatACertificateKeptBack() throws {
        let desk = try desk(["a"])
        desk.reply = { _ throws(TransportError) in throw .notSent(.certificate) }
        _ = try outcomes(desk)
        #expect(desk.requests.count == 1)
    }

    // MARK: Time and signals

    @Test func afterTheTimeNothingIsBegun() throws {
        let desk = try desk(names(6))
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            desk.uptime += 4_000
            return try reply(sent)
        }
        let report = try run(desk, limits(jobs: 2, seconds: 10))
        #expect(report.stop == .outOfTime)
        // Two, then one for each that ended within the time.
        let done = report.results.filter { $0.outcome == .refreshed(flagged: []) }.count
        #expect(done == 4 && desk.requests.count == 4)
        #expect(report.results.filter { $0.outcome == .notTried(.outOfTime) }.count == 2)
    }

    /// From when the key is in hand: what is waited for before the first request counts.
    @Test func openingTheVaultIsOfTheTimeToo() throws {
        let desk = try desk(names(2))
        var context = desk.context
        // It is looked at for what waits in the spool and in files, before the first connection is.
        context.clock = {
            desk.uptime += 1_000
            return desk.now
        }
        let report = try Refresh.run(.all, .always, limits(seconds: 2), in: context)
        #expect(report.stop == .outOfTime)
        #expect(report.results.allSatisfy { $0.outcome == .notTried(.outOfTime) })
        #expect(desk.requests.isEmpty)
    }

    /// Each would take 10 seconds and more by itself.
    @Test func nobodyIsWaitedForBeyondTheTime() throws {
        let desk = try desk(["a", "b"])
        try desk.edit("b") { $0.pending = desk.now }
        let record = try desk.record(of: "b", access: "theirs", refresh: "their-next")
        #expect(
            [2_000, 1_001, 1, 0, -5_000, 100_000].map { desk.context.inTime(until: $0) } == [
                2, 2, 1, 0, 0, 20,
            ])
        func refresh(_ selection: Selection) -> Result<Refresh.Report, OperationError> {
            do throws(OperationError) {
                return .success(try Refresh.run(selection, .always, limits(seconds: 0), in: desk.context))
            } catch { return .failure(error) }
        }
        let began = ContinuousClock.now
        do {
            let alone = try VaultLocks.exclusive(beside: desk.path, wait: 0)
            defer { withExtendedLifetime(alone) {} }
            #expect(throws: OperationError.self) { try refresh(.all).get() }
        }
        do {
            let other = try VaultLocks.shared(beside: desk.path, wait: 0)
            try other.lock(connection: desk.row("a").id, wait: 0)
            defer { withExtendedLifetime(other) {} }
            #expect(throws: OperationError.self) { try refresh(.named(["a"])).get() }
        }
        do {
            var place = try Spool(beside: desk.path).reserve(wait: 0)
            try place.write(record)
        }
        let writer = try Database(at: desk.path, .readWrite)
        try writer.execute("BEGIN IMMEDIATE")
        let report = try refresh(.all).get()
        #expect(report.results.allSatisfy { $0.outcome == .notTried(.outOfTime) })
        #expect(ContinuousClock.now - began < .seconds(8))
        #expect(desk.requests.isEmpty)
    }

    /// One that another process holds till the time is over: who holds it is said, and it was not "not tried".
    @Test func whoHeldAConnectionAllTheTimeIsSaid() throws {
        let desk = try desk(names(2))
        let other = try VaultLocks.shared(beside: desk.path, wait: 0)
        try other.lock(connection: desk.row("c100").id, wait: 0)
        defer { withExtendedLifetime(other) {} }
        let report = try run(desk, limits(seconds: 2))
        #expect(report.stop == nil)
        #expect(report.results[1].outcome == .refreshed(flagged: []))
        guard case .failed(.vault(.busy(_, .connection))) = report.results[0].outcome else {
            throw Unexpected(report.results[0].outcome)
        }
    }

    /// The record comes in a file when the vault is open, and what waited before is stored.
    private func receiving(_ record: RecoveryRecord, _ desk: Desk) -> Context {
        var context = desk.context
        context.recoveryFolders = [RecoveryFolder(desk.folder.path, isLasting: true)]
        let exchanges = context.exchanges
        context.exchanges = { connections in
            #expect(throws: Never.self) { try RecoveryFile.write(record, in: desk.folder.path) }
            return exchanges(connections)
        }
        return context
    }

    /// Another process received the tokens, could not store them, and let go of the connection a moment ago.
    @Test func whatComesInAFileMeanwhileIsStoredAndNotTakenForAnAnswerThatNeverCame() throws {
        let desk = try desk(["a"])
        try desk.edit("a") { $0.pending = desk.now }
        let record = try desk.record(of: "a", access: "theirs", refresh: "their-next")
        let context = receiving(record, desk)
        let outcomes = try Refresh.run(.all, .always, in: context).results.map(\.outcome)
        #expect(outcomes == [.alreadyRefreshed])
        #expect(desk.requests.isEmpty)
        #expect(desk.notices.contains(.recovered(connection: "a")))
        #expect(try desk.tokens("a") == .init(access: "theirs", refresh: "their-next"))
        #expect(RecoveryFile.all(in: [desk.folder.path], of: record.vault).isEmpty)
    }

    /// A consent is not marked: nothing in the row says that newer tokens are in a file.
    @Test func aConsentThatComesInAFileMeanwhileIsStoredBeforeTheFormerTokenIsSent() throws {
        let desk = try desk(["a", "b"])
        let record = try desk.record(of: "b", access: "consented", refresh: "of-the-consent") {
            $0.consentedAt = desk.now + 1
        }
        var context = receiving(record, desk)
        // Whatever is in flight is stored before: this commit may have to wait for another program.
        var inFlight: [Int] = []
        context.notice = { [unowned desk] in
            if case .recovered = $0 { inFlight = desk.exchanges.map(\.inFlight) }
        }
        _ = try Refresh.run(.all, .forced, in: context)
        #expect(inFlight == [0])
        #expect(!desk.requests.contains { $0.body.contains("refresh-b") })
        #expect(RecoveryFile.all(in: [desk.folder.path], of: record.vault).isEmpty)
    }

    @Test func aPauseThatWouldOutlastTheTimeIsNotMade() throws {
        let desk = try desk(["a"])
        desk.reply = { _ in
            Reply(status: 429, body: #"{"error":"slow"}"#, headers: [HTTPHeader("retry-after", "30")])
        }
        let outcomes = try outcomes(desk, limits(seconds: 20))
        guard case .failed(.oauth) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(desk.uptime == 0)
    }

    @Test func aHostThatAsksForMorePatienceThanThereIsIsAskedOnce() throws {
        let desk = try desk(names(12))
        desk.reply = { _ in
            Reply(status: 429, body: #"{"error":"slow"}"#, headers: [HTTPHeader("retry-after", "45")])
        }
        let outcomes = try outcomes(desk, limits(jobs: 1, seconds: 30))
        guard case .failed(.oauth(let error)) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(outcomes[1...].allSatisfy { $0 == .notTried(.sameAs(.oauth(error))) })
        #expect(desk.requests.count == 1 && desk.uptime == 0)
    }

    @Test func theLastRefusalOfOneIsHeededByTheOthers() throws {
        let desk = try desk(names(5))
        let reply = desk.reply
        var asked = 0
        desk.reply = { sent throws(TransportError) in
            asked += 1
            // The first of them, three times; the second is answered meanwhile.
            guard [1, 3, 4].contains(asked) else { return try reply(sent) }
            var refusal = Reply.error(429, "slow_down")
            refusal.headers = [HTTPHeader("retry-after", "7")]
            return refusal
        }
        let outcomes = try outcomes(desk, limits(jobs: 2))
        guard case .failed(.oauth) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(outcomes[1...].allSatisfy { $0 == .refreshed(flagged: []) })
        #expect(desk.sentAt == [0, 0, 7_000, 14_000, 21_000, 21_000, 21_000])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalBeginsNothingNewAndStoresWhatWasSent(_ number: Int32) throws {
        let desk = try desk(names(6))
        let reply = desk.reply
        var count = 0
        desk.reply = { sent throws(TransportError) in
            count += 1
            // A second one does not abandon what was sent.
            if count <= 2 { pthread_kill(pthread_self(), number) }
            return try reply(sent)
        }
        let report = try run(desk, limits(jobs: 3))
        #expect(report.stop == .signal(number))
        #expect(desk.requests.count == 3)
        #expect(report.results.prefix(3).allSatisfy { $0.outcome == .refreshed(flagged: []) })
        #expect(report.results.suffix(3).allSatisfy { $0.outcome == .notTried(.stopped) })
        #expect(
            desk.notices == [
                .stopping(inFlight: 2, again: false), .stopping(inFlight: 1, again: true),
            ])
        let rows = try desk.locked().connections.sorted { $0.name < $1.name }
        #expect(rows.allSatisfy { $0.pending == nil && $0.state == .ok })
        #expect(try desk.tokens("c103").refresh == "refresh-c103")
    }

    @Test func whatWasToBeTriedAgainFailedWhenASignalComes() throws {
        let desk = try desk(["a"])
        desk.reply = { _ throws(TransportError) in
            pthread_kill(pthread_self(), SIGINT)
            throw .notSent(.connect)
        }
        let report = try run(desk)
        #expect(report.results.map(\.outcome) == [.failed(.network(.notSent(.connect)))])
        #expect(desk.requests.count == 1 && report.stop == .signal(SIGINT))
    }

    // MARK: Locks

    @Test func aConnectionThatIsHeldElsewhereHoldsUpNobody() throws {
        let desk = try desk(names(4))
        let held = try desk.row("c100").id
        let other = try VaultLocks.shared(beside: desk.path, wait: 1)
        try other.lock(connection: held, wait: 1)
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            // Released when all the others are done.
            if sent.body.contains("refresh-c103") { other.unlock(connection: held) }
            return try reply(sent)
        }
        #expect(try outcomes(desk).allSatisfy { $0 == .refreshed(flagged: []) })
        #expect(desk.requests.last?.body.contains("refresh-c100") == true)
    }

    /// Held elsewhere at their turn: when it comes again their host may have been given up.
    @Test func whatWasHeldElsewhereIsNotSentToAHostThatWasGivenUp() throws {
        let desk = try desk(names(6))
        let held = try ["c100", "c101"].map { try desk.row($0).id }
        let other = try VaultLocks.shared(beside: desk.path, wait: 1)
        for id in held { try other.lock(connection: id, wait: 1) }
        desk.reply = { _ throws(TransportError) in
            if desk.requests.count == 3 { for id in held { other.unlock(connection: id) } }
            throw .outcomeUnknown(.cutOff)
        }
        let outcomes = try outcomes(desk, limits(jobs: 1))
        #expect(desk.requests.count == 3)
        #expect(outcomes[2...4].allSatisfy { $0 == .failed(.interrupted) })
        let rest = RefreshOutcome.notTried(.sameAs(.network(.outcomeUnknown(.cutOff))))
        #expect(outcomes[0] == rest && outcomes[1] == rest && outcomes[5] == rest)
        #expect(try desk.row("c100").state == .ok && desk.row("c100").pending == nil)
    }

    /// Nor what was under way when it was: one that asks for patience then gets it.
    @Test func whatWasUnderWayIsNotSentAgainToAHostThatWasGivenUp() throws {
        let desk = try desk(names(5))
        desk.reply = { sent throws(TransportError) in
            if sent.body.contains("refresh-c103") { return .error(429, "slow_down") }
            throw .outcomeUnknown(.cutOff)
        }
        let outcomes = try outcomes(desk, limits(jobs: 4))
        #expect(desk.requests.filter { $0.body.contains("refresh-c103") }.count == 1)
        guard case .failed(.oauth(let error)) = outcomes[3] else { throw Unexpected(outcomes[3]) }
        #expect(error.status == 429)
    }

    @Test func aSignalStopsThoseToo() throws {
        let desk = try desk(names(5))
        let held = try names(5).map { try desk.row($0).id }
        let other = try VaultLocks.shared(beside: desk.path, wait: 1)
        for id in held { try other.lock(connection: id, wait: 1) }
        var context = desk.context
        let (pause, exchanges) = (context.pause, context.exchanges)
        context.pause = { time in
            for id in held { other.unlock(connection: id) }
            pause(time)
        }
        context.exchanges = { connections in
            let real = exchanges(connections)
            return Exchanges(
                add: { (request, tag) throws(TransportError) in
                    try real.add(request, tag)
                    pthread_kill(pthread_self(), SIGINT)
                }, next: real.next)
        }
        let report = try Refresh.run(.all, .always, in: context)
        #expect(report.stop == .signal(SIGINT) && desk.requests.count == 1)
        #expect(report.results[0].outcome == .refreshed(flagged: []))
        #expect(report.results.dropFirst().allSatisfy { $0.outcome == .notTried(.stopped) })
    }

    @Test func itsTurnIsWaitedForNoLongerThanForOneAlone() throws {
        let desk = try desk(names(2))
        let held = try desk.row("c100").id
        let other = try VaultLocks.shared(beside: desk.path, wait: 1)
        try other.lock(connection: held, wait: 1)
        let outcomes = try outcomes(desk)
        guard case .failed(.vault(.busy)) = outcomes[0] else { throw Unexpected(outcomes[0]) }
        #expect(outcomes[1] == .refreshed(flagged: []))
        #expect((20_000...20_100).contains(desk.uptime))
        #expect(try desk.tokens("c100").refresh == "refresh-c100")
        other.unlock(connection: held)
    }
}
