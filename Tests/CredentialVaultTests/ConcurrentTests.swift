@testable import CredentialVault
import Foundation
import Testing

@Suite("Several processes on one vault", .timeLimit(.minutes(1)))
struct ConcurrentTests {
    @Test("verify beside another's commit is no tampering")
    func verifyBesideCommit() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            do {
                try fixture.unlock { (other) throws(VaultError) in
                    try other.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                }
            } catch { Issue.record(error) }
            try vault.verify()
            let epoch = vault.header.epoch
            #expect(epoch == (try? Vault.readLocked(at: fixture.path).header.epoch))
        }
    }

    @Test("a commit that another's follows at once is read back all the same")
    func readBack() throws {
        let fixture = try VaultFixture.copy()
        try fixture.unlock { (vault) throws(VaultError) in
            let written = try vault.commitUnread(.note, Event(.test, .ok), VaultFixture.now)
            do {
                try fixture.unlock { (other) throws(VaultError) in
                    try other.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                }
            } catch { Issue.record(error) }
            try vault.readBack(written)
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            try vault.verify()
        }
    }

    @Test(
        "a newest event that was altered under an open vault stops it before it writes",
        arguments: [
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
            "UPDATE event SET at = at + 1 WHERE seq = (SELECT max(seq) FROM event)",
            "UPDATE event SET chain = zeroblob(32) WHERE seq = (SELECT max(seq) FROM event)",
        ])
    func alteredEvent(_ sql: String) throws {
        let fixture = try VaultFixture.copy()
        let chain = VaultError.damaged(.row(.event, .init(name: "chain")))
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            do { try fixture.tamper { try $0.execute(sql) } } catch { Issue.record(error) }
            let before = fixture.bytes()
            let isNoticed = { (body: () throws(VaultError) -> Void) in
                do throws(VaultError) { try body() } catch {
                    // Without its newest event the rest is whole, and not what `content` says.
                    return error == chain || error == .damaged(.content)
                }
                return false
            }
            #expect(isNoticed { () throws(VaultError) in try vault.refresh() })
            #expect(
                isNoticed { () throws(VaultError) in
                    try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                })
            #expect(fixture.bytes() == before)
        }
    }

    @Test("SQLite's own waiting that came to nothing is busy, not damage")
    func codes() {
        #expect(Database.error(15, path: "", system: 0) == .busy(holder: nil))
    }

    @Test("what another vault left beside the path is never played into a new one")
    func staleWAL() throws {
        let fixture = try VaultFixture.copy()
        var left = Data()
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
            left = fixture.bytes()[1]
        }
        #expect(!left.isEmpty)
        for file in try fixture.files() { unlink(fixture.folder + "/" + file) }
        try left.write(to: URL(fileURLWithPath: fixture.path + "-wal"))
        chmod(fixture.path + "-wal", 0o600)
        let publicKey = try fixture.identity().publicKey
        #expect(throws: VaultError.alreadyExists(path: fixture.path + "-wal")) {
            _ = try Vault.create(
                at: fixture.path, slot: .machine(publicKey: publicKey), label: "cron", now: VaultFixture.now)
        }
        #expect(fixture.bytes()[1] == left)
    }
}
