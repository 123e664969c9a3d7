@testable import CredentialVault
import Foundation
import HTTPTransport
import Operations
import Testing

/// The commit that stores one connection's tokens and marks the next one, and everything that keeps it from doing both.
@Suite struct RefreshPairTests {
    private static let names = ["c0", "c1", "c2", "c3"]

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.addApp()
        for name in Self.names { try desk.addConnection(name, refresh: "refresh-\(name)") }
        desk.reply = { .tokens(access: "access-\(Self.name(in: $0))", refresh: "next-\(Self.name(in: $0))") }
        return desk
    }

    private static func name(in sent: Sent) -> String {
        String(sent.body.split(separator: "refresh-").last?.prefix { $0 != "&" } ?? "")
    }

    /// One at a time: which commit did what can be told by how many there were.
    private func outcomes(_ desk: Desk) throws -> [RefreshOutcome] {
        var limits = Refresh.Limits()
        limits.jobs = 1
        return try Refresh.run(.all, .always, limits, in: desk.context).results.map(\.outcome)
    }

    /// How many commits it took.
    private func writesOfARunThatRefreshesAll(_ desk: Desk) throws -> Int64 {
        let before = try desk.locked().header.epoch
        #expect(try outcomes(desk) == Self.names.map { _ in .refreshed(flagged: []) })
        return try desk.locked().header.epoch - before
    }

    private func expectStored(_ desk: Desk, _ names: [String] = names) throws {
        for name in names {
            #expect(try desk.tokens(name) == .init(access: "access-\(name)", refresh: "next-\(name)"))
            #expect(try desk.row(name).pending == nil && desk.row(name).state == .ok)
        }
    }

    @Test func theTokensOfOneAndTheMarkOfTheNextAreOneCommit() throws {
        let desk = try desk()
        var marked: [[String]] = []
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            marked.append((try? desk.locked().connections.filter { $0.pending != nil }.map(\.name)) ?? [])
            return try reply(sent)
        }
        let writes = try writesOfARunThatRefreshesAll(desk)
        // The first mark, three of both, the last tokens; each with an event of its own.
        #expect(writes == 5)
        #expect(marked == Self.names.map { [$0] })
        try expectStored(desk)
        var events: [String] = []
        _ = try Vault.walkJournal(at: desk.path) { events.append("\($0.operation) \($0.outcome)") }
        #expect(events.suffix(8) == Self.names.flatMap { _ in ["refresh begun", "refresh ok"] }[...])
    }

    @Test func oneThatIsHeldElsewhereIsNotMarked() throws {
        let desk = try desk()
        let held = try desk.row("c1").id
        let other = try VaultLocks.shared(beside: desk.path, wait: 1)
        try other.lock(connection: held, wait: 1)
        var wasMarked: [Bool] = []
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            if Self.name(in: sent) != "c1" { wasMarked.append((try? desk.row("c1").pending) != .some(nil)) }
            if Self.name(in: sent) == "c3" { other.unlock(connection: held) }
            return try reply(sent)
        }
        #expect(try outcomes(desk) == Self.names.map { _ in .refreshed(flagged: []) })
        #expect(wasMarked == [false, false, false])
        try expectStored(desk)
    }

    @Test func oneThatMayNotBeSentKeepsNoTokensAndTellsItsReason() throws {
        let desk = try desk()
        try desk.edit("c1") { $0.state = .interrupted }
        try desk.edit("c2") { $0.pending = desk.now - 10 }
        let ended = try ["c0", "c1", "c2"].map { try desk.row($0).id }
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            if Self.name(in: sent) == "c3" {
                // What had its turn is held by nobody.
                do {
                    let other = try VaultLocks.shared(beside: desk.path, wait: 1)
                    for id in ended { try other.lock(connection: id, wait: 0) }
                } catch { Issue.record(error) }
            }
            return try reply(sent)
        }
        let outcomes = try outcomes(desk)
        #expect(
            outcomes == [
                .refreshed(flagged: []), .failed(.interrupted), .failed(.interrupted),
                .refreshed(flagged: []),
            ])
        #expect(desk.requests.map(Self.name) == ["c0", "c3"])
        try expectStored(desk, ["c0", "c3"])
        #expect(try desk.row("c2").state == .interrupted && desk.tokens("c2").refresh == "refresh-c2")
    }

    /// A record of the next one that cannot be applied is met, and told of, at its own turn alone.
    @Test func whatWaitsOfTheNextOneIsLeftForItsTurn() throws {
        let desk = try desk()
        let record = try desk.unlocked { (vault) throws(OperationError) in
            do throws(VaultError) {
                guard let row = vault.connection(named: "c1") else { throw .changedMeanwhile }
                let good = try vault.seal(row, vault.secrets(of: row), now: desk.now)
                var head = good.head
                head[0] ^= 1
                return RecoveryRecord(
                    vault: good.vault, generation: good.generation, row: good.row, head: head, body: good.body
                )
            } catch { throw .vault(error) }
        }
        do {
            var place = try Spool(beside: desk.path).reserve(wait: 0)
            try place.write(record)
        }
        #expect(try outcomes(desk) == Self.names.map { _ in .refreshed(flagged: []) })
        // At the unlock, and at its turn.
        #expect(
            desk.notices
                == Array(repeating: .recoveryKept(.doesNotOpen(connection: "c1"), path: nil), count: 2))
        try expectStored(desk)
    }

    /// What was made ready before another process wrote is made ready again.
    @Test func whatAnotherProcessChangedMeanwhileIsSeen() throws {
        let desk = try desk()
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            if Self.name(in: sent) == "c0" {
                do {
                    _ = try AppSetSecret.run("app", secret: try secret("another"), in: desk.context)
                } catch { Issue.record(error) }
            }
            return try reply(sent)
        }
        let writes = try writesOfARunThatRefreshesAll(desk)
        // As above, the secret, and the second mark by itself.
        #expect(writes == 7)
        #expect(desk.requests.map { $0.body.contains("client_secret=another") } == [false, true, true, true])
        try expectStored(desk)
    }

    /// Where neither the spool nor any folder took the record, the vault's own commit is all that there is.
    @Test func tokensThatAreNowhereYetAreCommittedAlone() throws {
        let desk = try desk()
        let reply = desk.reply
        desk.reply = { sent throws(TransportError) in
            if Self.name(in: sent) == "c0" { #expect(unlink(desk.path + ".spool") == 0) }
            return try reply(sent)
        }
        let writes = try writesOfARunThatRefreshesAll(desk)
        #expect(writes == 6)
        try expectStored(desk)
    }
}
