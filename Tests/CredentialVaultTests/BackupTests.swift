@testable import CredentialVault
import Foundation
import Testing

@Suite("Backup", .timeLimit(.minutes(1)))
struct BackupTests {
    @Test("a copy made while another process writes is one state of the vault, whole")
    func besideWriters() throws {
        let fixture = try VaultFixture.copy()
        // Its path and key alone are read by the other thread.
        nonisolated(unsafe) let shared = fixture
        let writer = Thread {
            for _ in 0..<200 {
                try? shared.unlock { (vault) throws(VaultError) in
                    try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
                }
            }
        }
        let first = try Vault.readLocked(at: fixture.path).header.epoch
        writer.start()
        var epochs: [Int64] = []
        while !writer.isFinished {
            let copy = fixture.folder + "/copy-\(epochs.count).db"
            let copied = try Vault.backUp(at: fixture.path, to: copy)
            // One event and one epoch a write: a torn copy would not have as many of both.
            #expect(copied.events == copied.header.epoch)
            #expect(try Vault.readLocked(at: copy) == copied)
            epochs.append(copied.header.epoch)
        }
        #expect(epochs == epochs.sorted())
        #expect(try Vault.readLocked(at: fixture.path).header.epoch == first + 200)
        for number in epochs.indices {
            try Vault.withUnlocked(
                at: fixture.folder + "/copy-\(number).db", with: .machine(fixture.identity())
            ) { (vault) throws(VaultError) in try vault.verify() }
        }
    }

    @Test("the copy holds the same rows to the byte, in one file of mode 0600")
    func identical() throws {
        let fixture = try VaultFixture.copy()
        let copy = fixture.folder + "/copy.db"
        _ = try Vault.backUp(at: fixture.path, to: copy)
        #expect(try fixture.files().filter { $0.hasPrefix("copy") } == ["copy.db"])
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let (original, copied) = (
            try Database(at: fixture.path, .readOnly), try Database(at: copy, .readOnly)
        )
        for table in VaultError.Table.allCases {
            #expect(try Forger.rows(original, table) == Forger.rows(copied, table))
        }
        for kept in try Vault.readLocked(at: copy).connections {
            let key = Value.blob(kept.id.bytes)
            #expect(try original.row(.connection, key) == copied.row(.connection, key))
        }
    }

    @Test("a copy that fails leaves nothing")
    func nothingLeft() throws {
        let fixture = try VaultFixture.copy()
        try fixture.tamper { try $0.execute("UPDATE event SET at = at + 1 WHERE seq = 2") }
        let before = try fixture.files()
        #expect(throws: VaultError.damaged(.chain(seq: 2))) {
            _ = try Vault.backUp(at: fixture.path, to: fixture.folder + "/copy.db")
        }
        #expect(try fixture.files() == before)
    }
}

@Suite("Putting a copy into its place")
struct StagedCopyTests {
    @Test("the vault's -wal goes with it when it is put aside")
    func keepsTheWAL() throws {
        let fixture = try VaultFixture.copy()
        let copy = fixture.folder + "/copy.db"
        _ = try Vault.backUp(at: fixture.path, to: copy)
        try fixture.unlock { (vault) throws(VaultError) in
            try vault.commit(.note, Event(.test, .ok), now: VaultFixture.now)
        }
        let former = try Vault.readLocked(at: fixture.path)
        var staged = try StagedCopy.take(copy, for: fixture.path)
        let published = try staged.publish(stamp: "now")
        let aside = try #require(published)
        #expect(try Vault.readLocked(at: aside) == former)
        #expect(try Vault.readLocked(at: fixture.path) == Vault.readLocked(at: copy))
    }

    @Test("one that is not published leaves nothing, and the vault as it was")
    func leavesNothing() throws {
        let fixture = try VaultFixture.copy()
        let copy = fixture.folder + "/copy.db"
        _ = try Vault.backUp(at: fixture.path, to: copy)
        let (files, bytes) = (try fixture.files(), fixture.bytes())
        do {
            let staged = try StagedCopy.take(copy, for: fixture.path)
            #expect(FileManager.default.fileExists(atPath: staged.path))
        }
        #expect(
            try fixture.files().filter { !$0.hasSuffix("-shm") } == files.filter { !$0.hasSuffix("-shm") })
        #expect(fixture.bytes() == bytes)
    }

    @Test("what a damaged vault had in its -wal is put aside, and never played into the copy")
    func damagedWAL() throws {
        let fixture = try VaultFixture.copy()
        let copy = fixture.folder + "/copy.db"
        _ = try Vault.backUp(at: fixture.path, to: copy)
        try Data("not a vault".utf8).write(to: URL(fileURLWithPath: fixture.path))
        try Data("nor a -wal".utf8).write(to: URL(fileURLWithPath: fixture.path + "-wal"))
        chmod(fixture.path, 0o600)
        chmod(fixture.path + "-wal", 0o600)
        var staged = try StagedCopy.take(copy, for: fixture.path)
        let published = try staged.publish(stamp: "now")
        let aside = try #require(published)
        #expect(FileManager.default.contents(atPath: aside) == Data("not a vault".utf8))
        #expect(FileManager.default.contents(atPath: aside + "-wal") == Data("nor a -wal".utf8))
        #expect(try Vault.readLocked(at: fixture.path) == Vault.readLocked(at: copy))
    }
}
