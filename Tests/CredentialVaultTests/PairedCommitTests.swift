@testable import CredentialVault
import Foundation
import Testing

@Suite("Two changes in one commit")
struct PairedCommitTests {
    private static let later = VaultFixture.now + 60

    private static func tagged(_ name: String, _ tags: String, in vault: borrowing OpenVault) -> ConnectionRow
    {
        // The fixture has it.
        var row = vault.connection(named: name)!
        row.tags = tags
        return row
    }

    private static func commitBoth(
        _ first: ConnectionRow, _ second: ConnectionRow, in vault: inout OpenVault
    ) throws(VaultError) {
        let other = JournalledChange(
            .replaceConnection(second, nil), Event(.refresh, .begun, connection: second.id))
        try vault.commit(
            .replaceConnection(first, nil), Event(.tag, .ok, connection: first.id), with: other, now: later)
    }

    @Test("both rows, both events, one epoch")
    func both() throws {
        let fixture = try VaultFixture.copy()
        let rows = try fixture.unlock { (vault) throws(VaultError) in
            let (epoch, events) = (vault.header.epoch, vault.events)
            let rows = [
                Self.tagged("member-1", "one", in: vault), Self.tagged("member-2", "two", in: vault),
            ]
            try Self.commitBoth(rows[0], rows[1], in: &vault)
            #expect(vault.header.epoch == epoch + 1 && vault.events == events + 2)
            try vault.verify()
            return rows
        }
        let locked = try Vault.readLocked(at: fixture.path)
        for row in rows { #expect(locked.connections.first { $0.id == row.id }?.tags == row.tags) }
        var events: [EventRow] = []
        _ = try Vault.walkJournal(at: fixture.path) { events.append($0) }
        #expect(events.suffix(2).map(\.connectionID) == rows.map(\.id))
        #expect(events.suffix(2).map(\.operation) == [.tag, .refresh])
        try fixture.unlock { (vault) throws(VaultError) in try vault.verify() }
    }

    @Test("where the second cannot be made the first is not made")
    func neither() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let first = Self.tagged("member-1", "one", in: vault)
            var second = Self.tagged("member-2", "two", in: vault)
            second.version += 1
            let (epoch, before) = (vault.header.epoch, fixture.bytes())
            do throws(VaultError) {
                try Self.commitBoth(first, second, in: &vault)
                Issue.record("a row of another version was replaced")
            } catch { #expect(error == .changedMeanwhile) }
            #expect(fixture.bytes() == before)
            #expect(vault.header.epoch == epoch)
            #expect(vault.connection(named: "member-1")?.tags == "client=acme")
            // And is as good as it was.
            try vault.commit(.replaceConnection(first, nil), Event(.tag, .ok), now: Self.later)
            try vault.verify()
        }
    }

    @Test("after another's commit neither is made, and the next one is")
    func afterAnother() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let first = Self.tagged("member-1", "one", in: vault)
            let second = Self.tagged("member-2", "two", in: vault)
            do {
                try fixture.unlock { (other) throws(VaultError) in
                    try other.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                }
            } catch { Issue.record(error) }
            let before = fixture.bytes()
            do throws(VaultError) {
                try Self.commitBoth(first, second, in: &vault)
                Issue.record("it was made on a vault that nobody had looked at")
            } catch { #expect(error == .changedMeanwhile) }
            #expect(fixture.bytes() == before)
            try Self.commitBoth(first, second, in: &vault)
            try vault.verify()
        }
    }

    @Test("each of the two is read back", arguments: ["member-1", "member-2"])
    func readBack(_ name: String) throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let first = Self.tagged("member-1", "one", in: vault)
            let second = Self.tagged("member-2", "two", in: vault)
            let other = JournalledChange(.replaceConnection(second, nil), Event(.refresh, .begun))
            let written = try vault.commitUnread(
                .replaceConnection(first, nil), Event(.tag, .ok), with: other, Self.later)
            do {
                try fixture.tamper {
                    try $0.execute("UPDATE connection SET body = zeroblob(2064) WHERE name = '\(name)'")
                }
            } catch { Issue.record(error) }
            do throws(VaultError) {
                try vault.readBack(written)
                Issue.record("a row that is not what was written was acknowledged")
            } catch { #expect(error == .damaged(.readBack)) }
        }
    }
}
